"""Content of the card of a hand finder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic.dataclasses import dataclass

from openboneage.hand.finder import HEAD_OUTPUTS, MAP_CHANNELS, THUMBNAIL_CHANNELS, THUMBNAIL_PX
from openboneage.hand.quality_limits import QualityLimits
from openboneage.weights.role import Role
from openboneage.weights.specification import Shape
from openboneage.weights.strict import STRICT, exactly


@dataclass(frozen=True, config=STRICT)
class Thumbnail:
    """The input of the finder, as drawn by `finder.thumbnail_channels`."""

    thumbnail_px: Annotated[int, exactly(THUMBNAIL_PX)]
    channels: Annotated[tuple[str, ...], exactly(THUMBNAIL_CHANNELS)]


@dataclass(frozen=True, config=STRICT)
class FinderOutput:
    """The output of the finder, as read by `finder.read_detection`.

    Attributes:
        maps: Channels of the first output: probability of the hand, and of each landmark, at each pixel.
        head: Values of the second output: probabilities of no, one and several hands, and of dark bones.
        unit: Unit of both.
    """

    maps: Annotated[tuple[str, ...], exactly(MAP_CHANNELS)]
    head: Annotated[tuple[str, ...], exactly(HEAD_OUTPUTS)]
    unit: Annotated[str, exactly("logits")]


@dataclass(frozen=True, config=STRICT)
class FinderCalibration:
    """Limits that were set with the finder."""

    quality_limits: QualityLimits


@dataclass(frozen=True, config=STRICT)
class FinderSpecification:
    """Specification of a hand finder."""

    preprocessing: Thumbnail
    output: FinderOutput
    calibration: FinderCalibration

    @property
    def input_shape(self) -> Shape:
        """A thumbnail."""
        return len(self.preprocessing.channels), THUMBNAIL_PX, THUMBNAIL_PX

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Maps over the thumbnail, and the head."""
        return {"maps": (len(self.output.maps), THUMBNAIL_PX, THUMBNAIL_PX), "head": (len(self.output.head),)}


HAND_FINDER = Role("hand-finder", FinderSpecification)
