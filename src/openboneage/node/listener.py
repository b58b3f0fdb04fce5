"""The listener: C-ECHO, C-STORE and storage commitment as SCP (PS3.4 annexes A, B and J; PS3.7 annex C)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from pydicom.dataset import Dataset
from pydicom.uid import AllTransferSyntaxes
from pynetdicom import (
    AE,
    AllStoragePresentationContexts,
    StorageCommitmentPresentationContexts,
    VerificationPresentationContexts,
    evt,
)

from openboneage.errors import BoneAgeError, InputError
from openboneage.node.header import UID_PATTERN
from openboneage.node.inbox import Inbox, Reference
from openboneage.node.log import LOG, quiet_pynetdicom
from openboneage.node.settings import NodeSettings
from openboneage.node.sockets import Server
from openboneage.node.tls import server_context
from openboneage.reading.guards import quiet_pydicom

SUCCESS, PROCESSING_FAILURE, INVALID_ARGUMENT, NO_SUCH_ACTION = 0x0000, 0x0110, 0x0115, 0x0123
REQUEST_COMMITMENT = 1
"""Action type of a request for storage commitment (PS3.4 table J.3-1)."""
MAX_REFERENCES = 10_000
MAX_COMMENT = 64
"""Characters of an Error Comment, a Long String."""
MAX_PDU_BYTES = 128 * 1024
POLL_SECONDS = 0.1


@contextmanager
def listening(settings: NodeSettings, inbox: Inbox) -> Iterator[int]:
    """Listen while the block runs; its value is the port.

    Raises:
        InputError: The port is taken, the address is not this computer's, or the keys cannot be read.
    """
    quiet_pynetdicom()
    ae, context = _application_entity(settings), server_context(settings.tls) if settings.tls else None
    handlers: list[evt.EventHandlerType] = [
        (evt.EVT_C_ECHO, _echo),
        (evt.EVT_C_STORE, _store, [inbox]),
        (evt.EVT_N_ACTION, _action, [inbox]),
        (evt.EVT_REJECTED, _rejected),
    ]
    try:
        address = (settings.host, settings.port)
        server = ae.make_server(address, ssl_context=context, evt_handlers=handlers, server_class=Server)
    except OSError as error:
        raise InputError(f"The node cannot listen on {settings.host}, port {settings.port}: {error.strerror}.") from None
    thread = Thread(target=server.serve_forever, args=(POLL_SECONDS,), name="listener", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        ae.shutdown()
        thread.join()


def _application_entity(settings: NodeSettings) -> AE:
    ae = AE(settings.ae_title)
    ae.require_called_aet = True
    ae.require_calling_aet = list(settings.callers)
    ae.maximum_associations = settings.maximum_associations
    ae.maximum_pdu_size = MAX_PDU_BYTES
    ae.network_timeout = ae.acse_timeout = ae.dimse_timeout = settings.timeout_seconds
    ae.supported_contexts = [*VerificationPresentationContexts, *StorageCommitmentPresentationContexts]
    for context in AllStoragePresentationContexts:
        ae.add_supported_context(str(context.abstract_syntax), AllTransferSyntaxes)
    return ae


def _echo(event: evt.Event) -> int:
    LOG.info("C-ECHO from %r", _caller(event))
    return SUCCESS


def _store(event: evt.Event, inbox: Inbox) -> Dataset | int:
    try:
        reason = inbox.receive(event.encoded_dataset(), _caller(event))
    except BoneAgeError as error:
        LOG.warning("C-STORE from %r refused: %s", _caller(event), error)
        return _answer(error.dimse_status, str(error))
    except Exception as error:  # whatever fails here, the sender must keep its film
        LOG.error("C-STORE from %r failed: %s", _caller(event), type(error).__name__)
        return _answer(BoneAgeError.dimse_status, f"The node failed ({type(error).__name__}); send again later.")
    LOG.info("C-STORE from %r: %s", _caller(event), f"not kept, because {reason}" if reason else "kept")
    return SUCCESS


def _action(event: evt.Event, inbox: Inbox) -> tuple[Dataset | int, None]:
    if event.action_type != REQUEST_COMMITMENT:
        return NO_SUCH_ACTION, None
    try:
        with quiet_pydicom:
            transaction_uid, references = _request(event.action_information)
    except Exception:  # pydicom's errors for damaged values have no common base
        return INVALID_ARGUMENT, None
    try:
        inbox.request_commitment(transaction_uid, references, _caller(event))
    except BoneAgeError as error:
        LOG.warning("Storage commitment for %r refused: %s", _caller(event), error)
        return _answer(PROCESSING_FAILURE, str(error)), None
    LOG.info("Storage commitment for %r: %d instances", _caller(event), len(references))
    return SUCCESS, None


def _request(information: Dataset) -> tuple[str, tuple[Reference, ...]]:
    """The transaction and the instances of a request (PS3.4 table J.3-1)."""
    items = information.ReferencedSOPSequence[: MAX_REFERENCES + 1]
    references = tuple(Reference(str(item.ReferencedSOPClassUID), str(item.ReferencedSOPInstanceUID)) for item in items)
    uids = [
        str(information.TransactionUID),
        *(uid for each in references for uid in (each.sop_class_uid, each.sop_instance_uid)),
    ]
    if not 0 < len(references) <= MAX_REFERENCES or not all(map(UID_PATTERN.fullmatch, uids)):
        raise ValueError("references")
    return uids[0], references


def _rejected(event: evt.Event) -> None:
    LOG.warning("Connection from %r at %s rejected: unknown AE title, or too many connections", _caller(event), _address(event))


def _answer(status: int, comment: str) -> Dataset:
    answer = Dataset()
    answer.Status, answer.ErrorComment = status, comment[:MAX_COMMENT]
    return answer


def _caller(event: evt.Event) -> str:
    return str(event.assoc.requestor.ae_title)


def _address(event: evt.Event) -> str:
    return str(event.assoc.requestor.address)
