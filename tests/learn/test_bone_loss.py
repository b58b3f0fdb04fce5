"""Loss of the bone finder: nothing for right maps, no influence of what is unknown."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from openboneage.bones.maps import BOX_UNIT, CELL_PX, CLASSES
from openboneage.hand.frame import HEIGHT
from openboneage.learn.bone_loss import Cells, box_loss, class_losses, joint_loss
from openboneage.learn.bone_samples import SOME_CARPAL, UNKNOWN, WEIGHT_STEPS

ROWS, COLUMNS = 8, 6
EVERY = Cells(torch.arange(2 * ROWS * COLUMNS), torch.ones(2 * ROWS * COLUMNS), 2 * ROWS * COLUMNS)


def labels() -> Tensor:
    """Classes of the pixels of each cell: some of class 1 and of capitate."""
    classes = torch.zeros(2, ROWS, COLUMNS, CELL_PX**2, dtype=torch.uint8)
    classes[:, 2, 3] = 1
    classes[:, 5, 1, :8] = CLASSES.index("capitate")
    return classes


def logits_of(classes: Tensor, size: float = 20.0) -> Tensor:
    """Sure logits of classes, `(batch, 144, rows, columns)`."""
    sure = torch.nn.functional.one_hot(classes.long(), len(CLASSES)).float() * size
    return sure.permute(0, 4, 3, 1, 2).flatten(1, 2)


def losses(logits: Tensor, classes: Tensor) -> tuple[float, float]:
    entropy, dice = class_losses(EVERY, logits, classes, torch.full_like(classes, int(WEIGHT_STEPS)))
    return float(entropy), float(dice)


def test_right_classes_cost_nothing() -> None:
    entropy, dice = losses(logits_of(labels()), labels())

    assert entropy == pytest.approx(0, abs=1e-4)
    assert dice == pytest.approx(0, abs=1e-2)


def test_a_missed_bone_costs_entropy_and_dice() -> None:
    entropy, dice = losses(logits_of(torch.zeros_like(labels())), labels())

    assert entropy > 0.4
    assert dice > 0.2


def test_pixels_of_unknown_class_have_no_influence() -> None:
    unknown = labels()
    unknown[:, 2, 3] = UNKNOWN

    assert losses(logits_of(labels()), unknown) == pytest.approx(losses(logits_of(unknown % 9), unknown), abs=1e-4)


@pytest.mark.parametrize(("name", "is_right"), [("hamate", True), ("carpal", True), ("base", False)])
def test_any_carpal_class_is_right_for_some_carpal_bone(name: str, is_right: bool) -> None:
    some, said = labels(), labels()
    some[:, 2, 3], said[:, 2, 3] = SOME_CARPAL, CLASSES.index(name)

    assert (losses(logits_of(said), some)[0] < 1e-3) == is_right


def test_a_random_share_of_the_empty_cells_has_their_weight() -> None:
    shown = torch.zeros(4, 40, 40, dtype=torch.bool)
    shown[:, 3] = True

    cells = Cells.drawn(shown)

    assert set(shown.flatten().nonzero()[:, 0].tolist()) <= set(cells.chosen.tolist())
    assert len(cells.chosen) < 0.3 * shown.numel()
    assert float(cells.weight.sum()) == pytest.approx(shown.numel(), rel=0.2)


def test_spots_of_unlabelled_joints_have_no_influence() -> None:
    heat, known = torch.zeros(2, 18, ROWS, COLUMNS), torch.ones(2, 18)
    heat[:, 4, 3, 3] = 1
    known[:, 4] = 0
    dark = torch.full_like(heat, -20.0)

    assert float(joint_loss(EVERY, dark, heat, known)) == pytest.approx(0, abs=1e-6)
    assert float(joint_loss(EVERY, dark, heat, torch.ones(2, 18))) > 0.5


def test_right_boxes_cost_nothing_and_shifted_ones_their_overlap() -> None:
    height_px = ROWS * CELL_PX
    unit_px = BOX_UNIT * height_px / HEIGHT
    box = torch.tensor([4.0, 6.0, 22.0, 26.0])
    boxes = torch.full((1, 2, 18, 4), torch.nan)
    boxes[0, 0, 5] = box
    y, x = ((torch.arange(n) + 0.5) * CELL_PX for n in (ROWS, COLUMNS))
    x, y = x.expand(ROWS, -1), y[:, None].expand(-1, COLUMNS)
    right = torch.stack([x - box[0], y - box[1], box[2] - x, box[3] - y]).clamp_min(0.1).div(unit_px).log()
    maps = torch.cat([right, torch.zeros_like(right)])[None]

    assert float(box_loss(maps, boxes, height_px)) == pytest.approx(0, abs=1e-4)
    assert float(box_loss(maps + 0.5, boxes, height_px)) > 0.3


def test_without_boxes_there_is_no_loss() -> None:
    maps = torch.zeros(1, 8, ROWS, COLUMNS, requires_grad=True)

    loss = box_loss(maps, torch.full((1, 2, 18, 4), torch.nan), ROWS * CELL_PX)
    loss.backward()

    assert float(loss.detach()) == 0
