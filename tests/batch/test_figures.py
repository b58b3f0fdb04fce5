"""Paths of figures; replacing files is tested through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from openboneage.batch.figures import Figures
from openboneage.errors import InputError


def touch(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return str(path)


def test_one_folder_gives_the_figures_its_form(tmp_path: Path) -> None:
    film = touch(tmp_path / "films" / "2019" / "IM0001")
    figures = Figures.of(tmp_path / "out", [str(tmp_path / "films")])
    assert figures.path_of(Path(film)) == tmp_path / "out" / "2019" / "IM0001.png"


def test_several_sources_lie_below_the_folder_that_holds_them_all(tmp_path: Path) -> None:
    films = [touch(tmp_path / "2019" / "IM0001"), touch(tmp_path / "2020" / "a.dcm"), touch(tmp_path / "cases" / "list.csv")]
    figures = Figures.of(tmp_path / "out", [str(tmp_path / "2019"), *films[1:]])
    films[2] = str(tmp_path / "cases" / "sub" / ".." / "b.png")
    places = [figures.path_of(Path(film)) for film in films]
    assert [place.relative_to(tmp_path / "out").as_posix() for place in places] == [
        "2019/IM0001.png",
        "2020/a.png",
        "cases/b.png",
    ]


def test_a_film_elsewhere_has_its_whole_path(tmp_path: Path) -> None:
    figures = Figures.of(tmp_path / "out", [touch(tmp_path / "lists" / "cases.csv")])
    elsewhere = tmp_path / "films" / "1.2.840.99"
    whole = elsewhere.relative_to(elsewhere.anchor)
    assert figures.path_of(elsewhere) == tmp_path / "out" / whole.parent / "1.2.840.99.png"


@pytest.mark.parametrize("name", ["one.png", "one.PDF", "one.svg"])
def test_a_file_name_is_a_file(tmp_path: Path, name: str) -> None:
    figures = Figures.of(tmp_path / "new" / name, [touch(tmp_path / "a.dcm")])
    assert figures.path_of(tmp_path / "a.dcm") == tmp_path / "new" / name
    assert not (tmp_path / "new" / name).exists()


@pytest.mark.parametrize("name", ["figures", "v1.3", "one.jpg"])
def test_any_other_name_is_a_folder(tmp_path: Path, name: str) -> None:
    assert Figures.of(tmp_path / name, [touch(tmp_path / "a.dcm")]).films == tmp_path
    assert (tmp_path / name).is_dir()


def test_a_figure_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    film = Path(touch(tmp_path / "films" / "a.dcm"))
    figures = Figures.of(tmp_path / "out", [str(film)])

    def fail(kind: str) -> bytes:
        raise InputError(f"No {kind} can be drawn.")

    with pytest.raises(InputError, match="No png can be drawn"):
        figures.save(film, "0" * 64, fail)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_link_to_the_film_is_the_film(tmp_path: Path) -> None:
    film = Path(touch(tmp_path / "films" / "a.png"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").symlink_to(film)
    with pytest.raises(InputError, match="would replace its own film"):
        Figures.of(tmp_path / "out", [str(film)], overwrite=True).save(film, "0" * 64, lambda _: b"")
    assert film.read_bytes() == b""
