"""Settings of the node from a TOML file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openboneage.errors import InputError
from openboneage.node.rules import Rules
from openboneage.node.settings import DimsePeer, Folder, NodeSettings, Tls, WebPeer, read_settings

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


ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "dicom-node.md").read_text(encoding="utf-8")
    for model in (NodeSettings, Tls, DimsePeer, WebPeer, Folder, Rules):
        for name in model.model_fields:
            assert f"`{name}`" in page or f"[{name}]" in page, name


def test_example_of_settings_is_valid() -> None:
    read = read_settings(ROOT / "deploy" / "node.toml")
    configuration = json.loads((ROOT / "deploy" / "orthanc.json").read_text(encoding="utf-8"))
    (orthanc,) = read.peers
    assert (orthanc.ae_title, orthanc.port) == (configuration["DicomAet"], configuration["DicomPort"])
    assert configuration["DicomModalities"]["boneage"] == [read.ae_title, read.host, read.port]
