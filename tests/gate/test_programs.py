from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.programs import REQUIRED, program

ROOT = Path(__file__).resolve().parents[2]


def test_a_missing_program_skips_and_fails_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="Debian package nowhere"):
        program("no-such-program", "nowhere")
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="Debian package nowhere"):
        program("no-such-program", "nowhere")


def test_a_program_is_found() -> None:
    assert Path(program("sh", "dash")).is_file() or sys.platform == "win32"


@pytest.mark.parametrize(
    "package", ["chromium", "dcmtk", "dicom3tools", "openssl", "orthanc-dicomweb", "poppler-utils", "postgresql"]
)
def test_continuous_integration_installs_and_requires_programs(package: str) -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert package in script
    assert f"export {REQUIRED}=1" in script
