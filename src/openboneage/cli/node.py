"""`boneage node`: the DICOM node."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from openboneage.cli.options import Database, Models
from openboneage.cli.output import out
from openboneage.errors import InputError


def node(
    data: Annotated[Path, typer.Option(metavar="FOLDER", help="Data folder, made if it does not exist.")],
    settings: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings in TOML; see docs/dicom-node.md.")] = None,
    database: Database = "",
    processes: Annotated[
        int, typer.Option(min=0, help="Films that are assessed at once; 0 if `boneage serve` assesses them.")
    ] = 1,
    with_map: Annotated[bool, typer.Option("--map/--no-map", help="Show the occlusion map in reports.")] = True,
    models: Models = None,
) -> None:
    """Receive films from a PACS by DICOM, assess them, and send reports back, until it is stopped.

    Exit codes: 0 stopped by SIGINT or SIGTERM, 2 invalid settings, or the port or the data folder is in use.
    """
    try:
        from openboneage.node.service import Work, running
        from openboneage.node.settings import NodeSettings, read_settings
        from openboneage.store.store import StoreSettings, open_store
    except ModuleNotFoundError as error:
        raise InputError(f"The node needs the package {error.name}: pip install 'openboneage[serve]'.") from None
    _log_own_messages()
    chosen = read_settings(settings) if settings else NodeSettings()
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with open_store(StoreSettings(data, database)) as store, running(store, chosen, Work(models, processes, with_map)) as port:
        out.print(f"The node {chosen.ae_title} listens on {chosen.host}, port {port}. Research use only, not a medical device.")
        stop.wait()


def _log_own_messages() -> None:
    """Log what this program says to standard error, and nothing of libraries: they name instances."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    own = logging.getLogger("openboneage")
    own.addHandler(handler)
    own.setLevel(logging.INFO)
    logging.getLogger().addHandler(logging.NullHandler())
