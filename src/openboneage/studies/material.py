"""Training data of the models: a film set, and further files that some of them need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from openboneage.datasets.annotations import read_landmarks, read_outlines
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.regions import read_regions
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.reading.radiograph import Radiograph

BOX_SUBSETS = ("train", "eval/expert")
"""Parts of the table of boxes that are used for training."""


@dataclass(frozen=True)
class Material:
    """Training data of a run.

    Attributes:
        films: The films.
        outlines: Outlines of hands on some of the films, see `datasets.annotations`.
        boxes: Joint boxes on some of the films, see there.
        regions: Drawn joints and bones of some of the films, see `datasets.regions`.
        not_hands: Archive of images without a hand.
        backbone: TFLite file of MobileNetV2 pretrained on ImageNet.
    """

    films: FilmSet
    outlines: Path | None = None
    boxes: Path | None = None
    regions: Path | None = None
    not_hands: Path | None = None
    backbone: Path | None = None

    def __post_init__(self) -> None:
        """Check that the files are there.

        Raises:
            InputError: One is missing.
        """
        missing = [path for path in self._files.values() if path and not path.is_file()]
        if missing:
            raise InputError(f"There is no file {missing[0]}.")

    @classmethod
    def beside(cls, films: FilmSet, **given: Path | None) -> Material:
        """The given files, and for the RSNA packs also files next to the packs."""
        if not isinstance(films, RsnaFilms):
            return cls(films, **given)
        usual = {
            "outlines": films.root / "outlines.json",
            "boxes": films.root / "boxes.csv",
            "regions": films.root / "regions" / "regions.json.gz",
            "not_hands": films.root.parent / "not_hands" / "mednist-64px.zip",
            "backbone": films.root.parent / "backbones" / "tf2_mobilenet_v2_1.0_224_ptq.tflite",
        }
        return cls(films, **{name: given.get(name) or (path if path.is_file() else None) for name, path in usual.items()})

    @property
    def _files(self) -> dict[str, Path | None]:
        names = ("outlines", "boxes", "regions", "not_hands", "backbone")
        return {name: getattr(self, name) for name in names}

    def digests(self) -> Mapping[str, str | None]:
        """sha256 of the labels of the films, and of the other files."""
        labels = hashlib.sha256()
        for film in self.films.films:
            labels.update(repr((film.id, str(film.sex), film.bone_age_months, str(film.split))).encode())
        files = {name: hashlib.sha256(path.read_bytes()).hexdigest() if path else None for name, path in self._files.items()}
        return {"labels": labels.hexdigest(), **files}

    def few(self, count: int) -> FewFilms:
        """A few films of each split, among them some with an outline, with boxes and with drawn bones, where there are."""
        outlined = read_outlines(self.outlines) if self.outlines else {}
        boxed = {name for subset in BOX_SUBSETS for name in read_landmarks(self.boxes, subset)} if self.boxes else set()
        regions = read_regions(self.regions) if self.regions else {}
        chosen: list[Film] = []
        for split in Split:
            labelled = [film for film in self.films.films if film.split is split and film.bone_age_months is not None]
            drawn = [[film for film in labelled if film.id in ids][: count // 3] for ids in (outlined, boxed, regions)]
            chosen += list(dict.fromkeys([*chain(*drawn), *labelled]))[:count]
        return FewFilms(self.films, tuple(chosen))


@dataclass(frozen=True)
class FewFilms:
    """Some of the films of a set."""

    source: FilmSet
    films: tuple[Film, ...]

    @property
    def name(self) -> str:
        """Name of the set."""
        return self.source.name

    @property
    def layout(self) -> str:
        """The recognised layout, and the number of films used."""
        return f"{self.source.layout}; {len(self.films)} are used"

    @property
    def learned_from(self) -> frozenset[Split]:
        """Splits that the shipped models were trained on."""
        return self.source.learned_from

    def radiograph(self, film: Film) -> Radiograph:
        """Read a film's pixels."""
        return self.source.radiograph(film)
