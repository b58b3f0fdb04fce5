"""Peers for tests of the node: films to send, a caller, and an inbox that keeps what it receives in a list."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ComputedRadiographyImageStorage, generate_uid
from pynetdicom import AE, StorageCommitmentPresentationContexts, VerificationPresentationContexts
from pynetdicom.association import Association

from openboneage.errors import BoneAgeError
from openboneage.node.inbox import Reference
from openboneage.node.listener import listening
from openboneage.node.settings import DimsePeer, NodeSettings
from tests.reading.films import GREY
from tests.report.reports import dicom_film

CALLER = "PACS"
LOCALHOST = "127.0.0.1"


@dataclass
class ListInbox:
    """Keeps what it receives, or raises an error.

    Attributes:
        failure: The error to raise.
        reason: Why nothing is kept.
    """

    failure: Exception | None = None
    reason: str = ""
    kept: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    commitments: list[tuple[str, tuple[Reference, ...], str]] = field(default_factory=list)

    def receive(self, data: bytes, sender: str) -> str:
        if self.failure:
            raise self.failure
        self.kept.append(data)
        self.senders.append(sender)
        return self.reason

    def holds(self, sop_instance_uid: str) -> bool:
        return any(dcmread(BytesIO(data)).SOPInstanceUID == sop_instance_uid for data in self.kept)

    def request_commitment(self, transaction_uid: str, references: tuple[Reference, ...], requester: str) -> None:
        if isinstance(self.failure, BoneAgeError):
            raise self.failure
        self.commitments.append((transaction_uid, references, requester))


def small_film(**tags: Any) -> Dataset:
    """A film of 48 x 40 pixels with identifiers of its own."""
    uids = {keyword: generate_uid() for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")}
    return dcmread(BytesIO(dicom_film(GREY, **{**uids, **tags})))


def peer(port: int = 1, **values: Any) -> DimsePeer:
    """The caller as a peer."""
    return DimsePeer(**{"name": "pacs", "ae_title": CALLER, "host": LOCALHOST, "port": port, **values})


def node_settings(**values: Any) -> NodeSettings:
    """Settings of a node that knows the caller and listens on a free port."""
    return NodeSettings(**{"port": 0, "peers": (peer(),), **values})


@contextmanager
def called(port: int, caller: str = CALLER, node: str = "BONEAGE", **options: Any) -> Iterator[Association]:
    """A connection to a node, established or not."""
    ae = AE(caller)
    ae.requested_contexts = [*VerificationPresentationContexts, *StorageCommitmentPresentationContexts]
    ae.add_requested_context(ComputedRadiographyImageStorage)
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 10
    association = ae.associate(LOCALHOST, port, ae_title=node, **options)
    try:
        yield association
    finally:
        association.release() if association.is_established else association.abort()


@contextmanager
def node_with(inbox: ListInbox, **values: Any) -> Iterator[int]:
    """A listener with that inbox; its port."""
    with listening(node_settings(**values), inbox) as port:
        yield port


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server((LOCALHOST, 0)) as server:
        return int(server.getsockname()[1])
