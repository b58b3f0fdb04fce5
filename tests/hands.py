"""Films of hands for tests: the six of `examples`, reduced, and variants of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from openboneage.assess.assessment import Assessment
from openboneage.assess.assessor import Assessor, Examination
from openboneage.assess.distribution import AgeDistribution
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.hand.locate import locate_hand
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.read import read
from openboneage.subject import Sex
from tests.reading.films import pillow_file

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
LABEL_MONTHS = {"7036": 24, "7038": 46, "14931": 84, "14750": 120, "7043": 156, "7041": 168}
SEXES = {"7036": "male", "7038": "female", "14931": "male", "14750": "female", "7043": "female", "7041": "male"}
NAMES = tuple(LABEL_MONTHS)


@cache
def film(name: str = "14750", height_px: int = 640) -> np.ndarray:
    """An example film, reduced to that height; read-only, since it is shared."""
    image = Image.open(EXAMPLES / f"{name}.png").convert("L")
    reduced = np.array(image.resize((round(image.width * height_px / image.height), height_px), Image.Resampling.BOX))
    reduced.setflags(write=False)
    return reduced


def png(pixels: np.ndarray) -> bytes:
    """The film as a file."""
    return pillow_file(pixels, "PNG")


def turned(pixels: np.ndarray, degrees: float) -> np.ndarray:
    """The film turned clockwise on a black background that grows as needed."""
    return np.asarray(Image.fromarray(pixels).rotate(-degrees, Image.Resampling.BICUBIC, expand=True))


def mirrored(pixels: np.ndarray) -> np.ndarray:
    """The film mirrored."""
    return np.ascontiguousarray(pixels[:, ::-1])


def inverted(pixels: np.ndarray) -> np.ndarray:
    """The film with dark bones."""
    return 255 - pixels


def framed(pixels: np.ndarray, share: float = 0.06, value: int = 255) -> np.ndarray:
    """The film within a frame, as a share of its height."""
    border = round(share * pixels.shape[0])
    return np.pad(pixels, border, constant_values=value)


def without(pixels: np.ndarray, *, top: float = 0.0, bottom: float = 0.0, left: float = 0.0, right: float = 0.0) -> np.ndarray:
    """The film with a share of its height or width cut off at each side."""
    height, width = pixels.shape
    return np.ascontiguousarray(
        pixels[round(top * height) : height - round(bottom * height), round(left * width) : width - round(right * width)]
    )


def side_by_side(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Two hands on one film."""
    return np.hstack([left, right])


def not_hand(kind: str, size_px: tuple[int, int] = (320, 256)) -> np.ndarray:
    """A picture without a hand, one of `NOT_HANDS`, the same on every call."""
    height, width = size_px
    rows, columns = np.mgrid[0:height, 0:width]
    from_centre = (rows - height / 2) ** 2 + (columns - width / 2) ** 2
    noise = np.random.default_rng(7).random(size_px)
    pictures = {
        "black": np.zeros(size_px),
        "white": np.ones(size_px),
        "grey": np.full(size_px, 0.5),
        "noise": noise,
        "clouds": _stretched(cv2.GaussianBlur(noise, (0, 0), 20)),
        "gradient": columns / width,
        "vignette": np.exp(-from_centre / 9000),
        "stripes": 0.5 + 0.5 * np.sin(columns / 6),
        "disc": 0.8 * (from_centre < 90**2),
        "text": _text(size_px) / 255,
    }
    return np.asarray(255 * pictures[kind], np.uint8)


NOT_HANDS = ("black", "white", "grey", "noise", "clouds", "gradient", "vignette", "stripes", "disc", "text")


def _stretched(values: np.ndarray) -> np.ndarray:
    """The values scaled to 0 to 1."""
    return np.asarray((values - values.min()) / np.ptp(values))


def _text(size_px: tuple[int, int]) -> np.ndarray:
    page = np.full(size_px, 255, np.uint8)
    for line in range(size_px[0] // 20):
        cv2.putText(page, "Lorem ipsum dolor sit amet", (8, 20 * line + 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1)
    return page


@cache
def shipped() -> Assessor:
    """The shipped models, loaded once for all tests of a process."""
    return Assessor.load()


def shipped_estimator() -> WholeHandEstimator:
    """The estimator that ships."""
    estimator = shipped().estimator
    assert isinstance(estimator, WholeHandEstimator)
    return estimator


@cache
def examined(name: str = "14750", height_px: int = 640) -> Examination:
    """The examination of an example film of known sex."""
    return shipped().examine(png(film(name, height_px)), Sex(SEXES[name]))


def hand_on(pixels: np.ndarray) -> StandardHand:
    """The hand that the shipped finder locates on a film."""
    return locate_hand(read(png(pixels)), shipped().finder)


def filled(outline: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The inside of an outline as a mask on the film."""
    return cv2.fillPoly(np.zeros(shape[:2], np.uint8), [np.round(outline - 0.5).astype(np.int32)], 1).astype(bool)


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Dice coefficient of two masks."""
    return 2 * float((first & second).sum()) / float(first.sum() + second.sum())


def bone_age(assessment: Assessment) -> AgeDistribution:
    """The bone age of a film that has one."""
    assert assessment.bone_age is not None
    return assessment.bone_age


def codes(assessment: Assessment) -> set[str]:
    """Codes of the findings."""
    return {finding.code for finding in assessment.findings}
