"""Weight averaging: one network with the mean weights of several that continue one run (Izmailov et al. 2018).

Networks that separate late in training stay in one basin of the loss, so the network with their mean weights predicts much as
their ensemble does, at the size and speed of one network.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn
from torch.optim.swa_utils import AveragedModel


def averaged(networks: Sequence[nn.Module]) -> nn.Module:
    """A copy of the first network with the mean weights and statistics of all; they have the same layers."""
    mean = AveragedModel(networks[0], use_buffers=True)
    for network in networks:
        mean.update_parameters(network)
    return mean.module
