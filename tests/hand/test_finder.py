from __future__ import annotations

import numpy as np
import pytest

from openboneage.hand.finder import THUMBNAIL_PX, brightness_range, read_detection, thumbnail_channels
from tests.hand.finder_maps import MCP1, MCP3, MCP5, RADIUS, maps_of


def maps_with_peaks(peaks: list[tuple[int, int]]) -> np.ndarray:
    """Logits that are low but for a spot at each `(row, column)`; the mask's are high on the left half."""
    rows, columns = np.mgrid[0:THUMBNAIL_PX, 0:THUMBNAIL_PX]
    maps = np.full((5, THUMBNAIL_PX, THUMBNAIL_PX), -9.0, np.float32)
    maps[0, :, :64] = 9
    for channel, (row, column) in enumerate(peaks, start=1):
        maps[channel] += 12 * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 8)
    return maps


def test_sighting_is_read_from_the_maps() -> None:
    peaks = [(100, 60), (70, 90), (50, 64), (58, 40)]
    detection = read_detection(maps_with_peaks(peaks), np.array([0, 6, 0, -3], np.float32))
    assert detection.landmarks == pytest.approx(np.array([(x + 0.5, y + 0.5) for y, x in peaks]), abs=0.1)
    assert detection.landmark_scores == pytest.approx([0.953] * 4, abs=0.01)
    assert detection.mask.mean() == pytest.approx(0.5, abs=0.01)
    assert detection.hand_count.sum() == pytest.approx(1)
    assert detection.hand_count.argmax() == 1
    assert detection.inverted == pytest.approx(0.047, abs=0.01)


UPRIGHT = {RADIUS: {(110, 64): 0.9}, MCP1: {(70, 90): 0.8}, MCP3: {(50, 64): 0.7}, MCP5: {(58, 40): 0.6}}
HEAD = np.array([1.0, 3.0, 2.0, -3.0], np.float32)


def test_probabilities_are_those_of_the_logits() -> None:
    maps = maps_of(UPRIGHT)
    maps[0, 5, 7] = 2.0
    detection = read_detection(maps, HEAD)
    assert detection.landmark_scores == pytest.approx([0.9, 0.8, 0.7, 0.6])
    assert detection.mask[5, 7] == pytest.approx(0.880797)
    assert (detection.mask.dtype, detection.mask.sum()) == (np.float32, pytest.approx(0.880797))
    assert detection.hand_count == pytest.approx([0.0900306, 0.6652410, 0.2447285])
    assert detection.inverted == pytest.approx(0.0474259)


def test_a_second_hand_is_the_mean_of_a_second_radius_and_a_second_knuckle_half_a_unit_away() -> None:
    near = {**UPRIGHT, RADIUS: {(110, 64): 0.9, (82, 64): 0.8}}  # 28 of 60 px away
    far = {**UPRIGHT, RADIUS: {(110, 64): 0.9, (79, 64): 0.6}, MCP3: {(50, 64): 0.7, (50, 100): 0.4}}
    assert read_detection(maps_of(UPRIGHT), HEAD).second_hand == pytest.approx(0)
    assert read_detection(maps_of(near), HEAD).second_hand == pytest.approx(0)
    assert read_detection(maps_of(far), HEAD).second_hand == pytest.approx(0.5)


@pytest.mark.parametrize(("rows", "columns"), [(4, 0), (-4, 0), (0, 4), (0, -4)])
def test_a_landmark_is_the_mean_over_four_pixels_around_the_strongest(rows: int, columns: int) -> None:
    near = {**UPRIGHT, MCP3: {(50, 64): 0.6, (50 + rows, 64 + columns): 0.3}}
    far = {**UPRIGHT, MCP3: {(50, 64): 0.6, (50 + rows * 5 // 4, 64 + columns * 5 // 4): 0.3}}
    assert read_detection(maps_of(near), HEAD).landmarks[2] == pytest.approx([64.5 + columns / 3, 50.5 + rows / 3])
    assert read_detection(maps_of(far), HEAD).landmarks[2] == pytest.approx([64.5, 50.5])


@pytest.mark.parametrize(
    ("radius", "middle", "first", "second"),
    [
        ((110, 64), (50, 64), (60, 61), (60, 67)),
        ((110, 30), (20, 90), (65, 57), (65, 63)),
        ((20, 90), (110, 30), (65, 63), (65, 57)),
        ((100, 100), (40, 20), (70, 57), (70, 63)),
        ((64, 110), (64, 30), (67, 70), (61, 70)),
        ((110, 64), (50, 64), (60, 63), (60, 65)),
        ((50, 64), (110, 64), (60, 65), (60, 63)),
        ((64, 110), (64, 30), (65, 70), (63, 70)),
    ],
    ids=[
        "upright",
        "slanted right",
        "upside down",
        "slanted left",
        "lying",
        "upright and close",
        "upside down and close",
        "lying and close",
    ],
)
def test_thumb_and_little_finger_lie_on_opposite_sides(
    radius: tuple[int, int], middle: tuple[int, int], first: tuple[int, int], second: tuple[int, int]
) -> None:
    spots = {RADIUS: {radius: 0.9}, MCP3: {middle: 0.9}}
    thumb, little = {first: 0.6, second: 0.5}, {first: 0.9, second: 0.1}
    detection = read_detection(maps_of({**spots, MCP1: thumb, MCP5: little}), HEAD)
    assert detection.landmark_scores[[1, 3]] == pytest.approx([0.5, 0.9])
    assert np.floor(detection.landmarks[[1, 3]][:, ::-1]).tolist() == [list(second), list(first)]
    mirrored = read_detection(maps_of({**spots, MCP1: little, MCP5: thumb}), HEAD)
    assert mirrored.landmark_scores[[1, 3]] == pytest.approx([0.9, 0.5])
    alike = {MCP1: {first: 0.6, second: 0.5}, MCP5: {first: 0.4, second: 0.5}}
    assert read_detection(maps_of({**spots, **alike}), HEAD).landmark_scores[[1, 3]] == pytest.approx([0.6, 0.5])


@pytest.mark.parametrize("place", [(0, 0), (0, 64), (64, 0), (127, 64), (64, 127), (127, 127)])
def test_a_landmark_at_the_edge_is_in_its_pixel(place: tuple[int, int]) -> None:
    detection = read_detection(maps_of({**UPRIGHT, MCP3: {place: 0.9}}), HEAD)
    assert detection.landmarks[2] == pytest.approx([place[1] + 0.5, place[0] + 0.5])


@pytest.mark.parametrize("corner", [(0, 0), (0, 127), (127, 127)])
def test_landmark_in_a_corner_stays_on_the_thumbnail(corner: tuple[int, int]) -> None:
    detection = read_detection(maps_with_peaks([corner] * 4), np.array([0, 0, 0, 0], np.float32))
    assert np.all((detection.landmarks >= 0) & (detection.landmarks <= THUMBNAIL_PX))


def test_absurd_logits_do_not_overflow() -> None:
    detection = read_detection(np.full((5, 128, 128), 1e9, np.float32), np.array([1e9, -1e9, 0, 1e9], np.float32))
    assert np.isfinite(detection.landmarks).all()
    assert detection.hand_count.tolist() == [1, 0, 0]
    assert detection.inverted == pytest.approx(1)
    dark = read_detection(np.full((5, 128, 128), -1e9, np.float32), np.array([0, 0, 0, 1e9], np.float32))
    assert dark.hand_count == pytest.approx([1 / 3, 1 / 3, 1 / 3])


@pytest.mark.parametrize("shape", [(128, 96), (96, 128), (1, 128), (128, 128)])
def test_thumbnail_holds_the_film_in_its_upper_left(shape: tuple[int, int]) -> None:
    content = np.random.default_rng(3).integers(20, 200, shape, np.uint8)
    channels = thumbnail_channels(content)
    assert (channels.shape, channels.dtype) == ((2, THUMBNAIL_PX, THUMBNAIL_PX), np.float32)
    assert (float(channels.min()), float(channels.max())) == (0, 1)
    assert not channels[:, shape[0] :].any()
    assert not channels[:, :, shape[1] :].any()


def test_linear_brightness_runs_from_one_extreme_to_the_other() -> None:
    content = 20 + np.arange(200, dtype=np.uint8).reshape(10, 20)
    linear, equalised = thumbnail_channels(content)[:, :10, :20]
    assert linear == pytest.approx(np.clip(np.arange(200).reshape(10, 20) / 198, 0, 1))
    assert equalised == pytest.approx(np.arange(200).reshape(10, 20) / 199, abs=0.5 / 255)


def test_values_beyond_the_extremes_are_clipped() -> None:
    content = np.full((10, 100), 100, np.uint8)
    content[0, :4], content[5:, :], content[9, 96:] = 0, 200, 255
    linear = thumbnail_channels(content)[0, :10, :100]
    assert (linear[0, 0], linear[0, 4], linear[5, 0], linear[9, 99]) == (0, 0, 1, 1)


def test_one_grey_level_of_contrast_is_all_that_a_thumbnail_needs() -> None:
    content = np.tile(np.array([77, 78], np.uint8), (4, 5))
    assert thumbnail_channels(content)[:, :4, :10].tolist() == 2 * [4 * [5 * [0, 1]]]


def test_thumbnail_of_a_blank_film_is_finite() -> None:
    assert np.isfinite(thumbnail_channels(np.full((128, 100), 77, np.uint8))).all()


def test_thumbnail_does_not_depend_on_brightness_and_contrast() -> None:
    content = np.random.default_rng(4).integers(0, 100, (128, 100), np.uint8)
    assert thumbnail_channels(2 * content + 20) == pytest.approx(thumbnail_channels(content), abs=0.02)


def test_brightness_range_leaves_out_the_extremes() -> None:
    values = np.arange(200, dtype=np.uint8).reshape(10, 20)
    assert brightness_range(values, 0.1, 0.9) == (19, 179)
    assert brightness_range(values, 0.0, 1.0) == (0, 199)
    assert brightness_range(np.repeat(np.array([0, 255], np.uint8), 50), 0.6, 1.0) == (255, 255)
