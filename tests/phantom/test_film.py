"""Films are a pure function of their parameters, and masks, boxes and points lie where the pixels show them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.bones.names import CARPALS, EPIPHYSES, RUS, SESAMOID
from openboneage.phantom.film import SyntheticFilm, render
from openboneage.phantom.parameters import Collimation, Marker, draw_parameters
from openboneage.subject import Sex
from tests.phantom.hands import film, part, upright


def brightness(of: SyntheticFilm, bone: str, kind: str) -> float:
    found = part(of, bone, kind)
    assert found is not None
    left, top, right, bottom = found.box
    return float(of.pixels[top:bottom, left:right][found.mask].mean())


def test_equal_parameters_give_equal_pixels() -> None:
    first, second = render(draw_parameters(11, 256)), render(draw_parameters(11, 256))

    assert np.array_equal(first.pixels, second.pixels)
    assert [each.box for each in first.parts] == [each.box for each in second.parts]


@pytest.mark.parametrize("seed", range(6))
def test_any_film_has_its_size_and_its_parts_inside(seed: int) -> None:
    made = render(draw_parameters(seed, 256))

    height, width = made.pixels.shape
    assert height == 256
    assert made.pixels.dtype == np.uint8
    assert np.ptp(made.pixels) > 60
    for each in made.parts:
        left, top, right, bottom = each.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert each.mask.any()


def test_a_large_film_shows_the_same_hand() -> None:
    small, large = film(height_px=256), film(height_px=1024)

    columns = 204
    reduced = large.pixels[:, : 4 * columns].reshape(256, 4, columns, 4).mean((1, 3))
    assert np.corrcoef(reduced.ravel(), small.pixels[:, :columns].ravel())[0, 1] > 0.97
    assert large.key_points_px == pytest.approx(4 * small.key_points_px, abs=2)


def test_bone_is_brighter_than_soft_tissue_and_soft_tissue_than_air() -> None:
    made = film()

    anywhere = np.zeros(made.pixels.shape, bool)
    for each in made.parts:
        left, top, right, bottom = each.box
        anywhere[top:bottom, left:right] |= each.mask
    x, y = np.mean(made.key_points_px[[6, 10]], axis=0).astype(int)  # between the first joints of fore and middle finger
    assert brightness(made, "pp3", "shaft") > 1.3 * np.median(made.pixels[~anywhere])
    assert brightness(made, "radius", "shaft") > brightness(made, "dp5", "shaft")
    assert made.pixels[5, 5] < 30
    assert made.pixels[y + 40, x] > made.pixels[5, 5]


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_infants_have_few_centres_and_adults_all(sex: Sex) -> None:
    infant, adult = film(sex, 8.0), film(sex, 216.0)

    assert not [each.bone for each in infant.parts if each.kind == "epiphysis"]
    assert {each.bone for each in infant.parts if each.kind == "nodule"} == {"capitate", "hamate"}
    assert {each.bone for each in adult.parts if each.kind == "nodule"} == {*CARPALS, SESAMOID}
    assert {each.bone for each in adult.parts if each.kind == "epiphysis"} == set(EPIPHYSES)


@pytest.mark.parametrize("bone", RUS)
def test_the_epiphysis_widens_against_its_shaft(bone: str) -> None:
    ratios = []
    for age_months in (100.0, 130.0, 168.0):
        made = film(Sex.MALE, age_months, 768)
        epiphysis, shaft = part(made, bone, "epiphysis"), part(made, bone, "shaft")
        assert epiphysis is not None
        assert shaft is not None
        ratios.append(np.sqrt(epiphysis.mask.sum() / shaft.mask.sum()))

    assert ratios == sorted(ratios)


def test_the_growth_plate_is_dark_until_it_fuses() -> None:
    def step(age_months: float) -> float:
        """Darkest row between the epiphysis and the shaft of the middle finger's first phalanx, over the shaft beyond it."""
        made = film(Sex.FEMALE, age_months, 1024)
        epiphysis = part(made, "pp3", "epiphysis")
        assert epiphysis is not None
        left, top, right, bottom = epiphysis.box  # the plate is at its top
        column = made.pixels[top - 40 : (top + bottom) // 2, (left + right) // 2 - 4 : (left + right) // 2 + 5].mean(axis=1)
        return float(column.min() / np.median(column[:20]))

    assert step(96.0) < 0.93
    assert step(216.0) > 0.95


def test_a_right_hand_is_mirrored() -> None:
    left = upright(Sex.MALE, 120.0)
    right = replace(left, view=replace(left.view, mirrored=True))

    thumb = 4  # its tip
    assert render(left).key_points_px[thumb, 0] > render(left).key_points_px[0, 0]
    assert render(right).key_points_px[thumb, 0] < render(right).key_points_px[0, 0]


def test_rotation_turns_pixels_and_points() -> None:
    straight = upright(Sex.MALE, 120.0, 512)
    turned = render(replace(straight, view=replace(straight.view, rotation_degrees=90.0, unit_share=0.28, width_px=512)))

    wrist, tip = turned.key_points_px[0], turned.key_points_px[12]  # of the middle finger
    assert abs(tip[1] - wrist[1]) < 0.3 * abs(tip[0] - wrist[0])
    found = part(turned, "pp3", "shaft")
    assert found is not None
    assert found.mask.shape[1] > found.mask.shape[0]


def test_a_marker_is_brighter_than_bone_and_cast_inside_the_collimator() -> None:
    plain = upright(Sex.MALE, 120.0)
    marked = replace(plain, markers=(Marker("LJE", (0.2, 0.8), 0.05, 10.0, 0.1),))
    narrow = replace(plain, collimation=Collimation((0.1, 0.1, 0.1, 0.1), 0.0, 0.5))

    assert (render(marked).pixels > 240).sum() > (render(plain).pixels > 240).sum() + 20
    corner = render(narrow).pixels[:20, :20]
    assert corner.min() > render(plain).pixels[:20, :20].max()


def test_dark_bones_where_the_film_is_inverted() -> None:
    plain = upright(Sex.MALE, 120.0)
    inverted = replace(plain, exposure=replace(plain.exposure, inverted=True))

    assert np.array_equal(render(inverted).pixels, 255 - render(plain).pixels) or (
        np.abs(render(inverted).pixels.astype(int) + render(plain).pixels - 255).max() <= 1
    )
