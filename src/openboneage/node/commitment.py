"""Storage commitment: the answer to a request (PS3.4 J.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from openboneage.node.inbox import Reference

ALL_COMMITTED, SOME_FAILED = 1, 2
"""Event types of PS3.4 table J.3-2."""
NO_SUCH_INSTANCE, CLASS_INSTANCE_CONFLICT = 0x0112, 0x0119
"""Failure reasons of PS3.3 C.14.1.1."""


@dataclass(frozen=True, eq=False)
class Answer:
    """An answer to a request.

    Attributes:
        event_type: Whether all instances are committed.
        dataset: Event information (PS3.4 table J.3-2).
    """

    event_type: int
    dataset: Dataset


def answer_of(transaction_uid: str, references: Sequence[Reference], class_of: Callable[[str], str | None]) -> Answer:
    """The answer for some instances.

    Args:
        transaction_uid: Transaction UID of the request.
        references: The instances.
        class_of: Returns the SOP Class UID of a stored instance by its UID; None if it is not stored.
    """
    committed, failed = [], []
    for reference in references:
        stored = class_of(reference.sop_instance_uid)
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = reference.sop_class_uid, reference.sop_instance_uid
        if stored == reference.sop_class_uid:
            committed.append(item)
        else:
            item.FailureReason = NO_SUCH_INSTANCE if stored is None else CLASS_INSTANCE_CONFLICT
            failed.append(item)
    dataset = Dataset()
    dataset.TransactionUID = transaction_uid
    if committed:
        dataset.ReferencedSOPSequence = committed
    if failed:
        dataset.FailedSOPSequence = failed
    return Answer(SOME_FAILED if failed else ALL_COMMITTED, dataset)
