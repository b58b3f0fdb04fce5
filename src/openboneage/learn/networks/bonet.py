"""BoNet and OverFeat (Spampinato et al. 2017): convolutions, a deformation layer, and connected layers that slide.

Fully connected layers are convolutions of the size that the map has for a crop of 224 px, so that a whole picture gives a map
of answers, whose mean is the answer (section 4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.errors import InputError

LOCALISATION_MAPS = 20
LOCALISATION_KERNEL = 5
NEURONS = 2048
FIRST_KERNELS = (7, 5)
"""Kernels of the first two convolutions; the following ones have 3 x 3."""


@dataclass(frozen=True)
class BoNetShape:
    """A row of Table 5.

    Attributes:
        maps: Feature maps of each convolution.
        deformation: None for no deformation layer, 0 for one on the picture, k for one after the k-th convolution.
    """

    maps: tuple[int, ...]
    deformation: int | None = None

    def __post_init__(self) -> None:
        """Check that the layer has a place.

        Raises:
            InputError: It has none.
        """
        if self.deformation is not None and not 0 <= self.deformation < len(self.maps):
            raise InputError(
                f"Expected a deformation layer before one of {len(self.maps)} convolutions, got {self.deformation}."
            )

    @property
    def name(self) -> str:
        """For tables and folders."""
        place = {None: "no", 0: "input"}.get(self.deformation, f"after-{self.deformation}")
        return f"{'-'.join(map(str, self.maps))}_{place}"


class Deformation(nn.Module):
    """A spatial transformer (Jaderberg et al. 2015) whose parameters come from the map itself, at half its size.

    It starts as the identity.
    """

    def __init__(self, channels: int) -> None:
        """Take the channels of the map."""
        super().__init__()
        layers: list[nn.Module] = []
        for inputs in (channels, LOCALISATION_MAPS, LOCALISATION_MAPS):
            convolution = nn.Conv2d(inputs, LOCALISATION_MAPS, LOCALISATION_KERNEL, padding=LOCALISATION_KERNEL // 2)
            layers += [convolution, nn.ReLU()]
        self.localise = nn.Sequential(*layers)
        self.parameters_of = nn.Linear(LOCALISATION_MAPS * 4, 6)
        nn.init.zeros_(self.parameters_of.weight)
        with torch.no_grad():
            self.parameters_of.bias.copy_(torch.tensor([1.0, 0, 0, 0, 1, 0]))

    def forward(self, maps: Tensor) -> Tensor:
        """The map, moved by an affine; `(batch, channels, height, width)`."""
        seen = self.localise(F.avg_pool2d(maps, 2))
        quarters = _quarters(seen.shape[2], seen.shape[3])
        corners = [seen[:, :, rows, columns].mean(dim=(2, 3)) for rows, columns in quarters]
        affine = self.parameters_of(torch.cat(corners, dim=1)).unflatten(1, (2, 3))
        x = (torch.arange(maps.shape[3], device=maps.device, dtype=affine.dtype) * 2 + 1) / maps.shape[3] - 1
        y = (torch.arange(maps.shape[2], device=maps.device, dtype=affine.dtype) * 2 + 1) / maps.shape[2] - 1
        place = torch.stack(torch.meshgrid(y, x, indexing="ij")[::-1], dim=-1).reshape(1, -1, 2)
        moved = place @ affine[:, :, :2].transpose(1, 2) + affine[:, None, :, 2]
        grid = moved.unflatten(1, (maps.shape[2], maps.shape[3]))
        return F.grid_sample(maps, grid.to(maps.dtype), padding_mode="border", align_corners=False)


def _quarters(height: int, width: int) -> list[tuple[slice, slice]]:
    """Quarters of a map; those of an odd size share its middle, as in adaptive pooling."""
    rows, columns = ((slice(0, (size + 1) // 2), slice(size // 2, None)) for size in (height, width))
    return [(row, column) for row in rows for column in columns]


class BoNet(nn.Module):
    """Convolutions, each with ReLU and max-pooling; 2,048 neurons; one output, the mean over the picture.

    Attributes:
        blocks: The convolutions, and the deformation layer where there is one.
    """

    def __init__(self, shape: BoNetShape, crop_px: int = 224, neurons: int = NEURONS) -> None:
        """Build the network.

        Args:
            shape: Its convolutions.
            crop_px: Size of the crops that it is trained on, for the size of the fully connected layer.
            neurons: Neurons of that layer.
        """
        super().__init__()
        blocks: list[nn.Module] = []
        channels, size = 1, crop_px
        for number, maps in enumerate(shape.maps):
            if shape.deformation == number:
                blocks.append(Deformation(channels))
            kernel = FIRST_KERNELS[number] if number < len(FIRST_KERNELS) else 3
            convolution = nn.Conv2d(channels, maps, kernel, stride=1 if number else 2, padding=kernel // 2)
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            blocks.append(nn.Sequential(convolution, nn.ReLU(), nn.MaxPool2d(2)))
            channels, size = maps, (size if number else (size + 1) // 2) // 2
        self.blocks = nn.Sequential(*blocks)
        self.head = sliding_head(channels, size, (neurons,))

    def forward(self, image: Tensor) -> Tensor:
        """`(batch, 1, height, width)`, 0 to 1, to ages `(batch, 1)` in standard deviations."""
        return averaged(self.head(self.blocks(standardised(image))))


def sliding_head(channels: int, size: int, neurons: Sequence[int]) -> nn.Sequential:
    """Fully connected layers and one output as convolutions, so that they slide over a larger map."""
    layers: list[nn.Module] = []
    for count in neurons:
        layers += [nn.Conv2d(channels, count, size), nn.ReLU()]
        channels, size = count, 1
    return nn.Sequential(*layers, nn.Conv2d(channels, 1, size))


def averaged(answers: Tensor) -> Tensor:
    """The mean of a map of answers, `(batch, 1)`."""
    return answers.mean(dim=(2, 3))


def standardised(image: Tensor) -> Tensor:
    """Each picture with mean 0 and standard deviation 1 (section 4.2)."""
    apart = image - image.mean(dim=(1, 2, 3), keepdim=True)
    return apart / (apart.square().mean(dim=(1, 2, 3), keepdim=True) + 1e-6).sqrt()


class OverFeat(nn.Module):
    """The fast OverFeat (Sermanet et al. 2014, Table 1) up to its second fully connected layer, for a grey picture.

    Its published weights are no file of a library here; it starts from random weights.
    """

    def __init__(self, layer: int = 1, width: float = 1.0) -> None:
        """Build the layers up to fully connected layer 1 or 2."""
        super().__init__()
        first, second, third, fourth = (round(count * width) for count in (96, 256, 512, 1024))
        self.maps = nn.Sequential(
            nn.Conv2d(1, first, 11, stride=4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(second, third, 3, padding=1), nn.ReLU(),
            nn.Conv2d(third, fourth, 3, padding=1), nn.ReLU(),
            nn.Conv2d(fourth, fourth, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        connected: list[nn.Module] = [
            nn.AdaptiveAvgPool2d(6),
            nn.Flatten(),
            nn.Linear(fourth * 36, round(3072 * width)),
            nn.ReLU(),
        ]
        if layer == 2:
            connected += [nn.Linear(round(3072 * width), round(4096 * width)), nn.ReLU()]
        self.connected = nn.Sequential(*connected)

    def forward(self, image: Tensor) -> Tensor:
        """Features `(batch, 3072 or 4096)`."""
        features: Tensor = self.connected(self.maps(standardised(image)))
        return features
