from __future__ import annotations

import numpy as np
import pytest

from openboneage.hand.finder import THUMBNAIL_PX, brightness_range, read_detection, thumbnail_channels


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


@pytest.mark.parametrize("corner", [(0, 0), (0, 127), (127, 127)])
def test_landmark_in_a_corner_stays_on_the_thumbnail(corner: tuple[int, int]) -> None:
    detection = read_detection(maps_with_peaks([corner] * 4), np.array([0, 0, 0, 0], np.float32))
    assert np.all((detection.landmarks >= 0) & (detection.landmarks <= THUMBNAIL_PX))


def test_absurd_logits_do_not_overflow() -> None:
    detection = read_detection(np.full((5, 128, 128), 1e9, np.float32), np.array([1e9, -1e9, 0, 1e9], np.float32))
    assert np.isfinite(detection.landmarks).all()
    assert detection.hand_count.tolist() == [1, 0, 0]
    assert detection.inverted == pytest.approx(1)


@pytest.mark.parametrize("shape", [(128, 96), (96, 128), (1, 128), (128, 128)])
def test_thumbnail_holds_the_film_in_its_upper_left(shape: tuple[int, int]) -> None:
    content = np.random.default_rng(3).integers(20, 200, shape, np.uint8)
    channels = thumbnail_channels(content)
    assert (channels.shape, channels.dtype) == ((2, THUMBNAIL_PX, THUMBNAIL_PX), np.float32)
    assert (float(channels.min()), float(channels.max())) == (0, 1)
    assert not channels[:, shape[0] :].any()
    assert not channels[:, :, shape[1] :].any()


def test_thumbnail_of_a_blank_film_is_finite() -> None:
    assert np.isfinite(thumbnail_channels(np.full((128, 100), 77, np.uint8))).all()


def test_thumbnail_does_not_depend_on_brightness_and_contrast() -> None:
    content = np.random.default_rng(4).integers(0, 100, (128, 100), np.uint8)
    assert thumbnail_channels(2 * content + 20) == pytest.approx(thumbnail_channels(content), abs=0.02)


def test_brightness_range_leaves_out_the_extremes() -> None:
    values = np.arange(200, dtype=np.uint8)
    assert brightness_range(values, 0.1, 0.9) == (pytest.approx(20, abs=1), pytest.approx(180, abs=1))
    assert brightness_range(values, 0.0, 1.0) == (0, 199)
