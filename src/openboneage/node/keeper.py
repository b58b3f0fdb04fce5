"""The inbox of the node: keeps the instances that count in the store."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from pydicom import dcmread
from sqlalchemy.exc import DBAPIError

from openboneage.errors import BoneAgeError, InputError, RefusedError
from openboneage.node.header import read_header
from openboneage.node.inbox import Reference
from openboneage.node.rules import admit
from openboneage.node.settings import NodeSettings
from openboneage.reading.guards import quiet_pydicom, unreadable_if_it_fails
from openboneage.store import commitments, films
from openboneage.store.films import Reception, Source
from openboneage.store.store import Store

ACTOR = "node"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NoRoomError(BoneAgeError):
    """The disk is full or cannot be written: the sender must keep its film and send it again later."""

    http_status = 507
    dimse_status = 0xA700


class DuplicateError(BoneAgeError):
    """Another film has the same identifier."""

    http_status = 409
    dimse_status = 0x0111


@dataclass(frozen=True)
class Keeper:
    """Keeps instances.

    Attributes:
        store: The store.
        settings: Settings of the node.
    """

    store: Store
    settings: NodeSettings

    def receive(self, data: bytes, sender: str) -> str:
        """Keep an instance; see `Inbox`.

        Raises:
            UnreadableError: The instance is damaged, or its identifiers are missing.
            RefusedError: It does not count, and such instances are to be refused.
            DuplicateError: There is another film with the same identifier.
            NoRoomError: The disk is full.
            QueueFullError: Too many films wait for their assessment.
        """
        reason = admit(read_header(data), self.settings.rules).reason
        if reason:
            if self.settings.refuse_others:
                raise RefusedError(f"The node does not take this instance: {reason}.")
            return reason
        with _room():
            received = films.receive(self.store, data, Reception(self._source(sender), ACTOR))
        if not received.is_same and not self._has_same_content(received.film_id, data):
            raise DuplicateError("Another film has this SOP Instance UID; the first is kept. Send it with a new UID.")
        return ""

    def holds(self, sop_instance_uid: str) -> bool:
        """Whether an instance is in the store."""
        return self.class_of(sop_instance_uid) is not None

    def class_of(self, sop_instance_uid: str) -> str | None:
        """SOP Class UID of an instance in the store; None if it is not there."""
        film = films.find_instance(self.store, sop_instance_uid)
        return None if film is None else film.sop_class_uid

    def request_commitment(self, transaction_uid: str, references: tuple[Reference, ...], requester: str) -> None:
        """Note down a request for storage commitment; see `Inbox`.

        Raises:
            InputError: The requester is no peer, so the answer would have no address.
            NoRoomError: The disk is full.
        """
        if requester not in (peer.ae_title for peer in self.settings.peers):
            raise InputError("The AE title is no peer in the node's settings.")
        instances = [(each.sop_class_uid, each.sop_instance_uid) for each in references]
        with _room():
            commitments.request(self.store, transaction_uid, requester, instances, ACTOR)

    def _source(self, sender: str) -> Source:
        if sender == Source.FOLDER:
            return Source.FOLDER
        return Source.QUERY if sender in (peer.name for peer in self.settings.web_peers) else Source.NODE

    def _has_same_content(self, film_id: int, data: bytes) -> bool:
        """Whether two files have the same attributes and pixels: file meta information and encoding may differ."""
        stored = self.store.files.get(films.find(self.store, film_id).sha256)
        with quiet_pydicom, unreadable_if_it_fails("a DICOM data set"):
            return dcmread(BytesIO(stored)) == dcmread(BytesIO(data))


@contextmanager
def _room() -> Iterator[None]:
    """Turn errors of the disk and of the database into one that tells the sender to try again."""
    try:
        yield
    except OSError as error:
        what = "is full" if error.errno in _FULL else "cannot be written"
        raise NoRoomError(f"The node's disk {what}; send the film again later.") from None
    except DBAPIError:
        raise NoRoomError("The node's database cannot be written; send the film again later.") from None
