"""`boneage evaluate`: accuracy on films that the models were not trained on, as Markdown tables."""

from __future__ import annotations

import typer

from openboneage.cli.evaluate.accuracy import ages, answers, compare, limits, risk
from openboneage.cli.evaluate.finder import mask, polarity, pose, quality
from openboneage.cli.evaluate.robustness import damage, repeat, resolution, stress

evaluate = typer.Typer(help="Measure the program on films that it was not trained on.", no_args_is_help=True)
for command in (ages, compare, risk, answers, limits, stress, damage, repeat, resolution, polarity, mask, pose, quality):
    evaluate.command()(command)
