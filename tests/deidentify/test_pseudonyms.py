"""Pseudonyms and the file with their secret."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydicom.uid import UID

from openboneage.deidentify.pseudonyms import open_pseudonyms
from openboneage.errors import InputError


def test_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    first, second = open_pseudonyms(path), open_pseudonyms(path)
    assert first.secret == second.secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_pseudonyms(None).secret != first.secret


@pytest.mark.parametrize("content", [b"", b"secret", b"00ff", b"\xff"])
def test_file_without_a_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(InputError, match="hexadecimal"):
        open_pseudonyms(path)


def test_replacements_are_valid_and_do_not_depend_on_word_borders() -> None:
    names = open_pseudonyms(None)
    assert UID(names.uid("1.2.3")).is_valid
    assert names.patient("1", "2", "") != names.patient("12", "", "")
    assert names.uid("1.2") != names.film("1.2")
    assert "secret" not in repr(names)
