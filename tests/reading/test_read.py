from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openboneage.errors import InputError, UnreadableError
from openboneage.reading import read as read_module
from openboneage.reading.bounds import MAX_FILE_BYTES
from openboneage.reading.read import read, sniff

KINDS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "DICOM")


@pytest.mark.parametrize("kind", KINDS)
def test_kind_is_detected_from_the_content_not_the_name(films: dict[str, bytes], tmp_path: Path, kind: str) -> None:
    path = tmp_path / "film.txt"
    path.write_bytes(films[kind])
    radiograph = read(path)
    assert (radiograph.format, radiograph.name) == (kind, "film.txt")
    assert (radiograph.height_px, radiograph.width_px) == (40, 48)
    assert radiograph.sha256 == hashlib.sha256(films[kind]).hexdigest()


def test_path_may_be_text(films: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(films["PNG"])
    assert read(str(tmp_path / "a.png"), name="case 7").name == "case 7"


def test_upload_has_a_name_of_its_own(films: dict[str, bytes]) -> None:
    assert read(films["PNG"]).name == "upload"
    assert read(films["PNG"], name="left.png").name == "left.png"


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_are_read_only(films: dict[str, bytes], kind: str) -> None:
    radiograph = read(films[kind])
    for array in (radiograph.pixels, radiograph.display):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


@pytest.mark.parametrize("kind", KINDS)
def test_same_bytes_same_film(films: dict[str, bytes], kind: str) -> None:
    first, second = read(films[kind]), read(films[kind])
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.display, second.display)
    assert first.findings == second.findings


def test_raster_images_have_no_data_of_the_child(films: dict[str, bytes]) -> None:
    radiograph = read(films["PNG"])
    assert (radiograph.sex, radiograph.age_months, radiograph.spacing_mm) == ("unknown", None, None)
    assert radiograph.findings == ()


def test_missing_file_is_an_input_error_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file with this name") as caught:
        read(tmp_path / "ZWICKY_FRITZ.dcm")
    assert "ZWICKY" not in str(caught.value)


def test_folder_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        read(tmp_path)


def test_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe"):
        read(tmp_path / "pipe")


@pytest.mark.parametrize("path", ["a\0b", 7, None, ["a"]])
def test_an_invalid_path_is_an_input_error(path: Any) -> None:
    with pytest.raises(InputError, match="invalid path"):
        read(path)


def test_forbidden_file_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(InputError, match="permissions"):
        read(tmp_path / "film.png")


def test_failing_disk_is_an_unreadable_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error", "/films/ZWICKY.dcm")

    monkeypatch.setattr(Path, "stat", fail)
    with pytest.raises(UnreadableError, match="could not be read") as caught:
        read(tmp_path / "film.png")
    assert "ZWICKY" not in str(caught.value)


def test_too_large_a_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.dcm"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # sparse: takes no disk
    with pytest.raises(UnreadableError, match="at most 512 MiB"):
        read(path)


def test_too_large_an_upload_is_refused(films: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_module, "MAX_FILE_BYTES", 100)
    with pytest.raises(UnreadableError, match="at most"):
        read(films["PNG"])


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"", "an empty file"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"GIF89a....", "a GIF image"),
        (b"II+\0....", "a BigTIFF image"),
        (b"<html>", "a web page"),
        (b"BMI and age of Fritz Zwicky", "something else"),
        (b"\x08\0", "something else"),
    ],
)
def test_foreign_kinds_are_named(data: bytes, got: str) -> None:
    with pytest.raises(UnreadableError, match=got) as caught:
        sniff(data)
    assert "Zwicky" not in str(caught.value)


def test_png_is_read_without_importing_pydicom(films: dict[str, bytes]) -> None:
    code = (
        "import sys; from openboneage.reading.read import read; read(sys.stdin.buffer.read()); print('pydicom' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=films["PNG"], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"


def test_threads_read_at_once_and_leave_no_trace(films: dict[str, bytes]) -> None:
    from pydicom import config

    before = list(warnings.filters), config.settings.reading_validation_mode
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(read, [films["DICOM"], films["PNG"]] * 20))
    assert len({radiograph.sha256 for radiograph in results}) == 2
    assert (list(warnings.filters), config.settings.reading_validation_mode) == before


def test_source_bytes_may_be_reused(films: dict[str, bytes]) -> None:
    data = io.BytesIO(films["BMP"]).getvalue()
    read(data)
    assert data == films["BMP"]
