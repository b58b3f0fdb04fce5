"""Settings of the node from a TOML file."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.errors import InputError
from openboneage.node.settings import NodeSettings, read_settings

GOOD = """
ae_title = "BONEAGE"
[[peers]]
name = "pacs"
ae_title = "ORTHANC"
host = "127.0.0.1"
port = 4242
results = ["sr", "sc", "sr"]
[[web_peers]]
name = "archive"
url = "http://127.0.0.1:8042/dicom-web"
[rules]
views = ["PA"]
"""


def settings(tmp_path: Path, text: str) -> NodeSettings:
    path = tmp_path / "node.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_settings_are_read(tmp_path: Path) -> None:
    read = settings(tmp_path, GOOD)
    assert read.callers == ("ORTHANC",)
    assert read.peers[0].results == ("sr", "sc")
    assert read.rules.views == ("PA",)
    assert read.host == "127.0.0.1"


def test_without_settings_the_node_listens_on_this_computer_and_accepts_nobody_unknown() -> None:
    assert (NodeSettings().host, NodeSettings().accept_any_caller) == ("127.0.0.1", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = ", "TOML"),
        ("unknown = 1", "unknown: Extra inputs"),
        ('host = "0.0.0.0"', "expected the section tls, or allow_unencrypted"),
        ('language = "xx"', "language: expected one of"),
        ("port = 70000", "port"),
        ('ae_title = "SEVENTEEN LETTERS"', "ae_title"),
        (GOOD.replace('"sc"', '"pdf"'), "peers.0.results: expected formats among"),
        (GOOD.replace("archive", "pacs"), "different name"),
        (GOOD.replace("port = 4242", "port = 4242\ntls = true"), "section tls"),
        (GOOD.replace('name = "archive"', 'name = "archive"\nuser = "me"'), "user and password_file"),
    ],
)
def test_invalid_settings_are_named(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InputError) as error:
        settings(tmp_path, text)
    assert expected in str(error.value)


@pytest.mark.parametrize("text", ['host = "localhost"', 'host = "::1"', 'host = "0.0.0.0"\nallow_unencrypted = true'])
def test_addresses_that_are_allowed(tmp_path: Path, text: str) -> None:
    assert settings(tmp_path, text).host in text
