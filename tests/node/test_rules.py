"""Which instances count, by the attributes of real files."""

from __future__ import annotations

from typing import Any

import pytest

from openboneage.errors import UnreadableError
from openboneage.node.header import read_header
from openboneage.node.rules import Rules, admit
from tests.reading.films import GREY, SECRET_NAME
from tests.report.reports import dicom_film


def reason(rules: Rules | None = None, **tags: Any) -> str:
    return admit(read_header(dicom_film(GREY, **tags)), rules or Rules()).reason


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"Modality": "DX", "BodyPartExamined": "WRIST"},
        {"BodyPartExamined": "HAND WITH WRIST"},
        {"BodyPartExamined": None, "StudyDescription": "Röntgen Knochenalter"},
        {"BodyPartExamined": None, "SeriesDescription": "bone age left"},
        {"BodyPartExamined": None, "ProtocolName": "Mano izq"},
        {"BodyPartExamined": None},
        {"ViewPosition": "PA"},
    ],
)
def test_films_of_hands_count(tags: dict[str, Any]) -> None:
    assert reason(**tags) == ""


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"Modality": "CT"}, "modality"),
        ({"BodyPartExamined": "CHEST"}, "body part is not the hand"),
        ({"BodyPartExamined": None, "StudyDescription": "Thorax"}, "descriptions do not name the hand"),
        ({"ViewPosition": "LL"}, "view"),
        ({"ManufacturerModelName": "OpenBoneAge"}, "made by this program"),
        ({"Rows": None}, "no image"),
    ],
)
def test_others_do_not_count(tags: dict[str, Any], expected: str) -> None:
    assert expected in reason(**tags)


def test_rules_are_those_of_the_site() -> None:
    strict = Rules(modalities=("CR", "XX"), accept_unstated=False, descriptions=("ruka",))
    assert reason(strict, Modality="XX") == ""
    assert "neither" in reason(strict, BodyPartExamined=None)
    assert reason(strict, BodyPartExamined=None, SeriesDescription="Ruka L") == ""


def test_reason_quotes_nothing_from_the_file() -> None:
    assert SECRET_NAME not in reason(Modality=SECRET_NAME[:6], BodyPartExamined=SECRET_NAME)


@pytest.mark.parametrize("keyword", ["SOPInstanceUID", "StudyInstanceUID", "SOPClassUID"])
def test_instance_without_identifier_is_refused(keyword: str) -> None:
    with pytest.raises(UnreadableError, match=keyword):
        read_header(dicom_film(GREY, **{keyword: ""}))
