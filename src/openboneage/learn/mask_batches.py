"""Films with hand masks for networks that segment: preparation, batches, and the mask that networks give."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.hand.enhance import clahe
from openboneage.learn.batches import Batch, epoch_indices
from openboneage.learn.region_batches import on_square


@dataclass(frozen=True)
class MaskInput:
    """How a film becomes an input: on a square in its upper left corner, its pixels with mean 0 and SD 1.

    Attributes:
        size_px: Side of the square.
        equalised: Whether contrast-limited adaptive histogram equalisation comes first.
    """

    size_px: int
    equalised: bool = False

    def image(self, film: NDArray[np.uint8]) -> tuple[NDArray[np.float32], tuple[int, int]]:
        """The input `(size, size)`, and the width and height that the film covers in it, in pixels."""
        square, covered = on_square(clahe(film) if self.equalised else film, self.size_px)
        shown = square[: covered[1], : covered[0]].astype(np.float32)
        image = np.zeros(square.shape, np.float32)
        image[: covered[1], : covered[0]] = (shown - shown.mean()) / max(float(shown.std()), 1e-6)
        return image, covered


@dataclass(frozen=True, eq=False)
class MaskFilm:
    """A film as input, and its hand.

    Attributes:
        id: Film.
        image: Input, `(size, size)` float32.
        mask: The hand, `(size, size)` uint8 of 0 and 1; None before it was drawn.
    """

    id: str
    image: NDArray[np.float32]
    mask: NDArray[np.uint8] | None = None

    def drawn(self, mask: NDArray[np.uint8]) -> MaskFilm:
        """The film with a drawn hand, `(size, size)` of 0 and 255."""
        return replace(self, mask=(mask > 127).astype(np.uint8))


@dataclass(frozen=True, eq=False)
class MaskBatches:
    """Batches of films with masks, not augmented; every epoch has each film once.

    Attributes:
        films: Training films, all with a mask.
        batch_size: Films a step.
        seed: Seed of their order.
    """

    films: Sequence[MaskFilm]
    batch_size: int
    seed: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the films."""
        return {"batch_size": self.batch_size, "size_px": self.films[0].image.shape[0], "seed": self.seed}

    def data_digest(self) -> str:
        """sha256 of the films, in their order."""
        digest = hashlib.sha256()
        for film in self.films:
            digest.update(film.id.encode() + film.image.tobytes() + np.asarray(film.mask).tobytes())
        return digest.hexdigest()

    def draw(self, step: int) -> Sequence[int]:
        """Indices of films."""
        return epoch_indices(len(self.films), self.batch_size, step, self.seed)

    def render(self, draws: Sequence[int]) -> Batch:
        """`image` `(batch, 1, size, size)` and `mask` of 0 and 1, of the same shape."""
        chosen = [self.films[number] for number in draws]
        return {
            "image": torch.from_numpy(np.stack([film.image for film in chosen]))[:, None],
            "mask": torch.from_numpy(np.stack([np.asarray(film.mask) for film in chosen]))[:, None].float(),
        }


def pixel_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy of each pixel (Pan 2020, Eq. 2), as a mean over the pixels."""
    return F.binary_cross_entropy_with_logits(model(batch["image"]).float(), batch["mask"])


def hand_probability(networks: Sequence[nn.Module], how: MaskInput, film: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Probability of the hand on a film by each network, `(networks, height, width)`."""
    image, (across, down) = how.image(film)
    with torch.no_grad():
        maps = [network(torch.from_numpy(image)[None, None])[0, 0].sigmoid().numpy() for network in networks]
    size = film.shape[1], film.shape[0]
    shown = [cv2.resize(each[:down, :across], size, interpolation=cv2.INTER_LINEAR) for each in maps]
    return np.stack(shown).astype(np.float32)


def largest_filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The part of a mask with the largest outline, its holes filled; an empty mask stays empty."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(mask.shape, np.uint8)
    if contours:
        cv2.drawContours(filled, [max(contours, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return filled > 0
