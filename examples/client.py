"""Send a film to a reading room and print its bone age. It needs Python alone.

Usage: OPENBONEAGE_TOKEN=... python client.py https://room.example.org film.dcm
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

NOT_FOUND = 404
PAUSE_SECONDS = 1.0


def call(room: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
    """The JSON that the reading room answers."""
    headers = {"Authorization": f"Bearer {os.environ['OPENBONEAGE_TOKEN']}", "Content-Type": kind}
    with urlopen(Request(f"{room}/api/v1/{path}", body, headers)) as answer:
        return json.load(answer)


def send(room: str, film: Path) -> int:
    """Send a film and return its number."""
    mark = uuid4().hex
    begin = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="film"\r\n\r\n'.encode()
    body = begin + film.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    (received,) = call(room, "films", body, f"multipart/form-data; boundary={mark}")
    if received["error"]:
        raise SystemExit(received["error"])
    return int(received["film_id"])


def assessment(room: str, film_id: int) -> Any:
    """The assessment of a film, as soon as it is there."""
    while True:
        try:
            return call(room, f"films/{film_id}/assessment")["assessment"]
        except HTTPError as error:
            if error.code != NOT_FOUND or call(room, f"films/{film_id}")["state"] == "failed":
                raise SystemExit(json.load(error)["message"]) from None
        time.sleep(PAUSE_SECONDS)


def main() -> None:
    """Send the film of the command line."""
    room, film = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    found = assessment(room, send(room, film))
    print(json.dumps(found["bone_age"] or found["by_sex"] or found["findings"], indent=2))


if __name__ == "__main__":
    main()
