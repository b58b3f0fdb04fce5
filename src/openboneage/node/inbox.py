"""What receives instances: the interface between the network, which takes them, and the store, which keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Reference:
    """An instance that a peer refers to.

    Attributes:
        sop_class_uid: Its class.
        sop_instance_uid: Its identifier.
    """

    sop_class_uid: str
    sop_instance_uid: str


class Inbox(Protocol):
    """Receives instances from every way in: C-STORE, watched folders, queries."""

    def receive(self, data: bytes, sender: str) -> str:
        """Keep an instance. When this returns, its bytes are safe on disk and in the store, or it does not count.

        Args:
            data: A DICOM file.
            sender: Where it is from, for the audit log: an AE title, `folder` or the name of a web peer.

        Returns:
            Why the instance is not kept; empty if it is.

        Raises:
            BoneAgeError: The instance is not kept, and its sender must not count on it; the class has the status to answer.
        """

    def holds(self, sop_instance_uid: str) -> bool:
        """Whether an instance is in the store."""

    def request_commitment(self, transaction_uid: str, references: tuple[Reference, ...], requester: str) -> None:
        """Note down a request for storage commitment, which is answered later, even after a restart.

        Raises:
            BoneAgeError: The request is not noted down.
        """
