"""Cost of a training step of the age network with and without folded norms: `python -m benchmarks.training`.

Both networks take the same steps on the same batch in turns. What a step costs beside its network is left out: the clipping of
gradients, the schedule of the rate and the moving average of the weights. No residual block is dropped, as folding loses that.
The machine must have nothing else to do. Needs the extra `learn`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from benchmarks.measure import Sample, repeat
from openboneage.learn.batches import Batch
from openboneage.learn.folding import norms_folded
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet

HANDS = 64
ROUNDS, STEPS = 3, 5


def stepper(network: nn.Module, batch: Batch) -> Callable[[], None]:
    """Forward, backward and optimizer of one step of learning, in bfloat16."""
    network = network.to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer, loss = torch.optim.AdamW(network.parameters(), 1e-5), AgeLoss()

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16):
            value = loss(network, batch)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()

    return step


def main() -> None:
    """Measure in turns and print a table."""
    torch.manual_seed(0)
    batch = {
        "image": torch.rand(HANDS, 1, 128, 96),
        "age_months": torch.rand(HANDS) * 228,
        "sex": torch.randint(0, 2, (HANDS,)),
    }
    steppers = {
        "with batch normalisation": stepper(AgeNet(drop_path=0), batch),
        "norms folded into the convolutions": stepper(norms_folded(AgeNet(drop_path=0)), batch),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steppers}
    for _ in range(ROUNDS):
        for name, step in steppers.items():
            seconds[name] += repeat(step, STEPS).values
    medians = {name: Sample(tuple(values)).median for name, values in seconds.items()}
    first = next(iter(medians.values()))
    print(f"| a step of {HANDS} hands, {torch.get_num_threads()} threads | seconds | against the first |\n| --- | --- | --- |")
    for name, value in medians.items():
        print(f"| {name} | {value:.3f} | {value / first:.2f} |")


if __name__ == "__main__":
    main()
