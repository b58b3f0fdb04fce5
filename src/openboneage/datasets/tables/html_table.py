"""Tables of saved web pages: the first table with a header row."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from openboneage.datasets.tables.delimited import Row, Table
from openboneage.errors import InputError


class _Cells(HTMLParser):
    """Collects the rows of all tables; the text of an empty cell is its image or link."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[str]]] = []
        self._in_cell, self._link = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append((self.getpos()[0], []))
        elif tag in ("td", "th") and self.rows:
            self.rows[-1][1].append("")
            self._in_cell, self._link = True, ""
        elif tag in ("img", "a"):
            self._link = dict(attrs).get("src" if tag == "img" else "href") or self._link

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._in_cell:
            cells = self.rows[-1][1]
            cells[-1] = " ".join(cells[-1].split()) or self._link
            self._in_cell = False


def read_html_table(path: Path) -> Table:
    """Read the rows of a saved page that have as many cells as its first row with several.

    Raises:
        InputError: The page has no such rows.
    """
    parser = _Cells()
    parser.feed(path.read_text(encoding="utf-8", errors="replace"))
    rows = [(line, cells) for line, cells in parser.rows if len(cells) > 1]
    if len(rows) < 2:
        raise InputError(f"Expected a table with a header in {path.name}, found none; save the table as CSV.")
    columns = tuple(rows[0][1])
    whole = (Row(line, dict(zip(columns, cells, strict=True))) for line, cells in rows[1:] if len(cells) == len(columns))
    return Table(path, columns, tuple(whole), decimal_comma=False)
