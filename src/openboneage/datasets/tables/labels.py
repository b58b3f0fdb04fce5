"""Tables of labels, whose rows become films."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openboneage.datasets.dicom_header import Header
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split, split_of
from openboneage.datasets.tables.columns import Columns, recognise
from openboneage.datasets.tables.delimited import Row, Table, read_table
from openboneage.errors import InputError
from openboneage.subject import Sex


@dataclass(frozen=True)
class LabelTable:
    """A table and the meaning of its columns."""

    table: Table
    columns: Columns

    @classmethod
    def read(cls, path: Path, mapping: Mapping[str, str] | None = None) -> LabelTable:
        """Read a table.

        Args:
            path: The table.
            mapping: Columns by field, if their names are not recognised.

        Raises:
            InputError: The table cannot be read, or a column is ambiguous.
        """
        table = read_table(path)
        return cls(table, recognise(table, mapping))

    @property
    def used(self) -> str:
        """The columns used for each field."""
        return ", ".join(f"{field} from {column!r}" for field, column in self.columns.by_field.items())

    def by_key(self, *fields: str) -> dict[str, Row]:
        """Rows by the text of the first of the fields that the table has.

        Raises:
            InputError: The table has none of them, or a film twice.
        """
        field = next((field for field in fields if field in self.columns), None)
        if field is None:
            raise InputError(
                f"Expected a column with the films in {self.table.path.name}, such as {', '.join(fields)}; it has "
                f"{', '.join(self.table.columns)}. Name one, as --columns {fields[0]}=COLUMN."
            )
        rows: dict[str, Row] = {}
        for row in self.table.rows:
            key = self.columns.text(row, field)
            if key in rows:
                raise InputError(
                    f"{self.table.path.name}, line {row.line}: the film {key!r} is already in line {rows[key].line}."
                )
            rows[key] = row
        return rows

    def film(self, row: Row, film_id: str, header: Header | None = None, split: Split | None = None) -> Film:
        """The film of a row.

        Args:
            row: The row.
            film_id: Identifier of the film.
            header: Header of the film's file, for values missing in the table.
            split: Split of the film; default: that of the table, or else the fixed hash of patient or film.

        Raises:
            InputError: A value cannot be used; the message names the line.
        """
        columns, header = self.columns, header or Header()
        try:
            sex, age_months = columns.sex(row), columns.months(row, "age")
            patient = columns.text(row, "patient") or header.patient
            return Film(
                id=film_id,
                sex=header.sex if sex is Sex.UNKNOWN else sex,
                bone_age_months=columns.months(row, "bone_age"),
                split=split or columns.split(row) or split_of(patient or film_id),
                second_reading_months=columns.months(row, "second_reading"),
                age_months=header.age_months if age_months is None else age_months,
                race=columns.text(row, "race") or None,
                patient=patient,
            )
        except InputError as error:
            raise InputError(f"{self.table.path.name}, line {row.line}: {error}") from None


def unlabelled_film(film_id: str, header: Header) -> Film:
    """A film that no table lists."""
    split = split_of(header.patient or film_id)
    return Film(film_id, header.sex, None, split, age_months=header.age_months, patient=header.patient)
