"""Files of reports as answers."""

from __future__ import annotations

from fastapi.responses import Response

from openboneage.reading_room.room import Room
from openboneage.report.formats import find_format
from openboneage.store.documents import document

MEDIA_TYPES = {
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".fhir.json": "application/fhir+json",
}


def document_response(room: Room, film_id: int, version: int, format_name: str, language: str) -> Response:
    """A report as a file to save; its name contains no patient data.

    Raises:
        InputError: There is no such film, version, format or language, or the format needs a DICOM film.
    """
    kind = find_format(format_name)
    data = document(room.store, room.maker, film_id, version, format_name, language)
    name = f"film-{film_id}-report-{version}{kind.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=MEDIA_TYPES.get(kind.ending, "application/dicom"), headers=headers)
