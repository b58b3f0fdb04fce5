"""The listener, called by pynetdicom, by DCMTK and by peers that break the protocol."""

from __future__ import annotations

import logging
import socket
import struct
import subprocess
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from openboneage.errors import InputError, RefusedError, UnreadableError
from openboneage.node import sockets
from openboneage.node.dimse_peer import COMMITMENT_INSTANCE, STORAGE_COMMITMENT
from tests.node.network import CALLER, LOCALHOST, ListInbox, called, node_with, small_film
from tests.programs import program
from tests.reading.films import SECRET_ID, file_of


def test_echo_is_answered() -> None:
    with node_with(ListInbox()) as port, called(port) as association:
        assert association.send_c_echo().Status == 0x0000


def test_instance_is_given_to_the_inbox_as_a_file_of_its_sender() -> None:
    inbox, film = ListInbox(), small_film()
    with node_with(inbox) as port, called(port) as association:
        assert association.send_c_store(film).Status == 0x0000
    assert inbox.holds(film.SOPInstanceUID)
    assert inbox.senders == [CALLER]


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (UnreadableError("damaged"), UnreadableError.dimse_status),
        (RefusedError("other"), RefusedError.dimse_status),
        (RuntimeError("secret"), 0xC000),
    ],
)
def test_failure_is_answered_with_its_status(failure: Exception, status: int, caplog: pytest.LogCaptureFixture) -> None:
    with node_with(ListInbox(failure)) as port, called(port) as association:
        answer = association.send_c_store(small_film())
    assert answer.Status == status
    assert "secret" not in caplog.text
    assert SECRET_ID not in caplog.text


def test_reason_not_to_keep_an_instance_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with node_with(ListInbox(reason="it is no hand")) as port, called(port) as association:
        assert association.send_c_store(small_film()).Status == 0x0000
    assert "not kept, because it is no hand" in caplog.text


@pytest.mark.parametrize(("caller", "node"), [("STRANGER", "BONEAGE"), (CALLER, "OTHER")])
def test_wrong_ae_title_is_rejected_and_said(caller: str, node: str, caplog: pytest.LogCaptureFixture) -> None:
    with node_with(ListInbox()) as port, called(port, caller, node) as association:
        assert association.is_rejected
    assert "rejected" in caplog.text


def test_any_caller_is_accepted_where_that_is_set() -> None:
    with node_with(ListInbox(), accept_any_caller=True) as port, called(port, "STRANGER") as association:
        assert association.is_established


def test_connections_beyond_the_limit_are_rejected() -> None:
    with node_with(ListInbox(), maximum_associations=1) as port, called(port) as first:
        with called(port) as second:
            assert second.is_rejected
        assert first.send_c_echo().Status == 0x0000


def test_port_that_is_taken_is_an_error() -> None:
    with node_with(ListInbox()) as port:
        message = f"cannot listen on 127.0.0.1, port {port}"
        with pytest.raises(InputError, match=message), node_with(ListInbox(), port=port):
            pass


def commitment_request(*uids: tuple[str, str]) -> Dataset:
    request = Dataset()
    request.TransactionUID = generate_uid()
    request.ReferencedSOPSequence = []
    for class_uid, instance_uid in uids:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = class_uid, instance_uid
        request.ReferencedSOPSequence.append(item)
    return request


def test_request_for_commitment_reaches_the_inbox() -> None:
    inbox, request = ListInbox(), commitment_request(("1.2.3", "1.2.3.4"))
    with node_with(inbox) as port, called(port) as association:
        status, _ = association.send_n_action(request, 1, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
    assert status.Status == 0x0000
    ((transaction, references, requester),) = inbox.commitments
    assert (transaction, requester) == (request.TransactionUID, CALLER)
    assert [(each.sop_class_uid, each.sop_instance_uid) for each in references] == [("1.2.3", "1.2.3.4")]


@pytest.mark.parametrize(
    ("request_", "action", "status"),
    [
        (commitment_request(("1.2.3", "1.2.3.4")), 2, 0x0123),
        (commitment_request(), 1, 0x0115),
        (commitment_request(("1.2.3", "1")), 1, 0x0115),
        (small_film(), 1, 0x0115),
    ],
)
def test_invalid_request_for_commitment_is_refused(request_: Dataset, action: int, status: int) -> None:
    inbox = ListInbox()
    with node_with(inbox) as port, called(port) as association:
        answer, _ = association.send_n_action(request_, action, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
    assert answer.Status == status
    assert inbox.commitments == []


def test_commitment_that_the_inbox_refuses_is_a_failure() -> None:
    with node_with(ListInbox(InputError("no such peer"))) as port, called(port) as association:
        request = commitment_request(("1.2.3", "1.2.3.4"))
        answer, _ = association.send_n_action(request, 1, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
    assert (answer.Status, answer.ErrorComment) == (0x0110, "no such peer")


GARBAGE = {
    "text": b"GET / HTTP/1.1\r\n\r\n",
    "zeros": bytes(64),
    "unknown type": b"\x09\0\0\0\0\x04abcd",
    "cut off": b"\x01\0\0\0\x01\0" + bytes(10),
    "four gigabytes claimed": b"\x01\0\xff\xff\xff\xff" + bytes(1000),
    "data before a connection": b"\x04\0\0\0\0\x06\0\0\0\x02\x01\x03",
    "associate with random items": b"\x01\0\0\0\0\xc8\0\x01\0\0" + bytes(range(196)),
    "TLS hello": b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage_does_not_disturb_the_next_caller(garbage: bytes) -> None:
    inbox = ListInbox()
    with node_with(inbox, timeout_seconds=1) as port:
        with socket.create_connection((LOCALHOST, port)) as stranger:
            stranger.sendall(garbage)
        with called(port) as association:
            assert association.send_c_store(small_film()).Status == 0x0000
    assert len(inbox.kept) == 1


def test_silent_connection_is_closed_after_the_timeout() -> None:
    with node_with(ListInbox(), timeout_seconds=0.2) as port:
        for opening in (b"", b"\x01\0\0\0\x01\0"):
            with socket.create_connection((LOCALHOST, port), timeout=20) as stranger:
                stranger.sendall(opening)
                while stranger.recv(1000):  # an abort, then the end; a timeout of the test raises an error
                    pass


def test_message_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MAX_MESSAGE_BYTES", 2**20)
    claimed = b"\x01\0" + struct.pack(">L", 2**31)
    with (
        node_with(ListInbox()) as port,
        socket.create_connection((LOCALHOST, port), timeout=20) as stranger,
        pytest.raises(ConnectionError),
    ):
        stranger.sendall(claimed + bytes(2**26))


def test_dcmtk_is_understood(tmp_path: Path) -> None:
    path, inbox = tmp_path / "film.dcm", ListInbox()
    path.write_bytes(file_of(small_film()))
    with node_with(inbox) as port:
        target = ["-aec", "BONEAGE", "-aet", CALLER, LOCALHOST, str(port)]
        subprocess.run([program("dcmsend", "dcmtk"), *target, str(path)], check=True, timeout=60)
    assert len(inbox.kept) == 1
