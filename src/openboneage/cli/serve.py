"""`boneage serve`: the reading room in a web browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from openboneage.cli.options import Models
from openboneage.cli.output import out
from openboneage.errors import InputError


def serve(
    folder: Annotated[Path | None, typer.Option("--folder", help="Data folder. Default: ~/.local/share/openboneage.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1, this machine alone.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: 8095.")] = None,
    database_url: Annotated[
        str | None, typer.Option("--database", metavar="URL", help="A PostgreSQL database. Default: SQLite in the data folder.")
    ] = None,
    tls_certificate: Annotated[Path | None, typer.Option(help="Certificate of the server in PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key of the certificate in PEM.")] = None,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="A proxy encrypts and passes requests on.")] = False,
    processes: Annotated[int | None, typer.Option(min=1, help="Films that are assessed at once. Default: 1.")] = None,
    reader_first: Annotated[
        bool, typer.Option("--reader-first", help="Readers enter a bone age before they see the program's.")
    ] = False,
    atlas: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Reference hands of the site. Default: synthetic hands.")
    ] = None,
    models: Models = None,
) -> None:
    """Run the reading room until Ctrl-C.

    The environment sets what is not given here, such as OPENBONEAGE_SERVE_PORT; OPENBONEAGE_SERVE_ADMIN_PASSWORD sets the first
    password, which is otherwise made and printed.
    """
    try:
        from openboneage.reading_room.serve import serve as run
        from openboneage.reading_room.settings import Settings
    except ModuleNotFoundError as error:
        raise InputError(f"The reading room needs {error.name}: pip install 'openboneage[serve]'.") from None
    given: dict[str, Any] = {
        "folder": folder,
        "host": host,
        "port": port,
        "database_url": database_url,
        "tls_certificate": tls_certificate,
        "tls_key": tls_key,
        "behind_proxy": behind_proxy or None,
        "processes": processes,
        "reader_first": reader_first or None,
        "atlas": atlas,
        "models": models,
    }
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))} {each['msg']}".strip() for each in error.errors(include_input=False))
        raise InputError("; ".join(faults).replace("Value error, ", "")) from None
    run(settings, out.print)
