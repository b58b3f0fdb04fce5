"""What a training step of the age network costs with its norms and with them folded in: `python -m benchmarks.training`.

Both networks take the same steps on the same batch in turns. The machine must have nothing else to do. Needs the extra `learn`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from benchmarks.measure import repeat
from openboneage.learn.folding import norms_folded
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet

BATCH = {"image": torch.rand(64, 1, 128, 96), "age_months": torch.rand(64) * 228, "sex": torch.randint(0, 2, (64,))}
ROUNDS, STEPS = 3, 5


def stepper(network: nn.Module) -> Callable[[], None]:
    """One step of learning, as `learn.loop` takes it, in bfloat16."""
    network = network.to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer, loss = torch.optim.AdamW(network.parameters(), 1e-5), AgeLoss()

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16):
            value = loss(network, BATCH)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()

    return step


def main() -> None:
    """Measure in turns and print a table."""
    torch.manual_seed(0)
    steppers = {
        "with batch normalisation": stepper(AgeNet()),
        "norms folded into the convolutions": stepper(norms_folded(AgeNet())),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steppers}
    for _ in range(ROUNDS):
        for name, step in steppers.items():
            seconds[name] += repeat(step, STEPS).values
    medians = {name: sorted(values)[len(values) // 2] for name, values in seconds.items()}
    first = next(iter(medians.values()))
    print(f"| a step of 64 hands, {torch.get_num_threads()} threads | seconds | against the first |\n| --- | --- | --- |")
    for name, value in medians.items():
        print(f"| {name} | {value:.3f} | {value / first:.2f} |")


if __name__ == "__main__":
    main()
