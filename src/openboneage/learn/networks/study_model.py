"""What every estimator of a paper has in common: its input from a square picture, and its answer as a distribution over months.

The exported network takes the picture of the standard hand, `(batch, 1, height, 0.75 height)`, and gives logits over months 0
to 228 for a girl and for a boy, as the shipped model does. So `boneage assess` and every measurement treat both alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.learn.networks.age_head import AGE_BINS

LEAST_SD_MONTHS = 1.0
YEAR = 12


class GreyPhotograph(nn.Module):
    """A grey picture as the colour photograph that networks trained on ImageNet expect."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float], channels: int = 3) -> None:
        """Take the mean and the SD of each colour; with one channel, their means over the colours."""
        super().__init__()
        keep = 1 if channels == 1 else 3
        for name, values in (("mean", mean), ("std", std)):
            value = torch.tensor(values, dtype=torch.float32)
            self.register_buffer(name, value.mean().reshape(1, 1, 1, 1) if keep == 1 else value.reshape(1, 3, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        """`(batch, 1, height, width)`, 0 to 1, to `(batch, 3 or 1, height, width)`."""
        return (image - self.mean) / self.std


class MonthsReadout(nn.Module):
    """A bone age in SDs of the training ages, as a bell over the months.

    The bell is narrower near the first and the last month, so that cutting it off moves its mean by less than a month.
    """

    months: Tensor

    def __init__(self, mean_months: float, sd_months: float, error_months: float) -> None:
        """Take the mean and the SD of the training ages, and the SD of the errors on other films."""
        super().__init__()
        self.mean_months, self.sd_months, self.error_months = mean_months, sd_months, max(error_months, LEAST_SD_MONTHS)
        self.register_buffer("months", torch.arange(AGE_BINS, dtype=torch.float32)[None])

    def forward(self, answer: Tensor) -> Tensor:
        """`(batch, 1)` to logits `(batch, 229)`."""
        mean = (answer * self.sd_months + self.mean_months).clamp(0, AGE_BINS - 1)
        room = torch.minimum(mean, AGE_BINS - 1 - mean) + 4 * LEAST_SD_MONTHS
        sd = (room / 4).clamp(LEAST_SD_MONTHS, self.error_months)
        logits: Tensor = -((self.months - mean) ** 2) / (2 * sd**2)
        return logits


class YearsReadout(nn.Module):
    """Logits of completed years as logits of months: the mass of a year is spread evenly over its months.

    The last year holds all months from then on.
    """

    place: Tensor
    spread: Tensor

    def __init__(self, first_year: int, last_year: int) -> None:
        """Take the first and the last class."""
        super().__init__()
        year = torch.arange(AGE_BINS) // YEAR
        self.known = int((year < first_year).sum())
        place = year[self.known :].clamp(max=last_year) - first_year
        counts = torch.bincount(place)
        self.register_buffer("place", place)
        self.register_buffer("spread", counts[place].float().log()[None])

    def forward(self, answer: Tensor) -> Tensor:
        """`(batch, years)` to logits `(batch, 229)`."""
        known = F.log_softmax(answer, dim=-1)[:, self.place] - self.spread
        return F.pad(known, (self.known, 0), value=-30.0)


class StudyModel(nn.Module):
    """The networks of a study behind one interface.

    Attributes:
        networks: One network for both sexes, or one for girls and one for boys; each takes `(batch, 1, side, side)`, 0 to 1, or
            what the trunk gives.
        readouts: Turns the answer of each into logits over months.
        pad: Black columns on the left and on the right that make the picture square.
        trunk: Layers that the networks share.
    """

    def __init__(
        self,
        networks: Sequence[nn.Module],
        readouts: Sequence[nn.Module],
        pad: tuple[int, int] = (0, 0),
        trunk: nn.Module | None = None,
    ) -> None:
        """Put networks and readouts together."""
        super().__init__()
        self.networks, self.readouts, self.pad = nn.ModuleList(networks), nn.ModuleList(readouts), pad
        self.trunk = trunk or nn.Identity()

    def forward(self, picture: Tensor) -> Tensor:
        """`(batch, 1, height, width)` to logits `(batch, 2, 229)`."""
        image = self.trunk(F.pad(picture.clamp(0, 1), self.pad))
        found = [readout(network(image)) for network, readout in zip(self.networks, self.readouts, strict=True)]
        return torch.stack([found[0], found[-1]], dim=1)
