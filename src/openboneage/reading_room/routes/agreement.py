"""The page of agreement between readers and program, and its table."""

from __future__ import annotations

import csv
import io

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from openboneage.reading_room.agreement import agreement_of, pairs_of
from openboneage.reading_room.auth import LoggedIn
from openboneage.reading_room.room import TheRoom

router = APIRouter(include_in_schema=False)


@router.get("/agreement")
def agreement_page(room: TheRoom, session: LoggedIn) -> HTMLResponse:
    """Bias, limits of agreement and kappa: of independent readings, and of signed reports."""
    pairs = pairs_of(room.store)
    groups = {
        "Readings before the program's age was shown": agreement_of([pair for pair in pairs if pair.is_independent]),
        "Signed reports": agreement_of([pair for pair in pairs if not pair.is_independent]),
    }
    return room.page("agreement.html", session, groups=groups)


@router.get("/agreement.csv")
def agreement_table(room: TheRoom, _: LoggedIn) -> Response:
    """A row for each film, without patient data."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["film", "reader_months", "program_months", "independent"])
    for pair in pairs_of(room.store):
        row = (pair.film_id, f"{pair.reader_months:.1f}", f"{pair.program_months:.1f}", "yes" if pair.is_independent else "no")
        table.writerow(row)
    headers = {"Content-Disposition": 'attachment; filename="agreement.csv"'}
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
