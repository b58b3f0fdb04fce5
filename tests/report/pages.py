"""Looks at PDF files with poppler's programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from tests.programs import program


def poppler(name: str) -> str:
    """Path of a program of poppler-utils."""
    return program(name, "poppler-utils")


def text_of(pdf: bytes) -> str:
    """The text of a PDF file, in reading order."""
    done = subprocess.run([poppler("pdftotext"), "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def facts_of(pdf: bytes) -> dict[str, str]:
    """What `pdfinfo` states."""
    done = subprocess.run([poppler("pdfinfo"), "-"], input=pdf, capture_output=True, check=True)
    return {key: value.strip() for key, _, value in (line.partition(":") for line in done.stdout.decode().splitlines())}


def pixels_of(pdf: bytes, folder: Path, dpi: int = 50) -> np.ndarray:
    """The first page drawn, `(height, width, 3)`."""
    (folder / "page.pdf").write_bytes(pdf)
    command = [poppler("pdftoppm"), "-r", str(dpi), "-png", "-singlefile", str(folder / "page.pdf"), str(folder / "page")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    with Image.open(folder / "page.png") as image:
        return np.array(image.convert("RGB"))
