"""Writes DICOM reports, has them checked by programs of others, and reads them back."""

from __future__ import annotations

import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

from openboneage.report.formats import find_format
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report
from tests.programs import program


@cache
def written(report: Report, name: str, language: str = "en") -> bytes:
    """A report as a DICOM file."""
    return find_format(name).write(report, phrases_of(language))


def read_back(report: Report, name: str, language: str = "en") -> Dataset:
    """A report written to bytes and read again."""
    return dcmread(BytesIO(written(report, name, language)))


def complaints(content: bytes, folder: Path) -> list[str]:
    """Errors that `dciodvfy` (dicom3tools) finds."""
    lines = _output([program("dciodvfy", "dicom3tools")], content, folder)
    return [line for line in lines if line.startswith("Error")]


def dump(content: bytes, folder: Path) -> list[str]:
    """The lines of `dcmdump` (dcmtk), which fails on a file that it cannot read."""
    return _output([program("dcmdump", "dcmtk"), "+U8", "--print-all"], content, folder)


def report_dump(content: bytes, folder: Path) -> list[str]:
    """The lines of `dsrdump` (dcmtk), which fails on a document that breaks the rules of structured reports."""
    return _output([program("dsrdump", "dcmtk"), "--print-all-codes", "--print-long-values"], content, folder)


def _output(command: list[str], content: bytes, folder: Path) -> list[str]:
    path = folder / "report.dcm"
    path.write_bytes(content)
    done = subprocess.run([*command, str(path)], capture_output=True, check=False)
    if not command[0].endswith("dciodvfy"):
        assert done.returncode == 0, done.stderr.decode()
    return (done.stdout + done.stderr).decode().splitlines()
