"""A folder of DICOM films, with and without a table of labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.datasets.layouts.dicom_tree import open_dicom_tree
from openboneage.datasets.layouts.recognise import open_film_set
from openboneage.datasets.splits import split_of
from openboneage.subject import Sex
from tests.datasets.trees import write_dicom, write_png, write_table
from tests.reading.films import SECRET_ID, SECRET_NAME


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A girl's film and a boy's, which has no ending; a picture and a note beside them."""
    write_dicom(tmp_path / "p1" / "IM0001.dcm", "1.2.1")
    write_dicom(tmp_path / "p2" / "IM0001", "1.2.2", PatientSex="M", PatientID="other", PatientBirthDate="20120615")
    write_png(tmp_path / "p2" / "preview.png")
    (tmp_path / "p2" / "note.txt").write_text("no film")
    return tmp_path


def test_sex_and_age_come_from_the_header(tree: Path) -> None:
    films = open_dicom_tree(tree)

    girl, boy = films.films
    assert (girl.id, girl.sex, girl.bone_age_months) == ("1.2.1", Sex.FEMALE, None)
    assert (boy.id, boy.sex) == ("1.2.2", Sex.MALE)
    assert [girl.age_months, boy.age_months] == pytest.approx([111, 84], abs=0.1)
    assert films.radiograph(boy).format == "DICOM"
    assert films.layout == "a tree of DICOM files; 0 of 2 films are in a table"


@pytest.mark.parametrize("keys", [("1.2.1", "1.2.2"), ("p1/IM0001.dcm", "p2/IM0001")], ids=["uid", "path"])
def test_labels_by_uid_or_path(tree: Path, keys: tuple[str, str]) -> None:
    column = "SOP Instance UID" if "/" not in keys[0] else "path"
    write_table(tree / "labels.csv", (column, "bone_age_months", "sex"), (keys[1], 80, ""), (keys[0], 120, "M"))

    films = open_film_set(tree)

    assert [(film.bone_age_months, film.sex) for film in films.films] == [(120, Sex.MALE), (80, Sex.MALE)]
    assert "2 of 2 films are in a table" in films.layout


def test_labels_may_lie_elsewhere_or_be_the_way_in(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("labels") / "ages.csv"
    write_table(elsewhere, ("sop_instance_uid", "bone_age_months"), ("1.2.1", 120))
    write_table(tree / "labels.csv", ("sop_instance_uid", "bone_age_months"), ("1.2.2", 80))

    assert [film.bone_age_months for film in open_film_set(tree, elsewhere).films] == [120, None]
    assert [film.bone_age_months for film in open_film_set(tree / "labels.csv").films] == [None, 80]


def test_films_of_one_patient_share_a_split(tmp_path: Path) -> None:
    for i in range(12):
        write_dicom(tmp_path / f"{i}.dcm", f"1.2.{i}")

    films = open_dicom_tree(tmp_path).films

    assert len({film.split for film in films}) == 1
    assert len({split_of(film.id) for film in films}) > 1, "by their ids they would be in several splits"


def test_nothing_that_identifies_a_patient_is_kept(tree: Path) -> None:
    kept = repr(open_dicom_tree(tree).films)

    assert SECRET_NAME not in kept
    assert SECRET_ID not in kept
