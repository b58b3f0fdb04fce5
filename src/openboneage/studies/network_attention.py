"""Maps of a network on films with drawn regions: shares by region, and a sheet of pictures by stage of puberty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from openboneage.datasets.film_set import Film
from openboneage.datasets.regions import DrawnRegions, read_regions
from openboneage.datasets.skeleton import NamedRegions, name_regions
from openboneage.evaluate.attention import Shares, attention_shares, films_by_stage, mean_shares, stage_of
from openboneage.evaluate.film_regions import Region, region_map
from openboneage.evaluate.metrics import percent, to_markdown
from openboneage.explain.occlusion import AttentionMap
from openboneage.hand.drawing import draw_picture
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.hand.locate import locate_hand
from openboneage.hand.standard_hand import StandardHand
from openboneage.learn.attention_maps import MakeMaps, Map
from openboneage.studies.estimator_run import EstimatorRun, picture_spec, square_padding
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet


@dataclass(frozen=True)
class MappedFilms:
    """Which films are mapped, and how their pictures are drawn.

    Attributes:
        regions: Drawn regions.
        height_px: Height of the pictures.
        square: Whether they are padded to squares.
        per_stage: Films of each stage of puberty.
    """

    regions: Path
    height_px: int
    square: bool
    per_stage: int = 3


def attention_of(run: EstimatorRun, how: MappedFilms, maps_of: MakeMaps, name: str) -> str:
    """Shares of each map by region, as a table; the pictures are `NAME.png` in the folder of the run.

    Raises:
        InputError: No film of the data set has drawn regions that no model was trained on.
    """
    drawn, finder = read_regions(how.regions), HAND_FINDER.load(ModelSet.find().card(HAND_FINDER.name))
    shares, shown = defaultdict(list), []
    for film in films_by_stage(run.films, drawn, how.per_stage):
        named = name_regions(drawn[film.id])
        if named is None:
            continue
        hand = locate_hand(run.films.radiograph(film), finder)
        picture, maps = _maps(hand, film, how, maps_of)
        for each, values in maps.items():
            shares[each].append(_shares(hand, values, named, drawn[film.id]))
        shown.append((film, picture, maps))
    _draw(run.folder / f"{name}.png", shown)
    rows = []
    for each, films in shares.items():
        mean = mean_shares(films)
        rows.append(
            [each, str(len(films)), *(f"{percent(mean[r].attention)} ({percent(mean[r].area)})" for r in reversed(Region))]
        )
    return to_markdown(("map: attention (area)", "films", *reversed(Region)), rows)


def _maps(hand: StandardHand, film: Film, how: MappedFilms, maps_of: MakeMaps) -> tuple[Map, dict[str, Map]]:
    """The picture of a hand and its maps, both without padding."""
    picture = np.clip(draw_picture(hand, picture_spec(how.height_px)), 0, 1).astype(np.float32)
    left, right = square_padding(how.height_px) if how.square else (0, 0)
    image = torch.from_numpy(np.pad(picture, ((0, 0), (left, right))))[None, None]
    maps = maps_of(image, int(film.sex is Sex.MALE))
    return picture, {name: values[:, left : left + picture.shape[1]] for name, values in maps.items()}


def _shares(hand: StandardHand, values: Map, named: NamedRegions, drawn: DrawnRegions) -> Mapping[Region, Shares]:
    on_film = AttentionMap(values, hand.film_to_canvas(values.shape[0]), "network").on_film(hand)
    return attention_shares(on_film, region_map(hand, named, drawn.size_px))


def _draw(path: Path, shown: list[tuple[Film, Map, dict[str, Map]]]) -> None:
    """A row for each film: its picture, and each map over it."""
    columns = 1 + max(len(maps) for _, _, maps in shown)
    figure = Figure(figsize=(2 * columns, 2.7 * len(shown)), layout="constrained")
    for row, (film, picture, maps) in zip(figure.subplots(len(shown), columns, squeeze=False), shown, strict=True):
        stage = stage_of(film.sex, film.label_months)
        row[0].set_title(f"{film.sex}, {film.label_months / 12:.1f} years\n{stage}", fontsize=8)
        row[0].imshow(picture, cmap="gray")
        for axes, (name, values) in zip(row[1:], maps.items(), strict=False):
            axes.set_title(name, fontsize=8)
            axes.imshow(picture, cmap="gray")
            axes.imshow(_scaled(values), cmap="jet", alpha=0.45)
        for axes in row:
            axes.set_axis_off()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80)


def _scaled(values: Map) -> NDArray[np.float32]:
    strength = np.abs(values)
    return np.asarray(strength / max(float(strength.max()), 1e-12), np.float32)
