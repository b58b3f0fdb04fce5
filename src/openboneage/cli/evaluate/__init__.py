"""`boneage evaluate`: accuracy on films that the models were not trained on, as Markdown tables; a page from predictions."""

from __future__ import annotations

import typer

from openboneage.cli.evaluate.accuracy import ages, answers, compare, limits, risk
from openboneage.cli.evaluate.attention import attention
from openboneage.cli.evaluate.bones import bones, carpals, cortex, epiphyses, stages
from openboneage.cli.evaluate.finder import mask, mask_stress, polarity, pose, quality
from openboneage.cli.evaluate.report import report
from openboneage.cli.evaluate.robustness import damage, repeat, resolution, stress

evaluate = typer.Typer(help="Measure the program on films that it was not trained on.", no_args_is_help=True)
COMMANDS = (
    *(ages, compare, risk, answers, limits, report, attention),
    *(stress, damage, repeat, resolution),
    *(polarity, mask, mask_stress, pose, quality, bones, epiphyses, carpals, cortex, stages),
)
for command in COMMANDS:
    evaluate.command()(command)
