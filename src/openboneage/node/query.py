"""Asking a DICOMweb server for new films."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from openboneage.errors import BoneAgeError
from openboneage.node import web_peer
from openboneage.node.header import Header
from openboneage.node.inbox import Inbox
from openboneage.node.log import LOG
from openboneage.node.rules import Rules, admit
from openboneage.node.settings import WebPeer


@dataclass
class Query:
    """A query that is repeated.

    Attributes:
        peer: The server.
        rules: Which instances count; others are not fetched.
        settled: Instances that were fetched, or do not count; they are not looked at again.
    """

    peer: WebPeer
    rules: Rules
    settled: set[str] = field(default_factory=set)

    def run(self, inbox: Inbox, today: date) -> int:
        """Fetch the new films of the last days.

        Returns:
            Number of instances that were fetched.

        Raises:
            TransferError: The server cannot be reached, or does not answer.
        """
        fetched, listed = 0, set[str]()
        for modality in self.rules.modalities:
            for series_uid, header in web_peer.find(self.peer, modality, today):
                listed.add(header.sop_instance_uid)
                if header.sop_instance_uid not in self.settled and self._settle(inbox, series_uid, header):
                    fetched += 1
        self.settled &= listed  # a later day's query does not list earlier ones
        return fetched

    def _settle(self, inbox: Inbox, series_uid: str, header: Header) -> bool:
        """Fetch an instance if it counts and is not there yet; whether it was fetched."""
        wanted = admit(header, self.rules).counts and not inbox.holds(header.sop_instance_uid)
        if wanted:
            try:
                reason = inbox.receive(web_peer.fetch(self.peer, series_uid, header), self.peer.name)
            except BoneAgeError as error:
                LOG.warning("Query of %s: an instance is not taken: %s", self.peer.name, error)
                if error.http_status >= 500:
                    return False
                reason = str(error)
            LOG.info("Query of %s: %s", self.peer.name, f"not kept, because {reason}" if reason else "a film is kept")
        self.settled.add(header.sop_instance_uid)
        return wanted
