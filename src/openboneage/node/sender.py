"""Sending what waits: reports of films, and answers to requests for storage commitment."""

from __future__ import annotations

from dataclasses import dataclass, field

from openboneage.errors import BoneAgeError, InputError
from openboneage.node import dimse_peer, web_peer
from openboneage.node.commitment import answer_of
from openboneage.node.inbox import Reference
from openboneage.node.keeper import Keeper
from openboneage.node.log import LOG
from openboneage.node.settings import DimsePeer, NodeSettings, WebPeer
from openboneage.node.transfer import TransferError
from openboneage.store import commitments, outbox
from openboneage.store.documents import Maker, document
from openboneage.store.outbox import Delivery, DeliveryState


@dataclass(frozen=True)
class Sender:
    """Sends one thing at a time.

    Attributes:
        keeper: The node's inbox, with its store and settings.
        maker: Makes the reports.
    """

    keeper: Keeper
    maker: Maker = field(default_factory=Maker)

    @property
    def _settings(self) -> NodeSettings:
        return self.keeper.settings

    def send_report(self) -> bool:
        """Send the report that has been due for longest; False if none is due.

        A report is sent whole or not at all: its bytes are complete before a connection is opened, and a peer keeps an object
        only when it was transferred completely (PS3.7 9.3.1, PS3.18 10.5).
        """
        store = self.keeper.store
        delivery = outbox.take(store)
        if delivery is None:
            return False
        try:
            content = document(
                store, self.maker, delivery.film_id, delivery.report_version, delivery.format, self._settings.language
            )
            self._send(self._peer(delivery), content)
        except Exception as error:  # whatever fails counts as a try, so that it ends as a dead letter
            state = outbox.failed(store, delivery, _reason(error), is_final=_is_final(error))
            LOG.warning(
                "Film %d: %s to %s %s: %s",
                delivery.film_id,
                delivery.format,
                delivery.destination,
                _said(state),
                _reason(error),
            )
        else:
            outbox.delivered(store, delivery)
            LOG.info("Film %d: %s was sent to %s", delivery.film_id, delivery.format, delivery.destination)
        return True

    def answer_commitment(self) -> bool:
        """Answer the request for storage commitment that has been due for longest; False if none is due."""
        store = self.keeper.store
        asked = commitments.due(store)
        if asked is None:
            return False
        references = [Reference(*each) for each in asked.instances]
        try:
            answer = answer_of(asked.transaction_uid, references, self.keeper.class_of)
            dimse_peer.report_commitment(self._settings, self._requester(asked.requester), answer)
        except Exception as error:
            state = commitments.failed(store, asked, _reason(error), is_final=_is_final(error))
            LOG.warning("Storage commitment for %r %s: %s", asked.requester, _said(state), _reason(error))
        else:
            commitments.answered(store, asked)
            LOG.info("Storage commitment for %r was answered", asked.requester)
        return True

    def _peer(self, delivery: Delivery) -> DimsePeer | WebPeer:
        peers: tuple[DimsePeer | WebPeer, ...] = (*self._settings.peers, *self._settings.web_peers)
        found = next((peer for peer in peers if peer.name == delivery.destination), None)
        if found is None:
            raise InputError(f"The settings have no peer {delivery.destination}; add it, and retry.")
        return found

    def _requester(self, ae_title: str) -> DimsePeer:
        found = next((peer for peer in self._settings.peers if peer.ae_title == ae_title), None)
        if found is None:
            raise InputError("The requester is no longer a peer in the settings.")
        return found

    def _send(self, peer: DimsePeer | WebPeer, content: bytes) -> None:
        if isinstance(peer, DimsePeer):
            dimse_peer.store(self._settings, peer, content)
        else:
            web_peer.store(peer, content)


def _is_final(error: Exception) -> bool:
    """Whether another try cannot help: an invalid report stays invalid; a network, a disk or a database recovers."""
    if isinstance(error, TransferError):
        return error.is_final
    return isinstance(error, BoneAgeError)


def _reason(error: Exception) -> str:
    """What went wrong, without text that a library may have taken from the film."""
    return str(error) if isinstance(error, BoneAgeError) else f"Unexpected {type(error).__name__}."


def _said(state: DeliveryState | None) -> str:
    return "is given up" if state is DeliveryState.DEAD else "will be sent again"
