"""Fixtures of the tests of the node."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture
def unclosed_sockets_collected() -> Iterator[None]:
    """Collect the sockets of calling associations: pynetdicom leaves them open when a connection fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()
