"""Average precision: hand-made boxes whose precision is known."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.errors import InputError
from openboneage.evaluate.detection import (
    DetectedFilm,
    LabelledBoxes,
    box_iou,
    coco_precision,
    detection_table,
    printed_precision,
)

TRUTH = (0.0, 0.0, 10.0, 10.0)
ELSEWHERE = (50.0, 50.0, 60.0, 60.0)
RIGHT_HALF = (5.0, 0.0, 15.0, 10.0)  # IoU of 1/3


def boxes(*given: tuple[tuple[float, ...], float], label: int = 0) -> LabelledBoxes:
    """Boxes of one label with their scores."""
    corners = np.array([box for box, _ in given], float).reshape(-1, 4)
    return LabelledBoxes(corners, np.full(len(given), label), np.array([score for _, score in given], float))


def film(*found: tuple[tuple[float, ...], float]) -> DetectedFilm:
    return DetectedFilm(boxes(*found), boxes((TRUTH, 1.0)))


def test_iou_of_overlapping_and_separate_boxes() -> None:
    iou = box_iou(np.array([TRUTH]), np.array([TRUTH, RIGHT_HALF, ELSEWHERE]))

    assert iou[0] == pytest.approx([1, 1 / 3, 0])


def test_a_region_found_on_every_film_has_ap_1() -> None:
    films = [film((TRUTH, 0.9)), film((TRUTH, 0.6))]

    assert printed_precision(films, 0) == coco_precision(films, 0) == 1


def test_half_the_films_missed() -> None:
    films = [film((TRUTH, 0.9)), film((RIGHT_HALF, 0.8))]

    assert printed_precision(films, 0) == 0.5
    assert coco_precision(films, 0) == pytest.approx(51 / 101)


def test_a_second_box_on_a_region_is_false() -> None:
    films = [film((TRUTH, 0.9), (TRUTH, 0.8))]

    assert printed_precision(films, 0) == 0.5
    assert coco_precision(films, 0) == 1  # it comes after the recall is complete


def test_a_more_certain_false_box_lowers_the_precision() -> None:
    assert coco_precision([film((ELSEWHERE, 0.9), (TRUTH, 0.8))], 0) == pytest.approx(0.5)


def test_the_printed_ap_ignores_boxes_that_are_not_shown() -> None:
    films = [film((TRUTH, 0.4), (ELSEWHERE, 0.3))]

    assert printed_precision(films, 0) == 0
    assert coco_precision(films, 0) == 1


def test_a_region_drawn_nowhere_has_no_ap() -> None:
    assert np.isnan(printed_precision([film()], 1))
    assert np.isnan(coco_precision([film()], 1))


def test_a_stricter_overlap_rejects_a_loose_box() -> None:
    loose = [film(((0.0, 0.0, 10.0, 8.0), 0.9))]  # IoU 0.8

    assert coco_precision(loose, 0, 0.75) == 1
    assert coco_precision(loose, 0, 0.85) == 0


def test_the_table_has_regions_and_means() -> None:
    films = [film((TRUTH, 0.9))]

    table = detection_table({"ours": films}, ["radius", "ulna"]).splitlines()

    assert table[0] == "| region | ours: AP as printed | ours: COCO AP50 |"
    assert table[2:] == [
        "| radius | 1.000 | 1.000 |",
        "| ulna | nan | nan |",
        "| mAP | 1.000 | 1.000 |",
        "| COCO mAP, IoU 0.50 to 0.95 |  | 1.000 |",
    ]


def test_boxes_without_scores_are_refused() -> None:
    with pytest.raises(InputError, match="Expected 1 boxes and scores"):
        LabelledBoxes(np.zeros((1, 4)), np.zeros(1, int), np.zeros(0))
