"""Keeping instances in a real store, on disks with and without room."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian

from openboneage.errors import InputError, RefusedError, UnreadableError
from openboneage.node.inbox import Reference
from openboneage.node.keeper import DuplicateError, NoRoomError
from openboneage.store import commitments, films, jobs
from openboneage.store.films import QueueFullError, Source
from openboneage.store.store import StoreSettings, open_store
from tests.node.network import CALLER, small_film
from tests.node.nodes import counts, keeper_in
from tests.reading.films import file_of


def test_film_is_kept_with_its_bytes_and_queued(tmp_path: Path) -> None:
    film = small_film()
    with keeper_in(tmp_path) as keeper:
        assert keeper.receive(file_of(film), CALLER) == ""
        kept = films.find_instance(keeper.store, film.SOPInstanceUID)
        assert kept is not None
        assert (kept.source, keeper.holds(film.SOPInstanceUID)) == (Source.NODE, True)
        assert keeper.store.files.get(kept.sha256) == file_of(film)
        assert jobs.length(keeper.store).queued == 1


def test_ways_in_are_told_apart(tmp_path: Path) -> None:
    film = small_film()
    with keeper_in(tmp_path) as keeper:
        keeper.receive(file_of(film), "folder")
        kept = films.find_instance(keeper.store, film.SOPInstanceUID)
        assert kept is not None
        assert kept.source is Source.FOLDER


def test_instance_that_does_not_count_is_acknowledged_or_refused(tmp_path: Path) -> None:
    chest = file_of(small_film(BodyPartExamined="CHEST"))
    with keeper_in(tmp_path / "kept out") as keeper:
        assert keeper.receive(chest, CALLER) == "its body part is not the hand"
        assert counts(keeper.store).films == 0
    with keeper_in(tmp_path / "refused", refuse_others=True) as keeper, pytest.raises(RefusedError, match="not the hand"):
        keeper.receive(chest, CALLER)


def test_same_instance_again_is_acknowledged_and_not_assessed_again(tmp_path: Path) -> None:
    film = small_film()
    recoded = dcmread(BytesIO(file_of(film)))
    recoded.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    other_encoding = BytesIO()
    recoded.save_as(other_encoding)
    with keeper_in(tmp_path) as keeper:
        for data in (file_of(film), file_of(film), other_encoding.getvalue()):
            assert keeper.receive(data, CALLER) == ""
        assert (counts(keeper.store).films, jobs.length(keeper.store).queued) == (1, 1)


def test_same_identifier_with_another_content_is_refused_and_the_first_is_kept(tmp_path: Path) -> None:
    film = small_film()
    first = file_of(film)
    film.PatientSex = "M"
    with keeper_in(tmp_path) as keeper:
        keeper.receive(first, CALLER)
        with pytest.raises(DuplicateError, match="new UID") as error:
            keeper.receive(file_of(film), CALLER)
        kept = films.find_instance(keeper.store, film.SOPInstanceUID)
        assert kept is not None
        assert keeper.store.files.get(kept.sha256) == first
    assert error.value.dimse_status == 0x0111


def test_damaged_instance_is_refused(tmp_path: Path) -> None:
    with keeper_in(tmp_path) as keeper, pytest.raises(UnreadableError):
        keeper.receive(file_of(small_film())[:200], CALLER)


def test_full_queue_asks_to_send_later(tmp_path: Path) -> None:
    with open_store(StoreSettings(tmp_path, queue_limit=1)) as store, keeper_in(tmp_path / "other") as other:
        keeper = type(other)(store, other.settings)
        keeper.receive(file_of(small_film()), CALLER)
        with pytest.raises(QueueFullError, match="later") as error:
            keeper.receive(file_of(small_film()), CALLER)
    assert error.value.dimse_status == 0xA700


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let writing fail beyond a size, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of file sizes are those of Linux")
def test_full_disk_refuses_the_film_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    film = small_film()
    with keeper_in(tmp_path) as keeper:
        with largest_file(1000), pytest.raises(NoRoomError, match="send the film again later") as error:
            keeper.receive(file_of(film), CALLER)
        assert (counts(keeper.store).films, keeper.holds(film.SOPInstanceUID)) == (0, False)
        assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
        assert keeper.receive(file_of(film), CALLER) == ""
    assert error.value.dimse_status == 0xA700


@pytest.mark.skipif(sys.platform != "linux", reason="limits of file sizes are those of Linux")
def test_full_database_refuses_the_film(tmp_path: Path) -> None:
    film = small_film()
    with keeper_in(tmp_path) as keeper:
        keeper.store.files.put(file_of(film))  # only the database has to grow
        with largest_file(1000), pytest.raises(NoRoomError, match="database"):
            keeper.receive(file_of(film), CALLER)
        assert not keeper.holds(film.SOPInstanceUID)
        assert keeper.receive(file_of(film), CALLER) == ""


def test_commitment_is_noted_for_peers_only(tmp_path: Path) -> None:
    references = (Reference("1.2.3", "1.2.3.4"),)
    with keeper_in(tmp_path) as keeper:
        for _ in range(2):
            keeper.request_commitment("1.2.9", references, CALLER)
        asked = commitments.due(keeper.store)
        assert asked is not None
        assert (asked.transaction_uid, asked.instances) == ("1.2.9", (("1.2.3", "1.2.3.4"),))
        with pytest.raises(InputError, match="no peer"):
            keeper.request_commitment("1.2.9", references, "STRANGER")
