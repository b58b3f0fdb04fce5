"""Kill the DICOM node at random moments under load, and count what is lost: `python -m benchmarks.node_kills`.

A sender stores films by C-STORE and repeats a film until the node acknowledges it. A receiver takes the reports and keeps their
bytes. Meanwhile the node is killed by SIGKILL and started again. At the end, every acknowledged film must have one assessment,
and the receiver one complete report of each film.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import cv2
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE, AllStoragePresentationContexts, evt
from sqlalchemy import func, select

from benchmarks.films import EXAMPLES
from openboneage.node.log import quiet_pynetdicom
from openboneage.store.store import StoreSettings, open_store
from openboneage.store.tables import ASSESSMENTS, DELIVERIES, FILMS, JOBS

LOCALHOST = "127.0.0.1"
SENDER, RECEIVER, NODE = "SENDER", "RECEIVER", "BONEAGE"
FILM_HEIGHT_PX = 300
LIFE_SECONDS = (0.2, 6.0)
"""The node lives for a random time in this range after it listens."""
SETTLE_SECONDS = 900
"""Longest wait for the last reports; a job that a killed worker held is taken up after a minute."""


@dataclass
class Received:
    """What the receiver got: bytes of each report by SOP Instance UID, and how often it came."""

    files: dict[str, bytes] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    changed: set[str] = field(default_factory=set)

    def take(self, event: evt.Event) -> int:
        """Keep a report."""
        data, uid = event.encoded_dataset(), str(event.dataset.SOPInstanceUID)
        if self.files.setdefault(uid, data) != data:
            self.changed.add(uid)
        self.times[uid] += 1
        return 0x0000


@dataclass(frozen=True)
class Outcome:
    """What a run counted.

    Attributes:
        kills: How often the node was killed.
        seconds: How long the run took.
        acknowledged: Films that the node acknowledged.
        repeated: Transfers that were cut off, or whose acknowledgement was lost.
        stored: Films in the store.
        assessments: Assessments in the store.
        assessed_once: Acknowledged films with exactly one assessment, made of their own bytes.
        failed_jobs: Films whose assessment failed.
        reports: Different reports that the receiver got.
        reports_repeated: How often a report came again, with the same bytes.
        reports_changed: Reports that came again with other bytes.
        reports_incomplete: Reports that cannot be read, or refer to no acknowledged film.
        films_with_report: Acknowledged films with exactly one report.
    """

    kills: int
    seconds: float
    acknowledged: int
    repeated: int
    stored: int
    assessments: int
    assessed_once: int
    failed_jobs: int
    reports: int
    reports_repeated: int
    reports_changed: int
    reports_incomplete: int
    films_with_report: int

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled or damaged."""
        counts = {self.acknowledged, self.stored, self.assessments, self.assessed_once, self.reports, self.films_with_report}
        return len(counts) == 1 and not (self.failed_jobs or self.reports_changed or self.reports_incomplete)


def main() -> None:
    """Run, and print the counts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.node_kills", description="Kill the DICOM node under load.")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--films", type=int, default=120, help="Films to send, in all.")
    parser.add_argument("--seed", type=int, default=0)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), words.kills, words.films, words.seed)
    for name, value in vars(outcome).items():
        print(f"{name.replace('_', ' '):20s} {value:,.0f}")
    print("nothing lost, doubled or damaged" if outcome.is_good else "NOT GOOD")
    sys.exit(0 if outcome.is_good else 1)


def run(folder: Path, kills: int, films: int, seed: int = 0) -> Outcome:
    """Send films to a node that is killed again and again, and count.

    Args:
        folder: An empty folder.
        kills: How often to kill.
        films: Films to send; the sender spreads them over the kills.
        seed: Of the moments.
    """
    started, dice, received = time.monotonic(), random.Random(seed), Received()
    quiet_pynetdicom()
    with _receiver(received) as port:
        node = Node(folder, port)
        sender = Sender(node.port, films)
        node.start()
        threading.Thread(target=sender.send, daemon=True).start()
        for number in range(kills):
            time.sleep(dice.uniform(*LIFE_SECONDS))
            sender.allowed = films * (number + 2) // (kills + 1)
            node.kill()
            node.start()
        _wait_until_settled(node.data, sender, films)
        node.stop()
    return _count(node.data, kills, time.monotonic() - started, sender, received)


class Node:
    """`boneage node` as a process of its own."""

    def __init__(self, folder: Path, receiver_port: int) -> None:
        """Write its settings."""
        self.data, self.port = folder / "data", _free_port()
        self._settings, self.log = folder / "node.toml", folder / "node.log"
        self._settings.write_text(SETTINGS.format(port=self.port, receiver=receiver_port))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        places = ["--data", str(self.data), "--settings", str(self._settings)]
        command = [sys.executable, "-m", "openboneage", "node", *places, "--no-map"]
        with self.log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"OMP_NUM_THREADS": "1"})
        while b"listens on" not in self.log.read_bytes()[before:]:
            if self._process.poll() is not None:
                raise RuntimeError(f"The node did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it in order; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        return self._process.wait()


SETTINGS = """
port = {port}
[[peers]]
name = "sender"
ae_title = "SENDER"
host = "127.0.0.1"
port = 104
[[peers]]
name = "receiver"
ae_title = "RECEIVER"
host = "127.0.0.1"
port = {receiver}
results = ["sr"]
"""


class Sender:
    """Sends films, each one until it is acknowledged.

    Attributes:
        allowed: Films that may be sent so far.
        acknowledged: SOP Instance UIDs of the films that the node acknowledged.
        tries: Transfers of each film, by SOP Instance UID.
    """

    def __init__(self, port: int, films: int) -> None:
        """Make the films."""
        self.films, self.allowed = [_film() for _ in range(films)], 1
        self.acknowledged: list[str] = []
        self.tries: Counter[str] = Counter()
        self._port = port

    def send(self) -> None:
        """Send all films."""
        for number, film in enumerate(self.films):
            while number >= self.allowed:
                time.sleep(0.05)
            while not self._is_acknowledged(film):
                time.sleep(0.1)
            self.acknowledged.append(str(film.SOPInstanceUID))

    def _is_acknowledged(self, film: Dataset) -> bool:
        ae = AE(SENDER)
        ae.add_requested_context(ComputedRadiographyImageStorage, ExplicitVRLittleEndian)
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 30
        association = ae.associate(LOCALHOST, self._port, ae_title=NODE)
        if not association.is_established:
            return False
        self.tries[str(film.SOPInstanceUID)] += 1
        try:
            return bool(association.send_c_store(film).get("Status") == 0x0000)
        except (RuntimeError, ValueError):  # the association ended meanwhile
            return False
        finally:
            association.release()


def _film() -> Dataset:
    """A small film of a hand with identifiers of its own."""
    shown = cv2.imread(str(EXAMPLES / "7043.png"), cv2.IMREAD_GRAYSCALE)
    if shown is None:
        raise FileNotFoundError("examples/7043.png")
    height, width = shown.shape
    pixels = cv2.resize(shown, (round(width * FILM_HEIGHT_PX / height), FILM_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    film = Dataset()
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film.SOPClassUID = ComputedRadiographyImageStorage
    film.SOPInstanceUID, film.StudyInstanceUID, film.SeriesInstanceUID = (generate_uid() for _ in range(3))
    film.Modality, film.BodyPartExamined, film.PatientSex, film.PatientAge = "CR", "HAND", "F", "013Y"
    film.PatientID = film.PatientName = "TEST"
    film.Rows, film.Columns = pixels.shape
    film.SamplesPerPixel, film.PhotometricInterpretation, film.PixelRepresentation = 1, "MONOCHROME2", 0
    film.BitsAllocated, film.BitsStored, film.HighBit = 8, 8, 7
    film.add_new("PixelData", "OW", pixels.tobytes() + b"\0" * (pixels.size % 2))
    return film


@contextmanager
def _receiver(received: Received) -> Iterator[int]:
    ae = AE(RECEIVER)
    ae.supported_contexts = AllStoragePresentationContexts
    server = ae.start_server((LOCALHOST, 0), block=False, evt_handlers=[(evt.EVT_C_STORE, received.take)])
    if server is None:
        raise RuntimeError("The receiver did not start.")
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        ae.shutdown()


def _wait_until_settled(data: Path, sender: Sender, films: int) -> None:
    """Wait until all films are acknowledged and assessed and all reports are delivered, or for a long time."""
    deadline = time.monotonic() + SETTLE_SECONDS
    with open_store(StoreSettings(data)) as store:
        while time.monotonic() < deadline:
            with store.database.reading() as db:
                jobs = db.execute(select(func.count()).where(JOBS.c.state.in_(("queued", "running")))).scalar_one()
                sends = db.execute(select(func.count()).where(DELIVERIES.c.state.in_(("waiting", "sending")))).scalar_one()
            if len(sender.acknowledged) == films and not jobs and not sends:
                return
            time.sleep(0.5)


def _count(data: Path, kills: int, seconds: float, sender: Sender, received: Received) -> Outcome:
    reported: Counter[str] = Counter()
    incomplete = 0
    for content in received.files.values():
        try:
            report = dcmread(BytesIO(content))
            study = report.CurrentRequestedProcedureEvidenceSequence[0]
            reported[str(study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID)] += 1
        except Exception:  # whatever cannot be read is incomplete
            incomplete += 1
    acknowledged = set(sender.acknowledged)
    with open_store(StoreSettings(data)) as store, store.database.reading() as db:
        joined = ASSESSMENTS.join(FILMS, ASSESSMENTS.c.film_id == FILMS.c.id)
        made = db.execute(select(FILMS.c.sop_instance_uid, FILMS.c.sha256, ASSESSMENTS.c.assessment).select_from(joined)).all()
        assessed = Counter(uid for uid, sha256, found in made if found["film"]["sha256"] == sha256)
        stored = db.execute(select(func.count()).select_from(FILMS)).scalar_one()
        failed = db.execute(select(func.count()).where(JOBS.c.state == "failed")).scalar_one()
    return Outcome(
        kills=kills,
        seconds=seconds,
        acknowledged=len(acknowledged),
        repeated=sum(sender.tries.values()) - len(sender.acknowledged),
        stored=stored,
        assessments=len(made),
        assessed_once=sum(assessed[uid] == 1 for uid in acknowledged),
        failed_jobs=failed,
        reports=len(received.files),
        reports_repeated=received.times.total() - len(received.files),
        reports_changed=len(received.changed),
        reports_incomplete=incomplete + sum(uid not in acknowledged for uid in reported),
        films_with_report=sum(reported[uid] == 1 for uid in acknowledged),
    )


def _free_port() -> int:
    with socket.create_server((LOCALHOST, 0)) as server:
        return int(server.getsockname()[1])


if __name__ == "__main__":
    main()
