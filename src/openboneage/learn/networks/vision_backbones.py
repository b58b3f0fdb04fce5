"""Backbones of torchvision, from random weights, from a file of weights or from the network."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from urllib.error import URLError

import torch
from torch import nn

from openboneage.errors import InputError
from openboneage.learn.torchvision_ops import torchvision

CLASSIFIERS = {"densenet121": "classifier", "resnet18": "fc", "resnet50": "fc", "inception_v3": "fc"}
"""Name of the classifier of each backbone, which is removed."""
OLD_DENSE_NAME = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12])\.")
"""Names in the published weights of DenseNet, such as `denselayer1.norm.1.weight`, which is now `denselayer1.norm1.weight`."""
IMAGENET = "imagenet"
"""Weights that torchvision downloads."""


def vision_backbone(name: str, weights: str | None = None) -> tuple[nn.Module, int]:
    """A network of torchvision from images to features.

    Args:
        name: One of `CLASSIFIERS`.
        weights: None for random weights, `imagenet` for those that torchvision downloads, or a file of its weights.

    Returns:
        The network without its classifier, and the number of features.

    Raises:
        InputError: The weights cannot be downloaded or read, or belong to another network.
    """
    options = {"aux_logits": False, "init_weights": weights is None} if name == "inception_v3" else {}
    network: nn.Module = torchvision.models.get_model(name, weights=None, **options)
    if weights is not None:
        _load(network, name, weights)
    classifier = getattr(network, CLASSIFIERS[name])
    setattr(network, CLASSIFIERS[name], nn.Identity())
    return network, int(classifier.in_features)


def _load(network: nn.Module, name: str, weights: str) -> None:
    try:
        if weights == IMAGENET:
            state = torchvision.models.get_model_weights(name).DEFAULT.get_state_dict(progress=False)
        else:
            state = torch.load(Path(weights), weights_only=True, map_location="cpu")
        state = {OLD_DENSE_NAME.sub(r"\1\2.", key): value for key, value in state.items()}
        missing = network.load_state_dict(state, strict=False).missing_keys  # an auxiliary classifier is not used
    except (URLError, OSError, RuntimeError, ValueError, AttributeError, pickle.UnpicklingError):
        raise InputError(f"Expected weights of {name} from {weights}, but they cannot be read.") from None
    if missing:
        raise InputError(f"Expected all weights of {name} in {weights}, but it lacks {len(missing)}, such as {missing[0]}.")
