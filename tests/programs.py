"""Programs of others that tests use to check what this program writes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

REQUIRED = "OPENBONEAGE_REQUIRE_PROGRAMS"
"""Environment variable that continuous integration sets: a missing program then fails the test instead of skipping it."""


def program(name: str, package: str, folders: Iterable[Path] = ()) -> str:
    """Path of a program; without it, the test is skipped, or fails where `REQUIRED` is set.

    Args:
        name: Name of the program.
        package: Debian package that has it.
        folders: Folders outside the search path that may have it.
    """
    found = shutil.which(name) or next((path for folder in folders if (path := shutil.which(name, path=folder))), None)
    if found is None:
        message = f"{name} is not installed (Debian package {package})"
        if os.environ.get(REQUIRED):
            pytest.fail(message)
        pytest.skip(message)
    return found
