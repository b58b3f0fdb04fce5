"""Whole branches dropped at random while training (Huang et al., Deep networks with stochastic depth, 2016)."""

from __future__ import annotations

import torch
from torch import Tensor


def drop_path(branch: Tensor, rate: float, training: bool) -> Tensor:
    """What a block adds to its shortcut, `(batch, channels, h, w)`; in training nothing for that share of the samples."""
    if not (training and rate):
        return branch
    keep = torch.rand(branch.shape[0], 1, 1, 1, device=branch.device) >= rate
    return branch * (keep / (1 - rate)).to(branch.dtype)
