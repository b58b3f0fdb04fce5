"""The node as a whole, beside a real PACS: films in, reports out, in the same studies; peers that fail; restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid
from sqlalchemy import update

from openboneage.errors import InputError
from openboneage.node.inbox import Reference
from openboneage.node.keeper import Keeper
from openboneage.node.sender import Sender
from openboneage.node.service import Work, running
from openboneage.node.settings import Folder, NodeSettings
from openboneage.store import commitments, films, jobs, outbox
from openboneage.store.outbox import DeliveryState, NewDelivery
from openboneage.store.store import Store, StoreSettings, open_store
from openboneage.store.tables import COMMITMENTS, DELIVERIES
from openboneage.store.times import now
from tests import hands
from tests.node.network import CALLER, free_port, node_settings, peer, small_film
from tests.node.nodes import counts, wait_for
from tests.node.orthanc import Orthanc, orthanc
from tests.reading.films import file_of
from tests.report.reports import dicom_film
from tests.store.stores import assessment

pytestmark = pytest.mark.usefixtures("unclosed_sockets_collected")
WORK = Work(with_map=False)


def hand_film(**tags: Any) -> bytes:
    """A film of a hand with identifiers of its own."""
    uids = {keyword: generate_uid() for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")}
    return dicom_film(hands.film("7043", 300), **{**uids, **tags})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(StoreSettings(tmp_path / "data")) as opened:
        yield opened


def settings_for(pacs: Orthanc, port: int, **values: Any) -> NodeSettings:
    """The node sends a structured report by DIMSE, and a PDF by DICOMweb."""
    peers = {"peers": (pacs.dimse(results=("sr",)),), "web_peers": (pacs.web(results=("dicom-pdf",)),)}
    return NodeSettings(**{"port": port, **peers, **values})


@pytest.mark.slow
def test_films_sent_by_a_pacs_come_back_as_reports_in_their_studies(tmp_path: Path, store: Store) -> None:
    port = free_port()
    with orthanc(tmp_path / "orthanc", port) as pacs, running(store, settings_for(pacs, port), WORK):
        sent = [pacs.post("instances", hand_film())["ID"] for _ in range(3)]
        pacs.post("modalities/node/store", {"Resources": sent, "Synchronous": True})
        wait_for(lambda: counts(store).delivered == 6)
        assert [*pacs.content().values()] == [["CR", "DOC", "SR"]] * 3
        (study, *_) = pacs.content()
        instances = [dcmread(BytesIO(data)) for data in pacs.files()]
        film, report = (
            next(i for i in instances if i.StudyInstanceUID == study and i.Modality == kind) for kind in ("CR", "SR")
        )
        assert (report.PatientID, report.PatientName) == (film.PatientID, film.PatientName)


@pytest.mark.slow
def test_storage_commitment_is_reported_to_the_pacs(tmp_path: Path, store: Store) -> None:
    port = free_port()
    with orthanc(tmp_path / "orthanc", port) as pacs, running(store, settings_for(pacs, port), Work(processes=0)):
        kept = pacs.post("instances", file_of(small_film()))["ID"]
        pacs.post("modalities/node/store", {"Resources": [kept], "Synchronous": True})
        other = pacs.post("instances", file_of(small_film()))["ID"]
        asked = [pacs.post("modalities/node/storage-commitment", {"Resources": [each]})["ID"] for each in (kept, other)]
        wait_for(lambda: all(pacs.get(f"storage-commitment/{each}")["Status"] != "Pending" for each in asked))
        assert [pacs.get(f"storage-commitment/{each}")["Status"] for each in asked] == ["Success", "Failure"]


def test_film_in_a_watched_folder_is_taken_and_another_is_said_why_not(tmp_path: Path, store: Store) -> None:
    folder = tmp_path / "in"
    (folder / "child").mkdir(parents=True)
    (folder / "child" / "film.dcm").write_bytes(file_of(small_film()))
    (folder / "chest.dcm").write_bytes(file_of(small_film(BodyPartExamined="CHEST")))
    (folder / "notes.txt").write_text("hello")
    settings = node_settings(folders=(Folder(path=folder, settle_seconds=0.1),))
    with running(store, settings, Work(processes=0)):
        wait_for(lambda: not any(path.is_file() for path in folder.glob("*")) and not any((folder / "child").iterdir()))
        assert counts(store).films == 1
    assert (folder / "taken" / "child" / "film.dcm").exists()
    assert "not the hand" in (folder / "refused" / "chest.dcm.reason.txt").read_text()
    assert "DICOM" in (folder / "refused" / "notes.txt.reason.txt").read_text()


def test_film_found_by_a_query_is_fetched(tmp_path: Path, store: Store) -> None:
    with orthanc(tmp_path / "orthanc") as pacs:
        pacs.post("instances", file_of(small_film(StudyDate=f"{date.today():%Y%m%d}")))
        settings = NodeSettings(port=0, web_peers=(pacs.web(query_days=2, query_seconds=1),))
        with running(store, settings, Work(processes=0)):
            wait_for(lambda: counts(store).films == 1)


def test_one_data_folder_has_one_node(store: Store) -> None:
    with (
        running(store, node_settings(), Work(processes=0)),
        pytest.raises(InputError, match="running on this data folder"),
        running(store, node_settings(), WORK),
    ):
        pass
    with running(store, node_settings(), Work(processes=0)):
        pass


def waiting_report(store: Store, settings: NodeSettings, destination: str = "pacs") -> int:
    """A film that was assessed, with one report to send."""
    Keeper(store, settings).receive(hand_film(), CALLER)
    job = jobs.take(store)
    assert job is not None
    assert jobs.finish(store, job, assessment(), deliveries=lambda *_: [NewDelivery("sr", destination)])
    return films.find(store, job.film.id).id


@pytest.mark.slow
def test_peer_that_is_down_gets_its_report_when_it_is_up(tmp_path: Path, store: Store) -> None:
    down = node_settings(peers=(peer(free_port(), results=("sr",)),))
    film_id = waiting_report(store, down)
    assert Sender(Keeper(store, down)).send_report()
    (delivery,) = outbox.of_film(store, film_id)
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 1)
    assert "cannot be reached" in delivery.error
    with orthanc(tmp_path / "orthanc") as pacs:
        up = NodeSettings(peers=(pacs.dimse(results=("sr",)),))
        outbox.release(store)
        _due_now(store)
        assert Sender(Keeper(store, up)).send_report()
        assert [*pacs.content().values()] == [["SR"]]
    assert outbox.of_film(store, film_id)[0].state is DeliveryState.DELIVERED


def _due_now(store: Store) -> None:
    with store.database.writing() as db:
        for table in (DELIVERIES, COMMITMENTS):
            db.execute(update(table).values(next_try_at=now()))


def test_report_for_an_unknown_peer_becomes_a_dead_letter(store: Store) -> None:
    film_id = waiting_report(store, node_settings(), "nobody")
    sender = Sender(Keeper(store, node_settings()))
    assert sender.send_report()
    (letter,) = outbox.dead_letters(store)
    assert (letter.film_id, "no peer nobody" in letter.error) == (film_id, True)
    assert not sender.send_report()


def test_answer_that_nobody_takes_is_tried_again_and_then_given_up(store: Store) -> None:
    settings = node_settings(peers=(peer(free_port()),))
    keeper = Keeper(store, settings)
    keeper.request_commitment("1.2.9", (Reference("1.2.3", "1.2.3.4"),), CALLER)
    sender = Sender(keeper)
    tries = 0
    while commitments.due(store) is not None:
        assert sender.answer_commitment()
        _due_now(store)
        tries += 1
    assert tries == len(outbox.PAUSES_SECONDS) + 1
    assert not sender.answer_commitment()
    keeper.request_commitment("1.2.10", (Reference("1.2.3", "1.2.3.4"),), CALLER)
    assert Sender(Keeper(store, node_settings(peers=()))).answer_commitment()
    assert commitments.due(store) is None
