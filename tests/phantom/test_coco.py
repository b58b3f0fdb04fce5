"""Annotations say the same as the masks."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.names import JOINTS
from openboneage.hand.run_lengths import mask_of_runs
from openboneage.phantom.coco import CATEGORIES, KEY_POINTS, annotate, categories
from openboneage.phantom.truth import truth_of
from openboneage.subject import Sex
from tests.phantom.hands import film


def test_every_part_has_an_annotation() -> None:
    made = film()
    found = annotate(made, image_id=4, first_id=10)
    parts = found[1 : 1 + len(made.parts)]

    assert [each["id"] for each in found] == list(range(10, 11 + len(made.parts) + len(made.joints)))
    assert {each["image_id"] for each in parts} == {4}
    for annotation, part in zip(parts, made.parts, strict=True):
        mask = mask_of_runs(annotation["segmentation"]["counts"], tuple(annotation["segmentation"]["size"]))
        left, top, right, bottom = part.box
        assert annotation["bbox"] == [left, top, right - left, bottom - top]
        assert annotation["area"] == mask.sum() == part.mask.sum()
        assert np.array_equal(mask[top:bottom, left:right], part.mask)
        name = CATEGORIES[annotation["category_id"] - 1]
        assert name in (part.bone, f"{part.bone}_{part.kind}")


def test_stages_are_those_of_the_truth() -> None:
    made = film(Sex.FEMALE, 120.0)
    places = truth_of(made.parameters.child).places
    found = {CATEGORIES[each["category_id"] - 1]: each.get("stage") for each in annotate(made, 1, 1)}

    assert found["radius_epiphysis"] == round(places["radius"], 3)
    assert found["capitate"] is None


def test_the_hand_has_21_points() -> None:
    hand = annotate(film(), 1, 1)[0]
    listed = categories()[0]

    assert listed["keypoints"] == list(KEY_POINTS)
    assert len(KEY_POINTS) == 21
    assert len(hand["keypoints"]) == 63
    assert hand["num_keypoints"] == sum(visible == 2 for visible in hand["keypoints"][2::3])


def test_joint_regions_have_boxes() -> None:
    made = film()
    found = {CATEGORIES[each["category_id"] - 1]: each["bbox"] for each in annotate(made, 1, 1)}

    for name in JOINTS:
        left, top, right, bottom = made.joints[name]
        assert found[f"{name}_joint"] == pytest.approx([left, top, right - left, bottom - top], abs=0.02)
