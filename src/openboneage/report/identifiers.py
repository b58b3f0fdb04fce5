"""Identifiers that follow from a report: the same report always gets the same, so that sending it again adds nothing."""

from __future__ import annotations

import uuid

from openboneage.report.report import Report, to_json

_NAMESPACE = uuid.UUID("5b0b3a4e-7c7e-5d55-9b6e-6f1a2f0c9a11")


def uuid_of(report: Report, *names: str) -> uuid.UUID:
    """A UUID of version 5, from the JSON of a report, which has the checksum of the film, and names within the report."""
    return uuid.uuid5(_NAMESPACE, "\n".join([to_json(report).decode(), *names]))


def program_uuid(version: str) -> uuid.UUID:
    """A UUID of version 5 for a version of this program."""
    return uuid.uuid5(_NAMESPACE, f"openboneage {version}")
