"""The shipped models' command, end to end on a tiny folder: trained for a few steps, exported, calibrated, described."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import UNCALIBRATED
from openboneage.assess.estimators.whole_hand import WHOLE_HAND as WHOLE_HAND_ROLE
from openboneage.assess.estimators.whole_hand import WholeHandSpecification
from openboneage.datasets.film_set import FilmFiles
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.findings import Severity
from openboneage.learn.hardware import Device, Hardware
from openboneage.learn.scenes import Kind
from openboneage.learn.schedule import Schedule
from openboneage.studies import default
from openboneage.studies.default import DefaultRun, train_default
from openboneage.studies.default_cards import ROLES, licence_of
from openboneage.studies.hand_finder import FinderStudy, scene_pools
from openboneage.studies.install import install
from openboneage.studies.material import FewFilms, Material
from openboneage.studies.whole_hand import WholeHandStudy
from openboneage.subject import Sex
from openboneage.weights.card import Card, read_card
from openboneage.weights.registry import ModelSet
from openboneage.weights.specification import parse_specification
from tests.tiny_rsna import COPIES, EXAMPLES

# torch's own exporter calls what torch has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")

FINDER = FinderStudy(batch_size=2, schedule=Schedule(steps=2, peak_lr=1e-3, bf16=False))
SCHEDULES = Schedule(steps=2, peak_lr=1e-3, bf16=False), Schedule(steps=3, peak_lr=1e-4, bf16=False)
WHOLE_HAND = WholeHandStudy(batch_size=2, schedule=SCHEDULES[0], pretrained_schedule=SCHEDULES[1]).with_input(128)


@pytest.fixture(scope="module")
def material(tiny_shared: Path) -> Material:
    return Material.beside(RsnaFilms(tiny_shared / "rsna"))


def planned(material: Material, out: Path, only: str | None = None) -> DefaultRun:
    return DefaultRun(material, out, "7.1", only, 1, Hardware(Device.CPU), FINDER, WHOLE_HAND)


@pytest.fixture(scope="module")
def run(material: Material, tmp_path_factory: pytest.TempPathFactory) -> DefaultRun:
    """A finished run."""
    run = planned(material, tmp_path_factory.mktemp("run"))
    train_default(run)
    return run


def cards_of(run: DefaultRun) -> list[Card]:
    return [read_card(run.card(role)) for role in ROLES]


def files_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Time of change and checksum of each file below a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.as_posix(): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths}


@pytest.mark.slow
class TestRun:
    def test_cards_name_their_files_and_checksums(self, run: DefaultRun) -> None:
        for card in cards_of(run):
            data = (run.out / card.file).read_bytes()
            assert card.sha256 == hashlib.sha256(data).hexdigest()
            assert (card.version, card.training["command"]) == ("7.1", "boneage train default")
            assert "CC BY-NC 4.0" in card.licence["name"]
            assert card.training["smoke"] is False

    def test_cards_contain_the_settings_of_the_run(self, run: DefaultRun) -> None:
        finder, whole_hand = cards_of(run)

        assert finder.training["stages"] == [asdict(FINDER.schedule)]
        assert [network["start"][:11] for network in whole_hand.training["networks"]] == ["random weig", "MobileNetV2"]
        assert [network["schedule"] for network in whole_hand.training["networks"]] == [asdict(each) for each in SCHEDULES]
        assert whole_hand.training["data"].startswith(f"{COPIES[Split.TRAIN]} training films of RSNA 2017")
        assert parse_specification(WholeHandSpecification, whole_hand).preprocessing == WHOLE_HAND.spec

    def test_the_age_card_holds_calibration_and_figures(self, run: DefaultRun) -> None:
        card = cards_of(run)[1]

        calibration = parse_specification(WholeHandSpecification, card).calibration

        assert calibration != UNCALIBRATED
        assert 0.4 <= calibration.temperature <= 1.6
        assert calibration.coverage == 0.9
        assert card.figures["held-out"]["films"] == COPIES[Split.HELD_OUT]
        assert card.figures["native"]["films"] == 3

    def test_each_network_has_a_validation_curve(self, run: DefaultRun) -> None:
        curves = sorted(run.out.rglob("validation.csv"))

        assert [path.parent.relative_to(run.out).as_posix() for path in curves] == [
            f"whole-hand/{start}" for start in ("from-imagenet", "from-random")
        ]
        header, row = curves[0].read_text().split()
        assert header == "step,mae_months,height_px"
        assert 0 < float(row.split(",")[1]) < 228

    def test_a_second_call_does_nothing(self, run: DefaultRun) -> None:
        before = files_of(run.out)

        assert train_default(run) == run.models

        assert files_of(run.out) == before

    @pytest.mark.parametrize(
        ("change", "difference"),
        [
            (lambda run: replace(run, finder=FINDER.with_steps(3)), r"study.schedule.steps \(2 there, 3 here\)"),
            (lambda run: replace(run, only="whole-hand", whole_hand=replace(WHOLE_HAND, batch_size=3)), "study.batch_size"),
            (lambda run: replace(run, smoke=True), "smoke"),
            (lambda run: replace(run, material=fewer(run.material)), "material.labels"),
            (lambda run: replace(run, material=replace(run.material, backbone=None)), "material.backbone"),
        ],
        ids=["finder", "age model", "smoke", "films", "files"],
    )
    def test_a_folder_of_another_run_is_refused_and_kept(
        self, run: DefaultRun, change: Callable[[DefaultRun], DefaultRun], difference: str
    ) -> None:
        before = files_of(run.out)

        with pytest.raises(InputError, match=f"contains another run, which is kept. Differences: .*{difference}"):
            train_default(change(run))

        assert files_of(run.out) == before

    def test_a_run_stopped_before_calibration_is_calibrated_when_it_continues(
        self, run: DefaultRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finished = cards_of(run)[1]
        run.card("whole-hand").unlink()
        with monkeypatch.context() as patch:
            patch.setattr(default, "calibrate", raise_stop)
            with pytest.raises(KeyboardInterrupt):
                train_default(run)

        train_default(run)

        assert cards_of(run)[1] == finished

    def test_installed_models_assess_a_film(self, run: DefaultRun, tmp_path: Path) -> None:
        install(run.models, tmp_path)

        assessor = Assessor.load(ModelSet(tmp_path), threads=1)
        assessment = assessor.assess(EXAMPLES / "7036.png", Sex.MALE)

        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
            f"{name}.{kind}" for name in ("hand-finder", "whole-hand") for kind in ("json", "onnx")
        )
        assert [model.version for model in assessment.models] == ["7.1", "7.1"]
        assert (assessment.bone_age is None) == any(f.severity is Severity.REJECT for f in assessment.findings)

    def test_an_age_model_alone_is_trained_with_the_default_finder(self, material: Material, tmp_path: Path) -> None:
        alone = planned(replace(material, outlines=None, boxes=None, not_hands=None, backbone=None), tmp_path, "whole-hand")

        train_default(alone)

        finder, whole_hand = cards_of(alone)
        assert finder.sha256 == read_card(ModelSet.find().card("hand-finder")).sha256
        assert [network["start"] for network in whole_hand.training["networks"]] == ["random weights"]
        assert whole_hand.figures["held-out"]["films"] == COPIES[Split.HELD_OUT]
        with pytest.raises(InputError, match="contains a model hand-finder that this run did not train"):
            train_default(planned(material, tmp_path))


def fewer(material: Material) -> Material:
    return replace(material, films=FewFilms(material.films, tuple(material.films.films[:-1])))


def raise_stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_run_that_failed_before_it_saved_anything_leaves_its_folder_free(material: Material, tmp_path: Path) -> None:
    for boxes in (None, material.boxes):
        start = planned(replace(material, boxes=boxes, not_hands=None), tmp_path, "hand-finder")
        with pytest.raises(InputError, match="to train the hand finder"):
            train_default(start)


def test_a_finder_needs_drawings(material: Material, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give --outlines, --boxes and --not-hands, or train the age model alone"):
        train_default(planned(replace(material, boxes=None), tmp_path, "hand-finder"))


@pytest.mark.parametrize("split", [Split.TRAIN, Split.VALIDATION, Split.HELD_OUT])
def test_missing_films_are_found_before_training(material: Material, tmp_path: Path, split: Split) -> None:
    films = FewFilms(material.films, tuple(film for film in material.films.films if film.split is not split))

    with pytest.raises(InputError, match=f"split {split}"):
        train_default(planned(replace(material, films=films), tmp_path / "run"))

    assert not (tmp_path / "run").exists()


def test_a_missing_file_is_named(material: Material, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file .*absent\.tflite"):
        replace(material, backbone=tmp_path / "absent.tflite")


def test_a_smoke_run_is_short_and_has_films_of_every_split_and_drawing(material: Material, tmp_path: Path) -> None:
    smoke = DefaultRun(material, tmp_path, "7.1").as_smoke()

    assert smoke.smoke
    assert {schedule.steps for schedule in (smoke.finder.schedule, smoke.whole_hand.schedule)} == {default.SMOKE_STEPS}
    assert {film.split for film in smoke.material.films.films} == set(Split)
    assert smoke.with_steps(9).whole_hand.pretrained_schedule.steps == 9


def test_few_films_are_enough_for_the_finder(real_rsna: Path) -> None:
    material = Material.beside(RsnaFilms(real_rsna))

    films = material.few(24)
    pools = scene_pools(replace(material, films=films))

    assert Counter(film.split for film in films.films) == dict.fromkeys(Split, 24)
    assert min(len(pools.sources[kind]) for kind in Kind) >= 8


def test_models_of_a_smoke_run_and_parts_of_a_set_are_not_installed(tmp_path: Path) -> None:
    run = ModelSet(shutil.copytree(ModelSet.find().folder, tmp_path / "run"))
    card = read_card(run.card("whole-hand"))
    replace(card, training={**card.training, "smoke": True}).write(run.card("whole-hand"))

    with pytest.raises(InputError, match="smoke run are not installed"):
        install(run, tmp_path / "package")
    run.card("hand-finder").unlink()
    with pytest.raises(InputError, match="has no hand-finder"):
        install(run, tmp_path / "package")

    assert not (tmp_path / "package").exists()


def test_weights_of_own_films_do_not_get_the_licence_of_rsna(material: Material) -> None:
    own = FilmFiles("my-films.csv", "a table", tuple(material.films.films), {})

    assert licence_of(material.films)["name"] == "CC BY-NC 4.0"
    assert "my-films.csv" in licence_of(own)["name"]


@pytest.mark.slow
def test_the_age_model_gives_distributions(run: DefaultRun) -> None:
    logits = WHOLE_HAND_ROLE.load(run.card("whole-hand"), threads=1).run(np.zeros((3, 1, 128, 96), np.float32))["ages"]

    assert logits.shape == (3, 2, 229)
    assert np.isfinite(logits).all()
