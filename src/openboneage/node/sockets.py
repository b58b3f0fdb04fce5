"""Sockets of the listener. They bound what one peer can take: memory, time, and the thread that accepts connections."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from socketserver import BaseServer
from typing import TYPE_CHECKING, Any, cast

from pynetdicom.transport import ThreadedAssociationServer

from openboneage.reading.bounds import MAX_FILE_BYTES

if TYPE_CHECKING:
    _Base = socket.socket
else:
    _Base = object

MAX_MESSAGE_BYTES = MAX_FILE_BYTES + 2**20
"""Largest message: a file and its command. pynetdicom keeps a message in memory, with whatever length its header claims."""


class _Metered(_Base):
    """Closes the connection when a peer sends more than a message without waiting for an answer."""

    _received = 0

    def recv(self, size: int = 1024, flags: int = 0) -> bytes:
        """Receive bytes, and count them."""
        data = super().recv(size, flags)
        self._received += len(data)
        if self._received > MAX_MESSAGE_BYTES:
            raise ConnectionAbortedError(f"Expected messages of at most {MAX_MESSAGE_BYTES // 2**20} MiB, got a longer one.")
        return data

    def send(self, data: Any, flags: int = 0) -> int:
        """Send an answer; the next message is counted from zero."""
        self._received = 0
        return super().send(data, flags)

    def shutdown(self, how: int) -> None:
        """End the connection. If the peer has ended it already, that is no error: pynetdicom would not close the socket."""
        with suppress(OSError):
            super().shutdown(how)


class MeteredSocket(_Metered, socket.socket):
    """A metered plain socket."""


class MeteredTlsSocket(_Metered, ssl.SSLSocket):
    """A metered encrypted socket."""


class Server(ThreadedAssociationServer):
    """pynetdicom's server, with metered sockets that have a timeout.

    The handshake of TLS takes place in the thread of the connection: a peer that never answers would otherwise keep all others
    waiting.
    """

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection."""
        plain, address = cast(socket.socket, self.socket).accept()
        timeout = self.ae.network_timeout
        if self.ssl_context is None:
            metered: socket.socket = MeteredSocket(plain.family, plain.type, plain.proto, plain.detach())
        else:
            self.ssl_context.sslsocket_class = MeteredTlsSocket
            metered = self.ssl_context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        metered.settimeout(timeout)
        return metered, address

    def shutdown(self) -> None:
        """Stop accepting connections. pynetdicom's own method expects a server that it started itself."""
        BaseServer.shutdown(self)
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about a connection that failed; the listener's own messages do."""
