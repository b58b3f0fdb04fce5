"""Settings of the reading room: options of `boneage serve`, else environment variables, else safe defaults."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL_NAMES = ("localhost",)


class Settings(BaseSettings):
    """Settings of the reading room. `OPENBONEAGE_SERVE_PORT` sets `port`, and so on."""

    model_config = SettingsConfigDict(env_prefix="OPENBONEAGE_SERVE_", frozen=True, extra="forbid")

    folder: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "openboneage", description="Data folder.")
    database_url: str = Field(default="", description="Address of a PostgreSQL database; empty for SQLite in the data folder.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=8095, description="Port to listen on; 0 takes a free one.")
    tls_certificate: Path | None = Field(default=None, description="Certificate of the server in PEM, with its chain.")
    tls_key: Path | None = Field(default=None, description="Private key of the certificate in PEM.")
    behind_proxy: bool = Field(
        default=False, description="A proxy on the way to the browsers ends TLS and passes X-Forwarded-For and -Proto."
    )
    admin_password: str = Field(
        default="", description="Password of the first administrator; made and printed once where it is empty."
    )
    models: str | None = Field(default=None, description="Models: a set or a folder with cards.")
    processes: Annotated[int, Field(ge=1)] = Field(default=1, description="Films that are assessed at once.")
    queue_limit: Annotated[int, Field(ge=1)] = Field(default=10_000, description="Films that may wait for their assessment.")
    upload_mb: Annotated[int, Field(ge=1, le=512)] = Field(default=128, description="Largest file of an upload, in MiB.")
    session_hours: Annotated[float, Field(gt=0)] = Field(default=12.0, description="A session ends after this time.")
    reader_first: bool = Field(
        default=False, description="Readers enter a bone age before they see the program's, unless the film is signed."
    )

    atlas: Path | None = Field(default=None, description="Folder with the site's own reference hands.")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("TLS needs both a certificate and its key.")
        if not (self.is_local or self.has_tls or self.behind_proxy):
            raise ValueError(
                "Passwords and films would cross the network unencrypted. Give --tls-certificate and --tls-key, "
                "or --behind-proxy if a proxy encrypts, or listen on 127.0.0.1."
            )
        return self

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host in LOCAL_NAMES:
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def has_tls(self) -> bool:
        """Whether the server encrypts."""
        return self.tls_certificate is not None

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers reach the server by HTTPS, so that cookies may be limited to it."""
        return self.has_tls or self.behind_proxy

    @property
    def upload_bytes(self) -> int:
        """Largest file of an upload, in bytes."""
        return self.upload_mb * 2**20
