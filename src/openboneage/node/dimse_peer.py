"""Sending to a DICOM node: C-STORE and N-EVENT-REPORT as SCU (PS3.4 annexes B and J)."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, StorageCommitmentPresentationContexts, build_role, evt
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext

from openboneage.node.commitment import Answer
from openboneage.node.log import quiet_pynetdicom
from openboneage.node.settings import DimsePeer, NodeSettings
from openboneage.node.tls import client_context
from openboneage.node.transfer import RefusedByPeerError, TransferError

STORAGE_COMMITMENT = UID("1.2.840.10008.1.20.1")
COMMITMENT_INSTANCE = UID("1.2.840.10008.1.20.1.1")
"""The well-known class and instance of storage commitment (PS3.4 J.3.5)."""
DUPLICATE_INSTANCE = 0x0111
_SUCCESS = (0x0000, 0xB000, 0xB006, 0xB007, DUPLICATE_INSTANCE)
"""Success and warnings (PS3.4 table B.2-1): the peer keeps the object, or has it already from an earlier try."""
_NO_RESOURCES = range(0xA700, 0xA800)


def store(settings: NodeSettings, peer: DimsePeer, content: bytes) -> None:
    """Send an object by C-STORE.

    Args:
        settings: Settings of the node.
        peer: The receiver.
        content: A DICOM file.

    Raises:
        TransferError: The peer cannot be reached, rejects the connection, or has no room.
        RefusedByPeerError: The peer does not take the object.
    """
    dataset = dcmread(BytesIO(content))
    wanted = PresentationContext()
    wanted.abstract_syntax = dataset.SOPClassUID
    wanted.transfer_syntax = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
    with _connected(settings, peer, [wanted]) as association:
        _check(peer, association.send_c_store(dataset))


def report_commitment(settings: NodeSettings, peer: DimsePeer, answer: Answer) -> None:
    """Answer a request for storage commitment by N-EVENT-REPORT, on a connection of its own (PS3.4 J.3.3).

    Raises:
        TransferError: The peer cannot be reached, rejects the connection, or does not take the answer.
    """
    role = build_role(STORAGE_COMMITMENT, scp_role=True)
    with _connected(settings, peer, StorageCommitmentPresentationContexts, [role]) as association:
        status, _ = association.send_n_event_report(answer.dataset, answer.event_type, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
        _check(peer, status)


@contextmanager
def _connected(
    settings: NodeSettings,
    peer: DimsePeer,
    contexts: Sequence[PresentationContext],
    roles: Sequence[SCP_SCU_RoleSelectionNegotiation] = (),
) -> Iterator[Association]:
    quiet_pynetdicom()
    ae = AE(settings.ae_title)
    ae.connection_timeout = ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = peer.timeout_seconds
    keys = (client_context(settings.tls), peer.host) if peer.tls and settings.tls else None
    opened: list[socket.socket] = []
    association = ae.associate(
        peer.host,
        peer.port,
        list(contexts),
        peer.ae_title,
        ext_neg=list(roles) or None,
        tls_args=keys,
        evt_handlers=[(evt.EVT_CONN_OPEN, _bound, [opened, peer.timeout_seconds])],
    )
    try:
        yield _established(association, settings, peer)
    finally:
        association.release()
        for each in opened:
            each.close()


def _bound(event: evt.Event, opened: list[socket.socket], timeout_seconds: float) -> None:
    """Bound the wait for a peer that reads slowly, and keep the socket: pynetdicom sets no timeout and may leave it open."""
    connection = event.assoc.dul.socket
    if connection is not None and connection.socket is not None:
        connection.socket.settimeout(timeout_seconds)
        opened.append(connection.socket)


def _established(association: Association, settings: NodeSettings, peer: DimsePeer) -> Association:
    if association.is_rejected:
        raise TransferError(f"{peer.name} rejects the connection; check the AE titles {settings.ae_title} and {peer.ae_title}.")
    if association.is_aborted and association.rejected_contexts:
        names = ", ".join(UID(str(each.abstract_syntax)).name for each in association.rejected_contexts)
        raise RefusedByPeerError(f"{peer.name} does not accept {names}.")
    if not association.is_established:
        raise TransferError(f"{peer.name} cannot be reached at {peer.host}, port {peer.port}, or closed the connection.")
    return association


def _check(peer: DimsePeer, status: Dataset) -> None:
    """Raise an error unless a status means success; an empty one means that the peer did not answer."""
    code = status.get("Status")
    if code in _SUCCESS:
        return
    if code is None:
        raise TransferError(f"{peer.name} closed the connection or did not answer within {peer.timeout_seconds:g} s.")
    kind = TransferError if code in _NO_RESOURCES else RefusedByPeerError
    raise kind(f"{peer.name} answered with status 0x{code:04X}.")
