"""The U-Net: shapes, gradients, the deepest vector."""

from __future__ import annotations

import torch

from openboneage.learn.networks.unet import UNet


def test_the_mask_has_the_size_of_the_image() -> None:
    network, image = UNet((4, 6, 8)), torch.randn(2, 1, 16, 16)

    logits = network(image)
    logits.sum().backward()

    assert logits.shape == (2, 1, 16, 16)
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_the_vector_is_the_deepest_map() -> None:
    network, image = UNet((4, 6, 8)).eval(), torch.randn(2, 1, 16, 16)

    assert network.vector(image).shape == (2, 8 * 4 * 4)
    assert not torch.equal(*network.vector(image))
