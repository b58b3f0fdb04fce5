"""Programs of others that tests use to check what this program writes."""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRED = "OPENBONEAGE_REQUIRE_PROGRAMS"
"""Environment variable that continuous integration sets: a missing program then fails the test instead of skipping it."""


def program(name: str, package: str) -> str:
    """Path of a program; without it, the test is skipped, or fails where `REQUIRED` is set.

    Args:
        name: Name of the program.
        package: Debian package that has it.
    """
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed (Debian package {package})"
        if os.environ.get(REQUIRED):
            pytest.fail(message)
        pytest.skip(message)
    return found
