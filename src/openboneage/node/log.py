"""The node's log: events with AE titles, counts and reasons, never patient data."""

from __future__ import annotations

import logging

from pynetdicom import _config

LOG = logging.getLogger("openboneage.node")


def quiet_pynetdicom() -> None:
    """Silence pynetdicom: its messages and tracebacks may quote what a peer sent."""
    _config.LOG_HANDLER_LEVEL = "none"
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)
