"""Convolutional networks of the papers, from timm and torchvision: from a grey picture to their last feature map.

Weights start at random, or come from a file that the user has, or from the network (`imagenet`). Of the networks here, this
project has ImageNet weights for MobileNetV2 only, in the TFLite file that the shipped models were trained from.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

import torch
from torch import Tensor, nn

from openboneage.errors import InputError
from openboneage.learn.backbones import pretrained_age_net
from openboneage.learn.networks.mobile_age_net import TOP_CHANNELS, MobileAgeNet
from openboneage.learn.networks.study_model import GreyPhotograph
from openboneage.learn.torchvision_ops import torchvision

IMAGENET = "imagenet"
"""Weights that timm or torchvision download."""
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
TIMM_NAMES = {
    "vgg16": "vgg16",
    "vgg19": "vgg19",
    "resnet50": "resnet50",
    "inception-v3": "inception_v3",
    "inception-resnet-v2": "inception_resnet_v2",
    "xception": "legacy_xception",
}
"""Our names of networks, and timm's."""
MOBILENET, GOOGLENET = "mobilenet-v2", "googlenet"
FEATURE_NETS = (*TIMM_NAMES, GOOGLENET, MOBILENET)


@dataclass(frozen=True)
class Start:
    """What a network starts from.

    Attributes:
        weights: None for random weights, `imagenet` for a download, or a file.
    """

    weights: str | None = None

    @property
    def words(self) -> str:
        """For tables."""
        return f"weights {Path(self.weights).name}" if self.weights else "random weights"


class FeatureMaps(nn.Module):
    """A network without its classifier: grey picture `(batch, 1, height, width)`, 0 to 1, to its last feature map."""

    def __init__(self, body: nn.Module, photograph: nn.Module) -> None:
        """Put the input and the layers together."""
        super().__init__()
        self.photograph, self.body = photograph, body

    def forward(self, image: Tensor) -> Tensor:
        """The map, `(batch, channels, height / 32, width / 32)`."""
        features: Tensor = self.body(self.photograph(image))
        return features


class _Timm(nn.Module):
    """The layers of a timm network before its pooling."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        features: Tensor = self.network.forward_features(image)  # type: ignore[operator]
        return features


class _Mobile(nn.Module):
    """The layers of MobileNetV2 before its pooling; it takes the grey picture itself."""

    def __init__(self, network: MobileAgeNet) -> None:
        super().__init__()
        self.stem, self.trunk, self.top = network.stem, network.trunk, network.top

    def forward(self, image: Tensor) -> Tensor:
        photograph = torch.cat([image, image, image], dim=1) * 2 - 1
        features: Tensor = self.top(self.trunk(self.stem(photograph)))
        return features


def feature_maps(name: str, start: Start, images: Tensor | None = None) -> tuple[FeatureMaps, int]:
    """A network of `FEATURE_NETS`.

    Args:
        name: The network.
        start: What it starts from; for MobileNetV2, the file is the quantised TFLite file.
        images: A batch of pictures, which MobileNetV2 needs to restore its normalisations.

    Returns:
        The network and the number of its channels.

    Raises:
        InputError: There is no such network, or its weights cannot be read or downloaded.
    """
    if name == MOBILENET:
        return _mobilenet(start, images)
    if name == GOOGLENET:
        return FeatureMaps(googlenet_body(start), GreyPhotograph(IMAGENET_MEAN, IMAGENET_STD)), 1024
    if name not in TIMM_NAMES:
        raise InputError(f"Expected one of the networks {', '.join(FEATURE_NETS)}, got {name!r}.")
    import timm

    network: Any = timm.create_model(TIMM_NAMES[name], pretrained=False, num_classes=0)
    facts = network.pretrained_cfg
    if start.weights:
        _fill(network, name, start.weights, lambda: timm.create_model(TIMM_NAMES[name], pretrained=True).state_dict())
    return FeatureMaps(_Timm(network), GreyPhotograph(facts["mean"], facts["std"])), int(network.num_features)


def _mobilenet(start: Start, images: Tensor | None) -> tuple[FeatureMaps, int]:
    if start.weights is None or images is None:
        return FeatureMaps(_Mobile(MobileAgeNet()), nn.Identity()), TOP_CHANNELS
    path = Path(start.weights)
    if not path.is_file():
        raise InputError(f"Expected the TFLite file of MobileNetV2, found none at {path.name}.")
    return FeatureMaps(_Mobile(pretrained_age_net(path, images)), nn.Identity()), TOP_CHANNELS


def googlenet_body(start: Start) -> nn.Module:
    """The layers of GoogLeNet before its pooling, by their names in the paper: conv1, conv2, inception3 to inception5.

    Raises:
        InputError: The weights cannot be read or downloaded.
    """
    network = torchvision.models.googlenet(weights=None, aux_logits=False, init_weights=False)
    if start.weights:
        weights = torchvision.models.GoogLeNet_Weights.DEFAULT
        _fill(network, GOOGLENET, start.weights, lambda: weights.get_state_dict(progress=False))
    n = network
    return nn.Sequential(
        _named(conv1=n.conv1, maxpool1=n.maxpool1),
        _named(conv2=n.conv2, conv3=n.conv3, maxpool2=n.maxpool2),
        _named(inception3a=n.inception3a, inception3b=n.inception3b, maxpool3=n.maxpool3),
        _named(**{f"inception4{each}": getattr(n, f"inception4{each}") for each in "abcde"}, maxpool4=n.maxpool4),
        _named(inception5a=n.inception5a, inception5b=n.inception5b),
    )


def _named(**layers: nn.Module) -> nn.Sequential:
    block = nn.Sequential()
    for name, layer in layers.items():
        block.add_module(name, layer)
    return block


def grey_first_layer(convolution: nn.Conv2d) -> nn.Conv2d:
    """The first convolution for a grey picture: the means of its filters over the colours (Lee 2017, Spampinato 2017)."""
    grey = nn.Conv2d(
        1,
        convolution.out_channels,
        convolution.kernel_size,  # type: ignore[arg-type]
        convolution.stride,  # type: ignore[arg-type]
        convolution.padding,  # type: ignore[arg-type]
        bias=convolution.bias is not None,
    )
    with torch.no_grad():
        grey.weight.copy_(convolution.weight.mean(dim=1, keepdim=True))
        if convolution.bias is not None and grey.bias is not None:
            grey.bias.copy_(convolution.bias)
    return grey


def _fill(network: nn.Module, name: str, weights: str, download: Callable[[], dict[str, Tensor]]) -> None:
    """Load weights into a network; those of classifiers, which it does not have or does not use, are left out."""
    try:
        state = download() if weights == IMAGENET else torch.load(Path(weights), weights_only=True, map_location="cpu")
        known = network.state_dict()
        kept = {key: value for key, value in state.items() if key in known and value.shape == known[key].shape}
    except (URLError, OSError, RuntimeError, ValueError, AttributeError, pickle.UnpicklingError):
        raise InputError(f"Expected weights of {name} from {weights}, but they cannot be read.") from None
    missing = [key for key in known if key not in kept and not key.startswith(("fc.", "head.", "pre_logits."))]
    if missing:
        raise InputError(f"Expected all weights of {name} in {weights}, but it lacks {len(missing)}, such as {missing[0]}.")
    network.load_state_dict({**known, **kept})


class Pooled(nn.Module):
    """Global average pooling of a feature map: `(batch, channels)`."""

    def __init__(self, maps: nn.Module) -> None:
        """Take the network."""
        super().__init__()
        self.maps = maps

    def forward(self, image: Tensor) -> Tensor:
        """Means over the map."""
        features: Tensor = self.maps(image)
        return features.mean(dim=(2, 3))
