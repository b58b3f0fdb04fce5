"""Encrypted connections in both directions."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from openboneage.errors import InputError
from openboneage.node import dimse_peer
from openboneage.node.settings import Tls
from openboneage.node.tls import client_context, server_context
from openboneage.node.transfer import TransferError
from tests.node.certificates import keys
from tests.node.network import CALLER, LOCALHOST, ListInbox, called, node_settings, node_with, peer, small_film
from tests.reading.films import file_of

pytestmark = pytest.mark.usefixtures("unclosed_sockets_collected")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return keys(tmp_path_factory.mktemp("trusted"), "trusted")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return keys(tmp_path_factory.mktemp("other"), "other")


def test_object_is_sent_encrypted(trusted: Tls) -> None:
    inbox, settings = ListInbox(), node_settings(tls=trusted, ae_title=CALLER)
    with node_with(inbox, tls=trusted) as port:
        dimse_peer.store(settings, peer(port, ae_title="BONEAGE", tls=True), file_of(small_film()))
    assert len(inbox.kept) == 1


def test_stranger_is_not_served(trusted: Tls, other: Tls) -> None:
    inbox, settings = ListInbox(), node_settings(tls=other, ae_title=CALLER)
    with node_with(inbox, tls=trusted) as port:
        target = peer(port, ae_title="BONEAGE", tls=True)
        with pytest.raises(TransferError, match="cannot be reached"):
            dimse_peer.store(settings, target, file_of(small_film()))
        with called(port) as unencrypted:
            assert not unencrypted.is_established
    assert inbox.kept == []


# When the node stops, pynetdicom may abort a connection that has asked for nothing yet, which its own state machine refuses.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_caller_that_never_finishes_the_handshake_keeps_nobody_waiting(trusted: Tls) -> None:
    encrypted = (client_context(trusted), LOCALHOST)
    with (
        node_with(ListInbox(), tls=trusted) as port,
        socket.create_connection((LOCALHOST, port)),
        called(port, tls_args=encrypted) as association,
    ):
        assert association.send_c_echo().Status == 0x0000


def test_files_that_do_not_belong_together_are_named(trusted: Tls, other: Tls, tmp_path: Path) -> None:
    for wrong in ({"key": other.key}, {"authorities": tmp_path / "missing.crt"}):
        with pytest.raises(InputError, match="section tls"):
            server_context(trusted.model_copy(update=wrong))
