"""Settings of the node, read from a TOML file."""

from __future__ import annotations

import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from openboneage.errors import InputError
from openboneage.node.rules import Rules
from openboneage.report.formats import FORMATS
from openboneage.report.phrases import DEFAULT_LANGUAGE, languages

DICOM_FORMATS = tuple(each.name for each in FORMATS if each.ending.endswith(".dcm"))
"""Formats of reports that a PACS stores."""

AeTitle = Annotated[str, Field(pattern=r"^[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?$")]
"""An AE title: 1 to 16 characters without backslash, and without spaces around them (PS3.5 table 6.2-1)."""
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tls(_Settings):
    """Keys for encrypted connections: PEM files."""

    certificate: Path = Field(description="Certificate of the node, with its chain.")
    key: Path = Field(description="Its private key.")
    authorities: Path = Field(description="Certificates that peers must have, or be signed by.")


class _ResultTarget(_Settings):
    name: str = Field(pattern="^[A-Za-z0-9_.-]{1,64}$", description="Name of the peer in messages and in the worklist.")
    results: tuple[str, ...] = Field(default=(), description=f"Reports that are sent to it: {', '.join(DICOM_FORMATS)}.")

    @field_validator("results")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in names if name not in DICOM_FORMATS]
        if unknown:
            raise ValueError(f"expected formats among {', '.join(DICOM_FORMATS)}, got {', '.join(unknown)}")
        return tuple(dict.fromkeys(names))


class DimsePeer(_ResultTarget):
    """Another DICOM node: it may send films, and may get reports by C-STORE and commitments by N-EVENT-REPORT."""

    ae_title: AeTitle = Field(description="Its AE title.")
    host: str = Field(min_length=1, description="Its host name or address.")
    port: Port = Field(description="Its port.")
    tls: bool = Field(default=False, description="Whether connections to it are encrypted.")
    timeout_seconds: Seconds = Field(default=30, description="Longest wait for an answer.")


class WebPeer(_ResultTarget):
    """A DICOMweb server: it may get reports by STOW-RS, and may be asked for films by QIDO-RS and WADO-RS."""

    url: str = Field(pattern="^https?://", description="Root of its DICOMweb services.")
    user: str = Field(default="", description="User name for HTTP basic authentication.")
    password_file: Path | None = Field(default=None, description="File with the password.")
    authorities: Path | None = Field(default=None, description="Certificates that an https server must be signed by.")
    timeout_seconds: Seconds = Field(default=30, description="Longest wait for an answer.")
    query_days: int | None = Field(default=None, ge=1, description="Ask for films of the last days; not set: do not ask.")
    query_seconds: Seconds = Field(default=60, description="Time between two queries.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.user) != (self.password_file is not None):
            raise ValueError("expected user and password_file together")
        return self


class Folder(_Settings):
    """A folder that is watched for films."""

    path: Path = Field(description="The folder. Films that were taken are moved to `taken` inside it, others to `refused`.")
    settle_seconds: Seconds = Field(default=2, description="A file counts as complete when it has not changed for this time.")


class NodeSettings(_Settings):
    """Settings of a node.

    Raises:
        ValueError: The node would listen beyond this computer without encryption, and that is not allowed explicitly.
    """

    ae_title: AeTitle = Field(default="BONEAGE", description="AE title of the node; calls to another title are rejected.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=11112, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    allow_unencrypted: bool = Field(default=False, description="Listen beyond this computer without TLS.")
    accept_any_caller: bool = Field(default=False, description="Accept AE titles that are not those of peers.")
    maximum_associations: int = Field(default=20, ge=1, description="Connections served at once; more are rejected.")
    timeout_seconds: Seconds = Field(default=60, description="A connection without data for this time is closed.")
    refuse_others: bool = Field(
        default=False, description="Answer instances that do not count with a failure, instead of success without keeping them."
    )
    language: str = Field(default=DEFAULT_LANGUAGE, description=f"Language of the reports: {', '.join(languages())}.")
    send_unsigned: bool = Field(default=True, description="Send reports as soon as a film is assessed, before a reader signs.")
    tls: Tls | None = Field(default=None, description="Keys for encrypted connections; not set: unencrypted.")
    peers: tuple[DimsePeer, ...] = Field(default=(), description="DICOM nodes.")
    web_peers: tuple[WebPeer, ...] = Field(default=(), description="DICOMweb servers.")
    folders: tuple[Folder, ...] = Field(default=(), description="Watched folders.")
    rules: Rules = Field(default=Rules(), description="Which instances count.")

    @field_validator("language")
    @classmethod
    def _known_language(cls, language: str) -> str:
        if language not in languages():
            raise ValueError(f"expected one of {', '.join(languages())}")
        return language

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [peer.name for peer in (*self.peers, *self.web_peers)]
        if len(set(names)) < len(names):
            raise ValueError("expected a different name for each peer")
        if self.tls is None and any(peer.tls for peer in self.peers):
            raise ValueError("expected the section tls, because a peer has tls = true")
        if self.tls is None and not self.allow_unencrypted and not is_loopback(self.host):
            raise ValueError("expected the section tls, or allow_unencrypted = true, to listen beyond this computer")
        return self

    @property
    def callers(self) -> tuple[str, ...]:
        """AE titles that may call; empty if any may."""
        return () if self.accept_any_caller else tuple(peer.ae_title for peer in self.peers)


def is_loopback(host: str) -> bool:
    """Whether an address is reachable from this computer only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_settings(path: Path) -> NodeSettings:
    """Settings from a TOML file; relative paths in it start from its folder.

    Raises:
        InputError: The file is no TOML, a key is unknown, or a value is invalid; the text names each.
        FileNotFoundError: There is no such file.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return NodeSettings.model_validate(content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"Expected settings in TOML: {error}.") from None
    except ValidationError as error:
        faults = "; ".join(_fault(each["loc"], each["msg"]) for each in error.errors())
        raise InputError(f"The settings of the node are invalid: {faults}. See docs/dicom-node.md.") from None


def _fault(place: tuple[int | str, ...], message: str) -> str:
    key, plain = ".".join(map(str, place)), message.removeprefix("Value error, ")
    return f"{key}: {plain}" if key else plain
