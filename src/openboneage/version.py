"""The version of this program."""

from __future__ import annotations

from functools import cache


@cache
def program_version() -> str:
    """The version as installed; finding it takes 25 ms, so nothing does at import."""
    from importlib.metadata import version

    return version("openboneage")
