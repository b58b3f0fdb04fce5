"""One network out of several that went on from the same one: the mean of their weights (Izmailov et al. 2018).

Networks that part late in training lie in one basin, so the mean of their weights answers much as the mean of their answers
does, at the size and speed of one.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import nn


def averaged(networks: Sequence[nn.Module]) -> nn.Module:
    """A copy of the first network with the mean weights of all; they have the same layers."""
    mean = copy.deepcopy(networks[0])
    states = [network.state_dict() for network in networks]
    mean.load_state_dict({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})
    return mean
