"""The mark in the metadata of a figure that links it to its film."""

from __future__ import annotations

FIGURE_KINDS = {".png": "Description", ".pdf": "Subject", ".svg": "Description"}
"""Endings of the files that a figure can be, and the field of their metadata that names the film."""


def film_mark(sha256: str) -> str:
    """The metadata text that links a figure to its film; it is plain bytes in the file."""
    return f"Figure of the film with sha256 {sha256}"
