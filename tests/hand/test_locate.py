from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from openboneage.hand import geometry
from openboneage.hand.finder import thumbnail_channels
from openboneage.hand.frame import HEIGHT, LEFT, TOP, WIDTH, canvas_size
from openboneage.hand.locate import film_to_frame, locate_hand
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, StandardHand
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Laterality
from tests import hands
from tests.hand.finder_maps import MCP1, MCP3, MCP5, RADIUS, PreparedSession, Spots, finder_of, maps_of
from tests.tiny_rsna import LANDMARKS

TURN_TOLERANCE_DEGREES = 6


def turn_between(first: float, second: float) -> float:
    """Degrees from one direction to another, -180 to 180."""
    return (second - first + 180) % 360 - 180


def outline_mask(pixels: np.ndarray) -> np.ndarray:
    return hands.filled(hands.hand_on(pixels).outline_film[0], pixels.shape)


@pytest.mark.parametrize("degrees", range(-150, 181, 30))
@pytest.mark.parametrize("name", ["7036", "7041"])
def test_rotation_is_found_all_round(name: str, degrees: int) -> None:
    upright = hands.examined(name).hand.rotation_degrees
    found = hands.hand_on(hands.turned(hands.film(name), degrees)).rotation_degrees
    assert abs(turn_between(upright + degrees, found)) < TURN_TOLERANCE_DEGREES


@pytest.mark.parametrize("name", hands.NAMES)
def test_left_hands_are_left_upright_and_bright(name: str) -> None:
    hand = hands.examined(name).hand
    assert (hand.laterality, hand.laterality_source) == (Laterality.LEFT, "image")
    assert (hand.mirrored, hand.inverted) == (False, False)
    assert abs(hand.rotation_degrees) < 25


@pytest.mark.parametrize("name", hands.NAMES)
def test_mirrored_film_is_mirrored_back(name: str) -> None:
    plain, hand = hands.examined(name).hand, hands.hand_on(hands.mirrored(hands.film(name)))
    assert (hand.mirrored, hand.laterality, hand.laterality_source) == (True, Laterality.RIGHT, "image")
    assert abs(turn_between(-plain.rotation_degrees, hand.rotation_degrees)) < TURN_TOLERANCE_DEGREES
    assert hands.overlap(hand.mask > 0.5, plain.mask > 0.5) > 0.85


@pytest.mark.parametrize("name", hands.NAMES)
def test_inverted_film_gives_the_same_hand(name: str) -> None:
    plain, hand = hands.examined(name).hand, hands.hand_on(hands.inverted(hands.film(name)))
    assert hand.inverted is True
    assert np.array_equal(hand.film, hands.film(name))
    assert hand.rotation_degrees == pytest.approx(plain.rotation_degrees, abs=1)


@pytest.mark.parametrize("name", hands.NAMES)
@pytest.mark.parametrize("white", [True, False], ids=["white frame", "black frame"])
def test_polarity_is_recognised_with_any_frame(name: str, white: bool) -> None:
    value = 255 if white else 0
    assert hands.hand_on(hands.framed(hands.film(name), value=value)).inverted is False
    assert hands.hand_on(hands.framed(hands.inverted(hands.film(name)), value=value)).inverted is True


def test_all_at_once_is_undone() -> None:
    plain = hands.examined("14931").hand
    hand = hands.hand_on(hands.inverted(hands.turned(hands.mirrored(hands.film("14931")), 100)))
    assert (hand.mirrored, hand.inverted) == (True, True)
    assert abs(turn_between(100 - plain.rotation_degrees, hand.rotation_degrees)) < TURN_TOLERANCE_DEGREES


@pytest.mark.parametrize("name", ["7041", "7043"])
def test_a_marker_next_to_the_hand_is_not_part_of_it(name: str) -> None:
    film = hands.film(name).copy()
    height, width = film.shape
    row = {"7041": 0.25, "7043": 0.75}[name]
    cv2.circle(film, (round(0.75 * width) + 40, round(row * height) + 50), 28, 200, -1)
    parts, _ = cv2.connectedComponents((hands.hand_on(film).mask > 0.5).astype(np.uint8))
    assert parts == 2, "background and hand"


@pytest.mark.parametrize("name", hands.NAMES)
def test_frame_has_its_origin_at_the_knuckle_and_its_unit_at_the_wrist(name: str) -> None:
    hand = hands.examined(name).hand
    height, width = hand.film.shape
    film_points = np.array(LANDMARKS[name]) * (width, height)
    radius, thumb, knuckle, little = geometry.move(film_points, hand.film_to_frame)
    assert knuckle == pytest.approx([0, 0], abs=0.12)
    assert radius == pytest.approx([0, 1], abs=0.15)
    assert little[0] < knuckle[0] < thumb[0]


@pytest.mark.parametrize("height_px", [64, 256])
def test_way_to_the_canvas_and_back(height_px: int) -> None:
    hand = hands.examined().hand
    there = hand.film_to_canvas(height_px)
    points = np.array([[0.0, 0.0], [100.5, 300.25]])
    assert geometry.move(geometry.move(points, there), geometry.inverse(there)) == pytest.approx(points, abs=1e-6)
    unit = np.linalg.norm(np.subtract(*geometry.move(np.array([[0.0, hand.pixels_per_unit], [0, 0]]), hand.film_to_frame)))
    assert unit == pytest.approx(1)


@pytest.mark.parametrize("name", hands.NAMES)
def test_outline_is_inside_the_film_and_covers_the_hand(name: str) -> None:
    film, hand = hands.film(name), hands.examined(name).hand
    outline = hand.outline_film[0]
    assert outline.min() >= 0
    assert np.all(outline <= film.shape[::-1])
    inside = hands.filled(outline, film.shape)
    assert np.ptp(outline[:, 1]) > 0.6 * film.shape[0]
    assert np.median(film[inside]) > 3 * max(np.median(film[~inside]), 1)
    for x, y in np.array(LANDMARKS[name]) * film.shape[::-1]:
        assert inside[int(y), int(x)]


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (hands.mirrored, lambda mask: mask[:, ::-1]),
        (hands.inverted, lambda mask: mask),
        (lambda film: np.rot90(film, 1).copy(), lambda mask: np.rot90(mask, -1)),
        (lambda film: np.rot90(film, 2).copy(), lambda mask: np.rot90(mask, 2)),
        (lambda film: np.pad(film, 60), lambda mask: mask[60:-60, 60:-60]),
        (lambda film: np.kron(film, np.ones((2, 2), np.uint8)), lambda mask: mask[::2, ::2]),
    ],
    ids=["mirrored", "inverted", "quarter turn", "half turn", "framed", "doubled"],
)
def test_outline_moves_with_the_film(
    change: Callable[[np.ndarray], np.ndarray], back: Callable[[np.ndarray], np.ndarray]
) -> None:
    plain = outline_mask(hands.film("7043"))
    assert hands.overlap(back(outline_mask(change(hands.film("7043")))), plain) > 0.95


def test_canvas_shows_the_hand_upright_whatever_the_film() -> None:
    plain, other = hands.examined("7041").hand, hands.hand_on(hands.turned(hands.film("7041"), 110))
    assert plain.canvas(MASK_HEIGHT_PX).shape == canvas_size(MASK_HEIGHT_PX) == (256, 192)
    first, second = (hand.canvas(64).astype(float)[hand.canvas(64) >= 0] for hand in (plain, other))
    assert np.corrcoef(first, second)[0, 1] > 0.9


def test_arrays_are_read_only() -> None:
    hand = hands.hand_on(hands.film())
    for array in (hand.film, hand.film_to_frame, hand.mask, hand.landmark_scores):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_mask_is_a_probability_over_the_canvas() -> None:
    mask = hands.examined().hand.mask
    assert (mask.shape, mask.dtype) == ((256, 192), np.float32)
    assert 0 <= mask.min() < 0.1 < 0.9 < mask.max() <= 1


@pytest.mark.parametrize("side", [Laterality.LEFT, Laterality.RIGHT])
def test_the_side_in_the_file_has_priority(side: Laterality) -> None:
    film = hands.film().copy()
    hand = locate_hand(Radiograph(film, film, "a", "0" * 64, "DICOM", 8, laterality=side), hands.shipped().finder)
    assert (hand.laterality, hand.laterality_source, hand.mirrored) == (side, "file", False)


FRAME_POINTS = np.array([[0.0, 1.0], [0.5, 0.25], [0.0, 0.0], [-0.4, 0.1]])
"""Distal radius, MCP1, MCP3 and MCP5 in frame units."""


@pytest.mark.parametrize("degrees", [0, 40, -130])
@pytest.mark.parametrize("side", [1, -1], ids=["left hand", "right hand"])
def test_landmarks_lie_in_the_frame_whatever_their_place_on_the_film(degrees: float, side: int) -> None:
    onto_film = geometry.chain(geometry.scaling(80 * side, 80), geometry.rotation(degrees), geometry.translation(300, 200))
    landmarks = geometry.move(FRAME_POINTS, onto_film)
    assert geometry.move(landmarks, film_to_frame(landmarks)) == pytest.approx(FRAME_POINTS)


def test_landmarks_in_one_place_still_make_a_frame() -> None:
    assert film_to_frame(np.full((4, 2), 50.0))[0, 0] == pytest.approx(1e6)


WHOLE: Spots = {RADIUS: {(110, 64): 0.9}, MCP1: {(70, 90): 0.8}, MCP3: {(50, 64): 0.7}, MCP5: {(58, 40): 0.6}}
CLOSE: Spots = {RADIUS: {(96, 44): 0.5}, MCP1: {(65, 60): 0.4}, MCP3: {(58, 44): 0.3}, MCP5: {(62, 30): 0.2}}


def both_runs(as_is: float = 0.01, turned: float = 0.99, first: Spots = WHOLE, turned_first: Spots = WHOLE) -> PreparedSession:
    """A finder that sees one hand, twice at `first`, then at `CLOSE`, with those probabilities of dark bones."""
    heads = np.zeros((2, 4), np.float32)
    heads[:, 3] = np.log([as_is / (1 - as_is), turned / (1 - turned)])
    return PreparedSession(
        (np.stack([maps_of(first), maps_of(turned_first)]), heads), (np.stack([maps_of(CLOSE), mirrored_close()]), heads)
    )


def mirrored_close() -> np.ndarray:
    """`CLOSE` on the mirror image of the close-up, which is 96 px wide."""
    maps = maps_of(CLOSE)
    maps[:, :, :96] = maps[:, :, 95::-1]
    return maps


def found_on(film: np.ndarray, session: PreparedSession) -> StandardHand:
    return locate_hand(Radiograph(film, film, "a", "0" * 64, "PNG", 8), finder_of(session))


GREY = np.random.default_rng(6).integers(0, 256, (256, 200), np.uint8)


@pytest.mark.parametrize(
    ("as_is", "turned", "inverted"),
    [(0.7, 0.6, True), (0.6, 0.7, False), (0.5, 0.5, False), (0.2, 0.1, True), (0.8, 0.9, False)],
)
def test_polarity_is_the_mean_over_film_and_negative(as_is: float, turned: float, inverted: bool) -> None:
    elsewhere = {**WHOLE, RADIUS: {(100, 64): 0.5}}
    hand = found_on(GREY, both_runs(as_is, turned, turned_first=elsewhere))
    assert hand.inverted is inverted
    assert hand.detection.landmark_scores[0] == pytest.approx(0.5 if inverted else 0.9), "the look at bright bones counts"


def test_scores_are_the_means_of_both_looks() -> None:
    assert found_on(GREY, both_runs()).landmark_scores == pytest.approx([0.7, 0.6, 0.5, 0.4])


def test_the_close_up_corrects_the_place() -> None:
    hand = found_on(GREY, both_runs())
    px_per_unit = 128 / (1.25 * HEIGHT)
    middle = np.array([LEFT + WIDTH / 2, TOP + HEIGHT / 2])
    in_close_up = np.array([[44.5, 96.5], [60.5, 65.5], [44.5, 58.5], [30.5, 62.5]])
    in_rough_frame = (in_close_up - [48, 64]) / px_per_unit + middle
    on_film = 120 * in_rough_frame + [2 * 64.5, 2 * 50.5]
    assert hand.film_to_frame == pytest.approx(film_to_frame(on_film))
    assert (hand.mirrored, hand.rotation_degrees) == (False, pytest.approx(0))


def test_the_finder_sees_film_and_negative_then_close_up_and_mirror_image() -> None:
    session = both_runs()
    found_on(GREY, session)
    (film, negative), (close, turned) = session.pictures
    reduced = np.asarray(cv2.resize(GREY, (100, 128), interpolation=cv2.INTER_AREA), np.uint8)
    assert np.array_equal(film, thumbnail_channels(reduced))
    assert np.array_equal(negative, thumbnail_channels(np.subtract(255, reduced, dtype=np.uint8)))
    assert np.array_equal(turned[:, :, :96], close[:, :, 95::-1])
    assert not close[:, :, 96:].any()


@pytest.mark.parametrize(("size_px", "interpolation"), [((384, 300), cv2.INTER_AREA), ((96, 75), cv2.INTER_LINEAR)], ids=str)
def test_the_finder_sees_a_large_film_averaged_and_a_small_one_interpolated(
    size_px: tuple[int, int], interpolation: int
) -> None:
    film, session = np.random.default_rng(8).integers(0, 256, size_px, np.uint8), both_runs()
    found_on(film, session)
    expected = np.asarray(cv2.resize(film, (100, 128), interpolation=interpolation), np.uint8)
    assert np.array_equal(session.pictures[0][0], thumbnail_channels(expected))


def test_the_mask_is_the_mean_of_close_up_and_mirror_image_without_islands() -> None:
    session = both_runs()
    (maps, _) = session.runs[1]
    maps[:, 0] = -6
    maps[0, 0, 40:80, 30:50] = maps[1, 0, 40:80, 96 - 50 : 96 - 30] = 6
    maps[0, 0, 20:30, 60:70] = maps[1, 0, 20:30, 96 - 70 : 96 - 60] = 6
    maps[0, 0, 40:80, 60:80] = 4
    mask = found_on(GREY, session).mask
    assert mask.dtype == np.float32
    px_of_canvas = (256 / HEIGHT) / (96.5 - 58.5)
    assert (mask > 0.5).sum() == pytest.approx(40 * 20 * px_of_canvas**2, rel=0.05)
    assert mask.max() == pytest.approx(1 / (1 + np.exp(-6)))
    rows, columns = np.nonzero(mask > 0.5)
    knuckle = np.array([-LEFT, -TOP]) * 256 / HEIGHT
    expected = knuckle + (np.array([40, 60]) - [44.5, 58.5]) * px_of_canvas
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("size_px", [(400, 2), (2, 400), (50, 40)], ids=str)
def test_a_narrow_film_is_seen_whole_and_a_small_one_enlarged(size_px: tuple[int, int]) -> None:
    session = both_runs()
    found_on(np.full(size_px, 200, np.uint8), session)
    seen = session.pictures[0][0, 1] > 0
    height, width = int(seen.any(axis=1).sum()), int(seen.any(axis=0).sum())
    assert (height, width) == tuple(max(round(128 * side / max(size_px)), 1) for side in size_px)


@pytest.mark.parametrize("kind", hands.NOT_HANDS)
@pytest.mark.parametrize("size_px", [(320, 256), (33, 900), (900, 33)], ids=str)
def test_something_is_given_for_any_picture(kind: str, size_px: tuple[int, int]) -> None:
    hand = hands.hand_on(hands.not_hand(kind, size_px))
    assert np.isfinite(hand.film_to_frame).all()
    assert np.isfinite(hand.mask).all()
    assert hand.canvas(128).shape == (128, 96)
