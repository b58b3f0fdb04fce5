"""Devices for training: processor or GPUs, one process or several started by `torchrun`."""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy

from openboneage.errors import InputError

PATIENCE = timedelta(hours=12)
"""How long processes wait for the first one, which prepares films and measures models."""


class Device(StrEnum):
    """Device for training; `auto` uses a GPU if there is one."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True)
class Hardware:
    """Device and helpers of a run.

    Attributes:
        device: Device for training.
        workers: Processes that render batches in advance, per training process.
    """

    device: Device = Device.AUTO
    workers: int = 0

    def fabric(self, bf16: bool = False) -> Fabric:
        """Join the processes that `torchrun` started, or run alone.

        On a GPU, cuDNN uses deterministic algorithms only. Runs on one kind of GPU then agree up to the order of sums in the
        few other operations; on a processor they agree bit for bit.

        Args:
            bf16: Whether forward passes run in bfloat16.

        Raises:
            InputError: A GPU is requested, but there is none.
        """
        cuda = torch.cuda.is_available() if self.device is Device.AUTO else self.device is Device.CUDA
        if cuda and not torch.cuda.is_available():
            raise InputError("Expected a GPU that CUDA can use, found none; train with the device cpu or auto.")
        torch.backends.cudnn.deterministic = cuda
        here = int(os.environ["LOCAL_WORLD_SIZE"]) if torch.distributed.is_torchelastic_launched() else 1
        everywhere = int(os.environ["WORLD_SIZE"]) if torch.distributed.is_torchelastic_launched() else 1
        fabric = Fabric(
            accelerator="cuda" if cuda else "cpu",
            strategy=DDPStrategy(timeout=PATIENCE) if everywhere > 1 else "auto",
            devices=here,
            num_nodes=everywhere // here,
            precision="bf16-mixed" if bf16 else "32-true",
        )
        fabric.launch()
        if everywhere > 1:
            _leave_at_exit()
        return fabric


@cache
def _leave_at_exit() -> None:
    """Leave the process group when the process ends: Fabric does so for NCCL only, and the threads of gloo abort at exit."""
    atexit.register(torch.distributed.destroy_process_group)
