"""What a network looks at: occlusion, Grad-CAM, Smooth Grad-CAM++ and deconvolution, through captum where it has them.

A map belongs to one picture, `(1, 1, height, width)`, and to one answer of the network, and has the size of the picture.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import Deconvolution, LayerAttribution, LayerGradCam, Occlusion
from numpy.typing import NDArray
from torch import Tensor, nn

Map = NDArray[np.float32]
"""Importance of each place, `(height, width)`; over 0 where a place raises the answer."""


@dataclass(frozen=True)
class SmoothSettings:
    """Noise of Smooth Grad-CAM++ (Omeiza et al. 2019).

    Attributes:
        samples: Noisy copies of the picture.
        noise: Standard deviation of the noise, as a share of the picture's range.
        seed: Seed of the noise.
    """

    samples: int = 8
    noise: float = 0.1
    seed: int = 0


DEFAULT_SMOOTHING = SmoothSettings()


def occlusion(network: nn.Module, image: Tensor, target: int, patch: float = 0.125, stride: float = 0.0625) -> Map:
    """Slide a black patch over the picture; sides and steps are shares of its height (Lee et al. 2017)."""
    side, step = max(round(patch * image.shape[2]), 1), max(round(stride * image.shape[2]), 1)
    found = Occlusion(network).attribute(image, (1, side, side), strides=(1, step, step), target=target, baselines=0)
    return _as_map(found)


def grad_cam(network: nn.Module, layer: nn.Module, image: Tensor, target: int) -> Map:
    """Grad-CAM of a layer (Selvaraju et al. 2017), without its final ReLU: places that lower an age count too."""
    found = LayerGradCam(network, layer).attribute(image, target)
    return _as_map(_resized(found, image))


def deconvolution(network: nn.Module, image: Tensor, target: int) -> Map:
    """Deconvolution of an answer (Zeiler and Fergus 2014); the network's ReLUs must be modules."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Setting backward hooks on ReLU", UserWarning)  # captum's remark on its method
        return _as_map(Deconvolution(network).attribute(image.clone().requires_grad_(), target=target))


def strongest_feature(network: nn.Module, image: Tensor) -> Map:
    """Deconvolution of the channel with the greatest activation (Spampinato et al. 2017, Fig. 6).

    Args:
        network: From a picture to a feature map, `(1, channels, height, width)`.
        image: The picture.
    """
    peaks = nn.Sequential(network, nn.AdaptiveMaxPool2d(1), nn.Flatten()).eval()
    with torch.no_grad():
        channel = int(peaks(image).argmax())
    return deconvolution(peaks, image, channel)


def smooth_grad_cam_pp(
    network: nn.Module, layer: nn.Module, image: Tensor, target: int, how: SmoothSettings = DEFAULT_SMOOTHING
) -> Map:
    """Smooth Grad-CAM++ of a layer (Omeiza et al. 2019), as RidgeNet 2021 uses it.

    The score is the exponential of the answer, as in Grad-CAM++. Where the network is piecewise linear above the layer, the
    derivatives of the score are then powers of the gradient of the answer, times the score.
    """
    noise = torch.Generator().manual_seed(how.seed)
    spread = how.noise * float(image.max() - image.min())
    copies = image + spread * torch.randn(how.samples, *image.shape[1:], generator=noise)
    maps, answers = _layer_and_answer(network, layer, copies, target)
    gradient = torch.autograd.grad(answers.sum(), maps)[0]
    score = answers.detach().exp()[:, None, None, None]
    first, second, third = ((score * gradient**power).mean(dim=0) for power in (1, 2, 3))
    activation = _layer_and_answer(network, layer, image, target)[0].detach()[0]
    below = 2 * second + activation.sum(dim=(1, 2), keepdim=True) * third
    alpha = torch.where(below != 0, second / torch.where(below != 0, below, torch.ones_like(below)), torch.zeros_like(second))
    weights = (alpha * first.relu()).sum(dim=(1, 2), keepdim=True)
    return _as_map(_resized((weights * activation).sum(dim=0).relu()[None, None], image))


def _layer_and_answer(network: nn.Module, layer: nn.Module, images: Tensor, target: int) -> tuple[Tensor, Tensor]:
    """The output of a layer, from which gradients flow, and the answers, `(n,)`."""
    kept: list[Tensor] = []

    def keep(_: nn.Module, __: tuple[Tensor, ...], output: Tensor) -> Tensor:
        kept.append(output.detach().requires_grad_())
        return kept[-1]

    hook = layer.register_forward_hook(keep)
    try:
        answers = network(images)[:, target]
    finally:
        hook.remove()
    return kept[0], answers


def _resized(found: Tensor, image: Tensor) -> Tensor:
    size = (int(image.shape[2]), int(image.shape[3]))
    resized: Tensor = LayerAttribution.interpolate(found, size, "bilinear")
    return resized


def _as_map(found: Tensor) -> Map:
    return np.asarray(found.detach()[0].sum(dim=0).numpy(), np.float32)


MakeMaps = Callable[[Tensor, int], dict[str, Map]]
"""Maps of a picture by name; the second argument is 0 for a girl and 1 for a boy."""
