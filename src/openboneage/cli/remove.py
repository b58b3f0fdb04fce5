"""`boneage remove`: remove a patient's data from a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.options import Database
from openboneage.cli.output import out
from openboneage.errors import InputError

ACTOR = "administrator"


def remove(
    data: Annotated[Path, typer.Option(metavar="FOLDER", help="Data folder of the node and the reading room.", exists=True)],
    patient_id: Annotated[str, typer.Option(prompt="Patient ID", help="The patient's identifier; asked for if not given.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before removing.")] = False,
    database: Database = "",
) -> None:
    """Remove a patient: films, assessments, reports and deliveries. The audit log keeps the numbers of the films.

    Exit codes: 0 removed, 2 there is no such patient or data folder, or the answer was no.
    """
    try:
        from openboneage.store import films, removal
        from openboneage.store.store import StoreSettings, open_store
    except ModuleNotFoundError as error:
        raise InputError(f"A data folder needs the package {error.name}: pip install 'openboneage[serve]'.") from None
    with open_store(StoreSettings(data, database)) as store:
        patients = removal.patients_with(store, patient_id)
        if not patients:
            raise InputError("There is no patient with this identifier in the data folder.")
        count = sum(len(films.of_patient(store, number)) for number in patients)
        if not yes and not typer.confirm(f"Remove {count} films and everything made of them?", err=True):
            raise InputError("Nothing was removed.")
        for number in patients:
            removal.remove_patient(store, number, ACTOR)
    out.print(f"{count} films were removed. Backups, and reports that were sent, are unchanged.")
