"""Losses: every parameter gets a gradient, and unknown labels give none."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from openboneage.learn.batches import Batch
from openboneage.learn.loop import Loss
from openboneage.learn.losses import AgeLoss, finder_loss
from openboneage.learn.networks.age_head import AGE_BINS
from openboneage.learn.networks.age_net import AgeNet
from openboneage.learn.networks.hand_finder import HandFinder

MONTHS = torch.arange(AGE_BINS, dtype=torch.float32)


class Fixed(nn.Module):
    """A network that says the same of every image: its answers are its parameters."""

    def __init__(self, *answers: Tensor) -> None:
        super().__init__()
        self.answers = nn.ParameterList(answers)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        del image
        return self.answers[0] if len(self.answers) == 1 else tuple(self.answers)


def finder_batch(**changes: Tensor) -> Batch:
    """Two scenes of noise, everything known."""
    generator = torch.Generator().manual_seed(0)
    batch = {
        "image": torch.rand(2, 2, 128, 128, generator=generator),
        "maps": torch.rand(2, 5, 128, 128, generator=generator),
        "maps_known": torch.ones(2, 5),
        "count": torch.tensor([1.0, 2.0]),
        "inverted": torch.tensor([0.0, 1.0]),
    }
    return {**batch, **changes}


def age_batch(ages: tuple[float, ...] = (60.0, 100.0)) -> Batch:
    image = torch.rand(len(ages), 1, 128, 96, generator=torch.Generator().manual_seed(0))
    return {"image": image, "age_months": torch.tensor(ages), "sex": torch.arange(len(ages)) % 2}


def value_of(loss: Loss, *answers: Tensor, batch: Batch) -> float:
    """Loss of a network that gives these answers."""
    with torch.no_grad():
        return float(loss(Fixed(*answers), batch))


def finder_gradients(batch: Batch) -> tuple[Tensor, Tensor]:
    """Gradients of the loss with regard to maps `(2, 5, 128, 128)` and head `(2, 4)`."""
    torch.manual_seed(0)
    model = Fixed(torch.randn(2, 5, 128, 128), torch.randn(2, 4))
    finder_loss(model, batch).backward()
    maps, head = model.answers
    return maps.grad, head.grad


@pytest.mark.parametrize(
    ("model", "loss", "batch"),
    [
        (HandFinder(widths=(8, 12, 16, 20)), finder_loss, finder_batch()),
        (AgeNet(widths=(8, 8, 12, 12), depths=(0, 1, 1, 1)), AgeLoss(), age_batch()),
    ],
    ids=["finder", "age"],
)
def test_the_gradient_reaches_every_parameter(model: nn.Module, loss: Loss, batch: Batch) -> None:
    value = loss(model.train(), batch)
    value.backward()

    assert math.isfinite(float(value.detach()))
    unmoved = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().max() > 0]
    assert unmoved == []


def test_everything_known_teaches_everywhere() -> None:
    maps, head = finder_gradients(finder_batch())

    assert (maps.abs().amax(dim=(2, 3)) > 0).all()
    assert (head.abs() > 0).all()


@pytest.mark.parametrize("channel", range(5))
def test_an_unknown_map_teaches_nothing(channel: int) -> None:
    known = torch.ones(2, 5)
    known[0, channel] = 0

    maps, _ = finder_gradients(finder_batch(maps_known=known))

    assert torch.equal(maps.abs().amax(dim=(2, 3)) > 0, known > 0)


def test_unknown_polarity_teaches_nothing() -> None:
    _, head = finder_gradients(finder_batch(inverted=torch.tensor([-1.0, 1.0])))

    assert head[0, 3] == 0
    assert head[1, 3] != 0
    assert (head[:, :3] != 0).all(), "the count stays known"


def test_nothing_known_at_all_is_finite() -> None:
    maps, head = finder_gradients(finder_batch(maps_known=torch.zeros(2, 5), inverted=torch.full((2,), -1.0)))

    assert maps.abs().max() == 0
    assert torch.isfinite(head).all()


def test_the_truth_loses_less_than_its_opposite() -> None:
    truth = (torch.rand(2, 5, 128, 128, generator=torch.Generator().manual_seed(1)) > 0.9).float()
    batch = finder_batch(maps=truth)
    head = torch.tensor([[-9.0, 9, -9, -9], [-9.0, -9, 9, 9]])

    right, wrong = (value_of(finder_loss, sign * (truth - 0.5) * 20, sign * head, batch=batch) for sign in (1, -1))

    assert right < 0.5 < wrong


@pytest.mark.parametrize("age", [1.0, 3.0, 12.0, 216.0, 228.0])
def test_the_label_of_the_youngest_and_oldest_keeps_its_mean(age: float) -> None:
    sd = AgeLoss().label_sd(torch.tensor([age]), AGE_BINS)
    weights = (-((MONTHS - age) ** 2) / (2 * sd**2)).softmax(-1)
    assert float((weights * MONTHS).sum()) == pytest.approx(age, abs=0.6)


@pytest.mark.parametrize(("age", "sd"), [(1.0, 1.25), (12.0, 4.0), (60.0, 5.0), (228.0, 1.0)])
def test_the_bell_around_the_reading_is_best(age: float, sd: float) -> None:
    bell = (-((MONTHS - age) ** 2) / (2 * sd**2)).repeat(1, 2, 1)
    loss, batch = AgeLoss(mean_weight=0.0), age_batch((age,))

    best = value_of(loss, bell, batch=batch)

    for worse in (bell * 1.3, bell * 0.7, bell.roll(5, dims=-1), torch.zeros_like(bell)):
        assert value_of(loss, worse, batch=batch) > best


def test_only_the_childs_own_sex_learns() -> None:
    model = Fixed(torch.zeros(2, 2, AGE_BINS))

    AgeLoss()(model, age_batch()).backward()

    taught = model.answers[0].grad.abs().amax(dim=-1) > 0
    assert taught.tolist() == [[True, False], [False, True]]


def test_the_mean_counts_by_its_weight() -> None:
    answer = (-((MONTHS - 70) ** 2) / 50).repeat(1, 2, 1)

    without, weighted = (value_of(AgeLoss(mean_weight=w), answer, batch=age_batch((60.0,))) for w in (0.0, 0.5))

    assert weighted - without == pytest.approx(0.5 * 10, abs=0.01)
