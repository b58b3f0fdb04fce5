"""A real PACS for tests: Orthanc with its DICOMweb plugin, on this computer's loopback address."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from openboneage.node.settings import DimsePeer, WebPeer
from tests.node.network import CALLER, LOCALHOST, free_port
from tests.programs import program

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
START_SECONDS = 60


@dataclass(frozen=True)
class Orthanc:
    """A running Orthanc; its AE title is that of `network.CALLER`.

    Attributes:
        dicom_port: Port for DIMSE.
        web_port: Port for its REST API and DICOMweb.
    """

    dicom_port: int
    web_port: int

    @property
    def url(self) -> str:
        return f"http://{LOCALHOST}:{self.web_port}"

    def get(self, path: str) -> Any:
        """The answer of its REST API."""
        answer = requests.get(f"{self.url}/{path}", timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, content: Any) -> Any:
        """Its answer to a JSON value or to a DICOM file."""
        data = content if isinstance(content, bytes) else json.dumps(content)
        answer = requests.post(f"{self.url}/{path}", data=data, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def content(self) -> dict[str, list[str]]:
        """Modalities of the series of each study, by Study Instance UID, in alphabetical order."""
        found: dict[str, list[str]] = {}
        for study in self.get("studies?expand"):
            series = [self.get(f"series/{each}") for each in study["Series"]]
            modalities = [each["MainDicomTags"]["Modality"] for each in series for _ in each["Instances"]]
            found[study["MainDicomTags"]["StudyInstanceUID"]] = sorted(modalities)
        return found

    def files(self) -> list[bytes]:
        """All instances as files."""
        return [requests.get(f"{self.url}/instances/{each}/file", timeout=60).content for each in self.get("instances")]

    def dimse(self, **values: Any) -> DimsePeer:
        """As a peer for DIMSE."""
        return DimsePeer(**{"name": "pacs", "ae_title": CALLER, "host": LOCALHOST, "port": self.dicom_port, **values})

    def web(self, **values: Any) -> WebPeer:
        """As a peer for DICOMweb."""
        return WebPeer(**{"name": "archive", "url": f"{self.url}/dicom-web", **values})


@contextmanager
def orthanc(folder: Path, node_port: int = 104, **configuration: Any) -> Iterator[Orthanc]:
    """Run Orthanc in a folder while the block runs.

    Args:
        folder: Its data; a folder that an earlier run used keeps its content.
        node_port: Port of the node, which it knows as the modality `node`.
        configuration: Further values of its configuration.
    """
    binary = program("Orthanc", "orthanc")
    program(str(PLUGIN), "orthanc-dicomweb") if not PLUGIN.exists() else None
    running = Orthanc(free_port(), free_port())
    folder.mkdir(exist_ok=True)
    config = folder / "orthanc.json"
    config.write_text(json.dumps(_configuration(folder, running, node_port) | configuration))
    with (folder / "orthanc.log").open("ab") as log:
        process = subprocess.Popen([binary, str(config)], stdout=log, stderr=log)
    try:
        _wait(running, process)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=60)


def _configuration(folder: Path, running: Orthanc, node_port: int) -> dict[str, Any]:
    return {
        "Name": "test",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "DicomAet": CALLER,
        "DicomPort": running.dicom_port,
        "HttpPort": running.web_port,
        "RemoteAccessAllowed": True,
        "AuthenticationEnabled": False,
        "Plugins": [str(PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        "DicomModalities": {"node": ["BONEAGE", LOCALHOST, node_port]},
        "DicomAlwaysAllowStore": True,
        "OverwriteInstances": False,
        "StableAge": 1,
    }


def _wait(running: Orthanc, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            running.get("system")
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("Orthanc did not start; see orthanc.log in its folder.")
