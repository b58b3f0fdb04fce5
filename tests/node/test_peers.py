"""Sending to and asking a real PACS, and peers that fail."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pynetdicom import AE, evt
from pynetdicom.sop_class import ComputedRadiographyImageStorage  # type: ignore[attr-defined]

from openboneage.errors import InputError
from openboneage.node import dimse_peer, web_peer
from openboneage.node.query import Query
from openboneage.node.rules import Rules
from openboneage.node.settings import WebPeer
from openboneage.node.transfer import RefusedByPeerError, TransferError
from tests.node.network import LOCALHOST, ListInbox, free_port, node_settings, peer, small_film
from tests.node.orthanc import Orthanc, orthanc
from tests.reading.films import file_of

pytestmark = pytest.mark.usefixtures("unclosed_sockets_collected")
SETTINGS = node_settings()
STUDY_DAY = date(2019, 6, 15)
"""Study Date of `small_film`."""


@pytest.fixture(scope="module")
def pacs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc")) as running:
        yield running


def test_object_is_stored_by_dimse_once(pacs: Orthanc) -> None:
    film = small_film()
    for _ in range(2):
        dimse_peer.store(SETTINGS, pacs.dimse(), file_of(film))
    assert pacs.content()[film.StudyInstanceUID] == ["CR"]


def test_object_is_stored_by_dicomweb_once(pacs: Orthanc) -> None:
    film = small_film()
    for _ in range(2):
        web_peer.store(pacs.web(), file_of(film))
    assert pacs.content()[film.StudyInstanceUID] == ["CR"]


def test_films_are_found_and_fetched_once(pacs: Orthanc) -> None:
    hand, chest = small_film(Modality="DX"), small_film(Modality="DX", BodyPartExamined="CHEST")
    for film in (hand, chest):
        pacs.post("instances", file_of(film))
    inbox, query = ListInbox(), Query(pacs.web(query_days=2), Rules(modalities=("DX",)))
    assert [query.run(inbox, STUDY_DAY) for _ in range(2)] == [1, 0]
    (data,) = inbox.kept
    assert dcmread(BytesIO(data)) == hand
    assert Query(pacs.web(query_days=2), Rules(modalities=("DX",))).run(inbox, STUDY_DAY) == 0
    assert query.run(inbox, date(2019, 7, 1)) == 0


def test_film_that_the_node_has_no_room_for_is_fetched_again(pacs: Orthanc) -> None:
    pacs.post("instances", file_of(small_film(Modality="RG")))
    full, query = ListInbox(TransferError("no room")), Query(pacs.web(query_days=1), Rules(modalities=("RG",)))
    assert query.run(full, STUDY_DAY) == 0
    full.failure = InputError("not taken")
    assert [query.run(full, STUDY_DAY) for _ in range(2)] == [1, 0]


def test_web_server_that_cannot_be_used_is_named(pacs: Orthanc, tmp_path: Path) -> None:
    film = file_of(small_film())
    with pytest.raises(TransferError, match="archive cannot be reached"):
        web_peer.store(WebPeer(name="archive", url=f"http://{LOCALHOST}:{free_port()}"), film)
    with pytest.raises(TransferError, match="archive answered with HTTP status 404"):
        web_peer.store(WebPeer(name="archive", url=f"{pacs.url}/nowhere"), film)
    with pytest.raises(RefusedByPeerError, match="status 405"):
        web_peer.store(WebPeer(name="archive", url=f"{pacs.url}/system#"), film)
    with pytest.raises(InputError, match="password_file"):
        web_peer.store(pacs.web(user="me", password_file=tmp_path / "missing"), film)


def test_peer_that_is_down_is_named() -> None:
    with pytest.raises(TransferError, match="pacs cannot be reached at 127"):
        dimse_peer.store(SETTINGS, peer(free_port()), file_of(small_film()))


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A peer that answers C-STORE with a status and supports nothing else."""
    ae = AE("PACS")
    ae.require_called_aet = True
    ae.add_supported_context(ComputedRadiographyImageStorage)
    server = ae.start_server((LOCALHOST, 0), block=False, evt_handlers=[(evt.EVT_C_STORE, lambda _: status)])
    assert server is not None
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        ae.shutdown()


@pytest.mark.parametrize(
    ("status", "kind"), [(0xA700, TransferError), (0xC000, RefusedByPeerError), (0xA900, RefusedByPeerError)]
)
def test_status_decides_whether_to_try_again(status: int, kind: type[TransferError]) -> None:
    with answering(status) as port, pytest.raises(TransferError, match=f"0x{status:04X}") as error:
        dimse_peer.store(SETTINGS, peer(port), file_of(small_film()))
    assert type(error.value) is kind


@pytest.mark.parametrize("status", [0x0000, 0xB000, 0x0111])
def test_warning_and_duplicate_mean_that_the_object_is_there(status: int) -> None:
    with answering(status) as port:
        dimse_peer.store(SETTINGS, peer(port), file_of(small_film()))


def test_wrong_title_may_be_corrected_but_an_unsupported_class_may_not() -> None:
    with answering(0) as port:
        with pytest.raises(TransferError, match="check the AE titles BONEAGE and OTHER"):
            dimse_peer.store(SETTINGS, peer(port, ae_title="OTHER"), file_of(small_film()))
        film = small_film(SOPClassUID="1.2.840.10008.5.1.4.1.1.7")
        with pytest.raises(RefusedByPeerError, match="Secondary Capture"):
            dimse_peer.store(SETTINGS, peer(port), file_of(film))


def test_peer_that_never_answers_is_given_up() -> None:
    with socket.create_server((LOCALHOST, 0)) as silent:
        port = int(silent.getsockname()[1])
        with pytest.raises(TransferError, match="cannot be reached"):
            dimse_peer.store(SETTINGS, peer(port, timeout_seconds=0.3), file_of(small_film()))
        web = WebPeer(name="archive", url=f"http://{LOCALHOST}:{port}", timeout_seconds=0.3)
        with pytest.raises(TransferError, match="ReadTimeout"):
            web_peer.store(web, file_of(small_film()))
