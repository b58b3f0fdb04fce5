from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from openboneage.reading_room.settings import Settings

TLS: dict[str, Any] = {"tls_certificate": Path("cert.pem"), "tls_key": Path("key.pem")}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_no_encryption(host: str) -> None:
    settings = Settings(host=host)

    assert settings.is_local
    assert not settings.is_encrypted


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "room.example.org"])
def test_other_machines_need_encryption(host: str) -> None:
    with pytest.raises(ValidationError, match="unencrypted"):
        Settings(host=host)
    assert Settings(host=host, behind_proxy=True).is_encrypted
    assert Settings(host=host, **TLS).has_tls


@pytest.mark.parametrize("wrong", [{"tls_key": Path("key.pem")}, {"port": 70_000}, {"prot": 1}])
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_the_environment_sets_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBONEAGE_SERVE_PORT", "9000")

    assert Settings().port == 9000
    assert Settings(port=9001).port == 9001
    assert Settings().upload_bytes == 128 * 2**20
