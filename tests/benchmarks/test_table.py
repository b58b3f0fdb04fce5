"""The table of the benchmarks, on given numbers; the measurements themselves are not tested."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks.__main__ as command
from benchmarks.films import BITS, HEIGHT_PX, WIDTH_PX, fill_folder, write_dicom
from benchmarks.measure import Sample, assess_warm, repeat
from benchmarks.table import Row, machine, to_markdown
from openboneage.reading.read import read

EXAMPLES = Path(__file__).parents[2] / "examples"
ROWS = (
    Row("assessment", "ms", 150.4, 161.0, 200),
    Row("folder", "films/s", 9.6, target=8, more_is_better=True),
    Row("of it read", "ms", 31.26, 40.0),
    Row("cold start", "s", 1.8, 2.04, 1.5),
)


def test_given_numbers_become_a_table() -> None:
    assert to_markdown(ROWS).splitlines() == [
        "| measure | target | measured | p95 | measured / target | met |",
        "| --- | --- | --- | --- | --- | --- |",
        "| assessment | ≤ 200 ms | 150 ms | 161 ms | 0.75 | yes |",
        "| folder | ≥ 8 films/s | 9.6 films/s |  | 1.20 | yes |",
        "| of it read |  | 31.3 ms | 40 ms |  |  |",
        "| cold start | ≤ 1.5 s | 1.8 s | 2.04 s | 1.20 | no |",
    ]


def test_the_machine_is_described() -> None:
    cores, versions, *_ = machine().splitlines()

    assert " cores of " in cores
    assert "Python 3." in versions
    assert "onnxruntime" in versions


def test_a_sample_is_summarised_by_median_and_p95() -> None:
    sample = Sample((3.0, 1.0, 2.0, 100.0, 4.0))

    assert (sample.median, sample.p95) == (3.0, pytest.approx(80.8))
    assert len(repeat(list, times=4).values) == 4


def test_the_age_on_one_core_is_computed_each_time() -> None:
    measured = assess_warm(EXAMPLES / "7036.png", times=2)

    assert measured["one core"].median > 0.002, "an answer that was kept takes microseconds"


def test_the_film_is_as_large_and_deep_as_said(tmp_path: Path) -> None:
    film = read(write_dicom(tmp_path / "film.dcm"))

    assert (film.width_px, film.height_px, film.bits) == (WIDTH_PX, HEIGHT_PX, BITS) == (2000, 2500, 12)
    assert int(film.pixels.max()) > 2000
    assert film.spacing_mm == (0.1, 0.1)


def test_a_folder_is_filled_in_turn(tmp_path: Path) -> None:
    sources = [tmp_path / "a.png", tmp_path / "b.dcm"]
    for source in sources:
        source.write_bytes(source.name.encode())

    folder = fill_folder(tmp_path / "films", sources, 5)

    assert [path.suffix for path in sorted(folder.iterdir())] == [".png", ".dcm", ".png", ".dcm", ".png"]


def test_the_command_lists_its_options(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "--help"])

    with pytest.raises(SystemExit, match="0"):
        command.main()

    assert "--out" in capsys.readouterr().out
