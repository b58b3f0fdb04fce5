"""Everything that decides a synthetic film, drawn before a pixel is made.

The same parameters give the same pixels. Lengths are in frame units (`hand.frame`) or in shares of the film.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openboneage.errors import InputError
from openboneage.phantom.child import Child, draw_child
from openboneage.subject import Sex

SMALLEST_PX, LARGEST_PX = 256, 2048
YOUNGEST_MONTHS, OLDEST_MONTHS = 6.0, 228.0
DIGITS = 5


@dataclass(frozen=True)
class Body:
    """Build of the hand.

    Attributes:
        bone_width: Widths of the bones relative to the mean.
        digit_lengths: Lengths of the fingers relative to the mean, thumb first.
        cortex: Thickness of the cortex relative to the mean.
        density: Attenuation of the trabecular bone relative to the mean.
        softness: Thickness of the soft tissue relative to the mean.
        seed: Seed of the small irregularities of outlines and trabeculae.
    """

    bone_width: float
    digit_lengths: tuple[float, ...]
    cortex: float
    density: float
    softness: float
    seed: int


@dataclass(frozen=True)
class Pose:
    """Position of fingers, wrist and forearm.

    Attributes:
        spread_degrees: Rotation of each digit towards the thumb, thumb first.
        bend_degrees: Sideways rotation at the first and the second joint of each digit, thumb first.
        wrist_degrees: Rotation of the forearm towards the thumb.
        foreshortening: Visible share of the length of each digit.
    """

    spread_degrees: tuple[float, ...]
    bend_degrees: tuple[tuple[float, float], ...]
    wrist_degrees: float
    foreshortening: tuple[float, ...]


@dataclass(frozen=True)
class View:
    """Place of the hand on the film.

    Attributes:
        height_px: Rows of the film.
        width_px: Columns of the film.
        unit_share: Frame unit as a share of the film's height.
        centre: Place of MCP3 in shares of width and height.
        rotation_degrees: Clockwise rotation.
        mirrored: Whether the film shows a right hand, thumb on the left.
    """

    height_px: int
    width_px: int
    unit_share: float
    centre: tuple[float, float]
    rotation_degrees: float
    mirrored: bool


@dataclass(frozen=True)
class Exposure:
    """From attenuation to grey values.

    Attributes:
        dose: Photons of an unattenuated square millimetre; sets the noise.
        scatter: Share of scattered radiation.
        blur_mm: Standard deviation of the blur.
        equalisation: Share of the slow variation that the processing removes.
        sharpening: How much the processing adds of the difference from a blur of 0.8 mm.
        background: Grey value of air, 0 to 1.
        contrast: Grey values per unit of attenuation.
        gamma: Exponent of the grey values.
        inverted: Whether bone is dark.
        seed: Seed of the noise.
    """

    dose: float
    scatter: float
    blur_mm: float
    equalisation: float
    sharpening: float
    background: float
    contrast: float
    gamma: float
    inverted: bool
    seed: int


@dataclass(frozen=True)
class Collimation:
    """The exposed part of the film.

    Attributes:
        margins: Shares of the film that are not exposed: left, top, right, bottom.
        degrees: Rotation of the exposed part.
        level: Attenuation of the rest.
    """

    margins: tuple[float, float, float, float]
    degrees: float
    level: float


@dataclass(frozen=True)
class Marker:
    """Lead letters.

    Attributes:
        text: Letters; the first names the side.
        centre: Place in shares of width and height.
        size: Height of the letters as a share of the film's height.
        degrees: Rotation.
        plate: Attenuation of the plate that holds the letters; 0 without one.
    """

    text: str
    centre: tuple[float, float]
    size: float
    degrees: float
    plate: float


@dataclass(frozen=True)
class Parameters:
    """A synthetic film before its pixels."""

    child: Child
    body: Body
    pose: Pose
    view: View
    exposure: Exposure
    collimation: Collimation | None
    markers: tuple[Marker, ...]

    @property
    def size_mm(self) -> float:
        """Length of the frame unit in this child: from MCP3 to the distal radius."""
        years = min(self.child.bone_age_months / 12.0, 17.0)
        adult = 92.0 if self.child.sex is Sex.MALE else 85.0
        return 40.0 + (adult - 40.0) * (years / 17.0)

    @property
    def mineral(self) -> float:
        """Mineral of bone relative to an adult; it rises with age."""
        return 0.7 + 0.3 * min(self.child.bone_age_months / 204.0, 1.0)

    @property
    def spacing_mm(self) -> float:
        """Distance between pixels."""
        return self.size_mm / (self.view.unit_share * self.view.height_px)


def draw_parameters(seed: int, height_px: int = 384, sex: Sex = Sex.UNKNOWN, age_months: float | None = None) -> Parameters:
    """Draw a film.

    Args:
        seed: Seed; the same seed and arguments give the same film.
        height_px: Rows of the film, 256 to 2,048.
        sex: Sex of the child; unknown draws one.
        age_months: Chronological age, 6 to 228 months; None draws one, all ages equally often.

    Raises:
        InputError: The height or the age is out of range.
    """
    if not SMALLEST_PX <= height_px <= LARGEST_PX:
        raise InputError(f"A synthetic film has {SMALLEST_PX} to {LARGEST_PX} rows, got {height_px}.")
    if age_months is not None and not YOUNGEST_MONTHS <= age_months <= OLDEST_MONTHS:
        raise InputError(f"Synthetic hands are {YOUNGEST_MONTHS:.0f} to {OLDEST_MONTHS:.0f} months old, got {age_months:g}.")
    random = np.random.default_rng(seed)
    drawn_sex, drawn_age = (Sex.FEMALE, Sex.MALE)[int(random.integers(2))], random.uniform(YOUNGEST_MONTHS, OLDEST_MONTHS)
    child = draw_child(random, drawn_sex if sex is Sex.UNKNOWN else sex, drawn_age if age_months is None else age_months)
    body, pose, view = _draw_body(random), _draw_pose(random), _draw_view(random, height_px)
    markers = _draw_markers(random, "R" if view.mirrored else "L")
    return Parameters(child, body, pose, view, _draw_exposure(random), _draw_collimation(random, view.unit_share), markers)


def _draw_body(random: np.random.Generator) -> Body:
    return Body(
        bone_width=float(np.exp(random.normal(0.0, 0.05))),
        digit_lengths=tuple(np.exp(random.normal(0.0, 0.025, DIGITS)).tolist()),
        cortex=float(np.exp(random.normal(0.0, 0.15))),
        density=float(np.exp(random.normal(0.0, 0.25))),
        softness=float(np.exp(random.normal(0.0, 0.12))),
        seed=int(random.integers(2**31)),
    )


def _draw_pose(random: np.random.Generator) -> Pose:
    common = random.normal(0.0, 4.0)
    fan = random.normal(0.0, 0.25)
    spread = [fan * each + common + random.normal(0.0, 2.5) for each in (0.0, 8.0, 0.0, -9.0, -18.0)]
    spread[0] = random.normal(0.0, 9.0)
    return Pose(
        spread_degrees=tuple(map(float, spread)),
        bend_degrees=tuple((float(a), float(b)) for a, b in random.normal(0.0, 3.0, (DIGITS, 2))),
        wrist_degrees=float(random.normal(0.0, 6.0)),
        foreshortening=tuple((1 - np.abs(random.normal(0.0, 0.03, DIGITS))).tolist()),
    )


def _draw_view(random: np.random.Generator, height_px: int) -> View:
    degrees = random.normal(0.0, 7.0) if random.random() < 0.9 else random.uniform(-180.0, 180.0)
    aspect = random.uniform(0.66, 0.86)
    share = random.uniform(0.28, 0.40) if abs(degrees) < 30 else random.uniform(0.24, 0.31)
    return View(
        height_px=height_px,
        width_px=round(height_px * aspect),
        unit_share=float(share * min(aspect / 0.76, 1.0)),
        centre=(float(random.normal(0.47, 0.02)), float(random.normal(0.48, 0.02))),
        rotation_degrees=float(degrees),
        mirrored=bool(random.random() < 0.15),
    )


def _draw_exposure(random: np.random.Generator) -> Exposure:
    dark = random.random() < 0.55
    return Exposure(
        dose=float(np.exp(random.normal(np.log(1.5e6), 0.8))),
        scatter=float(random.uniform(0.05, 0.25)),
        blur_mm=float(random.uniform(0.08, 0.22)),
        equalisation=float(random.uniform(0.0, 0.45)),
        sharpening=float(random.uniform(0.0, 0.8)),
        background=float(random.uniform(0.0, 0.08) if dark else random.uniform(0.3, 0.6)),
        contrast=float(random.uniform(0.55, 0.85) if dark else random.uniform(0.25, 0.45)),
        gamma=float(np.exp(random.normal(0.0, 0.12))),
        inverted=bool(random.random() < 0.03),
        seed=int(random.integers(2**31)),
    )


def _draw_collimation(random: np.random.Generator, unit_share: float) -> Collimation | None:
    if random.random() < 0.6:
        return None
    return Collimation(
        margins=tuple(random.uniform(0.0, 0.02 + 0.8 * (0.40 - unit_share), 4).tolist()),
        degrees=float(random.normal(0.0, 1.5)),
        level=float(random.uniform(-0.15, 0.6)),
    )


def _draw_markers(random: np.random.Generator, side: str) -> tuple[Marker, ...]:
    if random.random() < 0.2:
        return ()
    initials = "".join(random.choice(list("ACDEJMNST"), int(random.integers(0, 4))))
    left, low = random.random() < 0.7, random.random() < 0.7
    place = (random.uniform(0.06, 0.14), random.uniform(0.72, 0.9) if low else random.uniform(0.06, 0.2))
    return (
        Marker(
            text=side + initials,
            centre=(float(place[0] if left else 1 - place[0]), float(place[1])),
            size=float(random.uniform(0.03, 0.06)),
            degrees=float(random.normal(0.0, 12.0)),
            plate=float(random.choice([0.0, 0.15])),
        ),
    )
