"""From a film to an upright left hand with bright bones: the finder sees the whole film, then a close-up of the hand."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry, tones
from openboneage.hand.finder import THUMBNAIL_PX, Detection, read_detection, thumbnail_channels
from openboneage.hand.finder_card import FinderSpecification
from openboneage.hand.frame import ASPECT, HEIGHT, LEFT, TOP, WIDTH, canvas_size, draw_smooth, frame_to_canvas
from openboneage.hand.polarity import bright_bones
from openboneage.hand.quality_limits import QualityLimits
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, StandardHand
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Laterality
from openboneage.weights.runtime import Model

LOOK_MARGIN = 1.25
"""The close-up is this many times as high as the canvas."""
RADIUS, MCP1, MCP3, MCP5 = range(4)


def locate_hand(radiograph: Radiograph, finder: Model[FinderSpecification]) -> StandardHand:
    """Find the hand on a film, determine polarity and side, and align it.

    Source: Lee et al. 2017, "Preprocessing Engine", with a U-Net and landmarks instead of patches and an outline.

    Args:
        radiograph: The film.
        finder: The hand finder.

    Returns: The hand. There is always one, even if it is doubtful; `hand.quality` judges it. If the display clips the hand's
        grey levels, the radiograph is displayed with the hand's own range and gets a warning.
    """
    hand, limits = _located(radiograph, finder), finder.specification.calibration.quality_limits
    if tones.share_cut(radiograph, _area(hand, limits)) <= limits.window_cut:
        return hand
    uncut = _located(tones.shown_by(radiograph, tones.whole(radiograph)), finder)
    share = tones.share_cut(radiograph, _area(uncut, limits))
    if share <= limits.window_cut or not _is_found(uncut, limits):
        return hand
    return _located(tones.with_finding(tones.shown_by(radiograph, _area(uncut, limits)), share), finder)


def _area(hand: StandardHand, limits: QualityLimits) -> tones.Area:
    """The pixels of the hand, or of the whole film if no hand is found."""
    return tones.of_hand(hand) if _is_found(hand, limits) else tones.whole(hand.radiograph)


def _is_found(hand: StandardHand, limits: QualityLimits) -> bool:
    return bool(hand.detection.hand_count[0] <= limits.no_hand and hand.landmark_scores.min() >= limits.landmark_reject)


def _located(radiograph: Radiograph, finder: Model[FinderSpecification]) -> StandardHand:
    """The hand on the displayed film."""
    shown, to_shown = _reduced(radiograph.display)
    first, inverted = _look_both_ways(shown, finder)
    film = bright_bones(radiograph.display, inverted)
    landmarks = geometry.move(first.landmarks, geometry.inverse(to_shown))
    rough = film_to_frame(landmarks)
    second, frame_to_look = _look_closer(film, rough, finder)
    closer = geometry.move(second.landmarks, geometry.inverse(geometry.chain(rough, frame_to_look)))
    to_frame = film_to_frame(closer)
    mirrored = _is_mirrored(closer)
    look_to_canvas = geometry.chain(
        geometry.inverse(frame_to_look), geometry.inverse(rough), to_frame, frame_to_canvas(MASK_HEIGHT_PX)
    )
    laterality, source = _side(radiograph, mirrored)
    return StandardHand(
        radiograph=radiograph,
        film=film,
        film_to_frame=to_frame,
        mask=geometry.warp(_largest_part(second.mask), look_to_canvas, canvas_size(MASK_HEIGHT_PX)),
        landmarks=closer,
        detection=first,
        landmark_scores=(first.landmark_scores + second.landmark_scores) / 2,
        inverted=inverted,
        rotation_degrees=_rotation_degrees(closer),
        mirrored=mirrored,
        laterality=laterality,
        laterality_source=source,
    )


def _reduced(display: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], geometry.Affine]:
    """The film with its longer side at 128 px, and the transform there."""
    height, width = display.shape
    scale = THUMBNAIL_PX / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    reduced = cv2.resize(display, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return np.asarray(reduced, np.uint8), geometry.scaling(size[0] / width, size[1] / height)


def _look_both_ways(shown: NDArray[np.uint8], finder: Model[FinderSpecification]) -> tuple[Detection, bool]:
    """Run the finder on a film and on its negative, and average the two estimates of its polarity."""
    pair = [shown, np.subtract(255, shown, dtype=np.uint8)]
    outputs = finder.run(np.stack([thumbnail_channels(view) for view in pair]))
    as_is, turned = (read_detection(outputs["maps"][i], outputs["head"][i]) for i in range(2))
    inverted = as_is.inverted + 1 - turned.inverted > 1
    return (turned if inverted else as_is), inverted


def _look_closer(
    film: NDArray[np.uint8], rough: geometry.Affine, finder: Model[FinderSpecification]
) -> tuple[Detection, geometry.Affine]:
    """Run the finder on a close-up of the hand, upright, and return the transform from its frame to that view.

    The view and its mirror image are seen and their maps averaged, so that neither side is favoured.
    """
    scale = THUMBNAIL_PX / (HEIGHT * LOOK_MARGIN)
    size = THUMBNAIL_PX, round(THUMBNAIL_PX * ASPECT)
    frame_to_look = geometry.chain(
        geometry.translation(-(LEFT + WIDTH / 2), -(TOP + HEIGHT / 2)),
        geometry.scaling(scale, scale),
        geometry.translation(size[1] / 2, size[0] / 2),
    )
    view = draw_smooth(film, geometry.chain(rough, frame_to_look), size)
    outputs = finder.run(np.stack([thumbnail_channels(view), thumbnail_channels(np.ascontiguousarray(view[:, ::-1]))]))
    maps, heads = outputs["maps"], outputs["head"]
    maps[0, :, :, : size[1]] += maps[1, :, :, size[1] - 1 :: -1]
    maps[0, :, :, : size[1]] /= 2
    return read_detection(maps[0], heads[0]), frame_to_look


def film_to_frame(landmarks: geometry.Points) -> geometry.Affine:
    """The similarity that puts MCP3 at the origin and the radius at (0, 1), with the thumb on the right."""
    axis = landmarks[RADIUS] - landmarks[MCP3]
    length = max(float(np.hypot(*axis)), 1e-6)
    return geometry.chain(
        geometry.translation(*-landmarks[MCP3]),
        geometry.rotation(-_rotation_degrees(landmarks)),
        geometry.scaling((-1 if _is_mirrored(landmarks) else 1) / length, 1 / length),
    )


def _rotation_degrees(landmarks: geometry.Points) -> float:
    x, y = landmarks[RADIUS] - landmarks[MCP3]
    return float(np.degrees(np.arctan2(-x, y)))


def _is_mirrored(landmarks: geometry.Points) -> bool:
    """Whether the thumb lies left of the little finger when the hand is upright."""
    (ax, ay), (bx, by) = landmarks[RADIUS] - landmarks[MCP3], landmarks[MCP1] - landmarks[MCP5]
    return bool(ax * by - ay * bx > 0)


def _side(radiograph: Radiograph, mirrored: bool) -> tuple[Laterality, str]:
    if radiograph.laterality is not Laterality.UNKNOWN:
        return radiograph.laterality, "file"
    return (Laterality.RIGHT if mirrored else Laterality.LEFT), "image"


def _largest_part(mask: NDArray[np.float32], threshold: float = 0.5) -> NDArray[np.float32]:
    """The mask without the islands that are not the hand: markers, letters."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask > threshold).astype(np.uint8))
    if count <= 2:
        return mask
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    islands = (labels != largest) & (labels != 0)
    return np.where(islands, 0, mask).astype(np.float32)
