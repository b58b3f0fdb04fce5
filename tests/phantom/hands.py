"""Synthetic hands for tests: upright, of the median child unless asked otherwise."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from openboneage.bones.names import EPIPHYSES
from openboneage.phantom.child import NODULES, Child
from openboneage.phantom.film import PartMask, SyntheticFilm, render
from openboneage.phantom.parameters import Parameters, draw_parameters
from openboneage.subject import Sex


def median_child(sex: Sex, age_months: float) -> Child:
    """A child without deviations."""
    return Child(sex, age_months, 0.0, (0.0,) * len(EPIPHYSES), (0.0,) * len(NODULES))


def upright(sex: Sex, age_months: float, height_px: int = 384) -> Parameters:
    """An upright left hand of a median child, nothing beside it."""
    drawn = draw_parameters(1, height_px, sex, age_months)
    view = replace(drawn.view, rotation_degrees=0.0, mirrored=False, width_px=round(0.8 * height_px), centre=(0.45, 0.47))
    exposure = replace(drawn.exposure, background=0.05, contrast=0.7, inverted=False, dose=1e8, equalisation=0.0, gamma=1.0)
    child = median_child(sex, age_months)
    return replace(drawn, child=child, view=view, exposure=exposure, collimation=None, markers=())


@cache
def film(sex: Sex = Sex.MALE, age_months: float = 120.0, height_px: int = 384) -> SyntheticFilm:
    """The film of `upright`."""
    return render(upright(sex, age_months, height_px))


def part(of: SyntheticFilm, bone: str, kind: str) -> PartMask | None:
    """A part of a film, None if it is not on it."""
    return next((each for each in of.parts if (each.bone, each.kind) == (bone, kind)), None)
