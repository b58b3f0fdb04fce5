"""Error as a function of the share of films refused, the widest intervals first.

Source: risk-coverage curves and the area under them (AURC), Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty Estimation
for Deep Neural Classifiers", ICLR 2019.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openboneage.errors import InputError
from openboneage.evaluate.ages import Reading, answered, columns
from openboneage.evaluate.metrics import Ages, percent, to_markdown

REFUSED_SHARES = (0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
LARGE_MONTHS = (24, 36)


def risk_report(readings: Sequence[Reading]) -> str:
    """The tables, and the share of refusals needed to avoid large errors, as Markdown.

    Raises:
        InputError: The program answers none of the films.
    """
    widths, errors = widest_first(readings)
    if not len(errors):
        raise InputError(f"Expected films with an answer, but all {len(readings)} were refused.")
    needs = " ".join(refusals_needed(widths, errors, months) for months in LARGE_MONTHS)
    return f"{risk_table(widths, errors)}\n\n{order_table(errors)}\n\n{needs}"


def widest_first(readings: Sequence[Reading]) -> tuple[Ages, Ages]:
    """Widths of the intervals and absolute errors in months, of the films that the program answers, the widest first."""
    read, estimated, low, high = columns(answered(readings)).T
    widths, errors = high - low, np.abs(estimated - read)
    order = np.argsort(-widths, kind="stable")
    return widths[order], errors[order]


def risk_table(widths: Ages, errors: Ages) -> str:
    """Error of the remaining films when a share is refused, the widest intervals first."""
    header = ("refused", "n", "MAE", "RMSE", "> 12", "> 24 months", "largest error", "widest interval")
    rows = []
    for share in REFUSED_SHARES:
        refused = round(share * len(errors))
        left = errors[refused:]
        rows.append([
            percent(share, 0), str(len(left)), f"{left.mean():.2f}", f"{np.sqrt((left**2).mean()):.2f}",
            percent((left > 12).mean()), percent((left > 24).mean()), f"{left.max():.1f}", f"{widths[refused]:.1f}",
        ])  # fmt: skip
    return to_markdown(header, rows)


def order_table(errors: Ages) -> str:
    """Area under the risk-coverage curve for the order given, widest first, between the best and a random one."""
    given, best, random = area(errors), area(np.sort(errors)[::-1]), float(errors.mean())
    gained = (random - given) / (random - best) if random > best else 0.0
    rows = [
        ["largest error first (optimal)", f"{best:.2f}", percent(1, 0)],
        ["widest interval first", f"{given:.2f}", percent(gained, 0)],
        ["random", f"{random:.2f}", percent(0, 0)],
    ]
    return to_markdown(("order of refusal", "area under the risk-coverage curve, months", "share of the optimal gain"), rows)


def area(errors: Ages) -> float:
    """Mean, over every number of films kept, of the MAE in months; films are refused in the order given.

    In random order the expected value of each of these MAEs is the MAE of all films, and so is the area.
    """
    kept_first = errors[::-1]
    return float((np.cumsum(kept_first) / np.arange(1, len(errors) + 1)).mean())


def refusals_needed(widths: Ages, errors: Ages, months: float) -> str:
    """How many films must be refused, the widest first, to leave no error over that many months."""
    large = np.flatnonzero(errors > months)
    if not len(large):
        return f"No error is over {months} months."
    refused = int(large[-1]) + 1
    return (
        f"To leave none of the {len(large)} errors over {months} months, {percent(refused / len(errors))} of the films "
        f"must be refused: those with an interval of {widths[refused - 1]:.1f} months or more."
    )
