"""Measurement of the library in this process after a warm-up, and of the command in separate processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

COMMAND = [sys.executable, "-c", "from openboneage.cli import main; main()", "assess"]
KIB_A_UNIT = 1 / 1024 if sys.platform == "darwin" else 1
"""`ru_maxrss` counts bytes on macOS and KiB elsewhere."""
FINE = (0, 3)
"""Exit codes of a run in which every film was read: all assessed, or some refused."""


@dataclass(frozen=True)
class Sample:
    """Repeated measurements of one quantity."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return float(np.median(self.values))

    @property
    def p95(self) -> float:
        return float(np.quantile(self.values, 0.95))


@dataclass(frozen=True)
class Run:
    """One run of the command.

    Attributes:
        seconds: From start to end.
        core_seconds: Processor time of it and its workers.
        peak_mb: Peak memory of its largest process.
        code: Exit code.
        errors: What it wrote to standard error.
    """

    seconds: float
    core_seconds: float
    peak_mb: float
    code: int
    errors: str


def assess_in_new_process(*arguments: str | Path, codes: Container[int] = FINE) -> Run:
    """Run `boneage assess` and wait for it; an exit code that is not one of `codes` is an error.

    A child's peak counts from before it has become the command, so it is no less than this process was when it started the
    child: measure commands before loading models here.
    """
    start = time.perf_counter()
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = code = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if code not in codes:
        raise RuntimeError(f"boneage assess ended with {code}: {errors[-500:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * KIB_A_UNIT / 1e6 * 1024, code, errors)


def repeat(action: Callable[[], object], times: int, warm_up: int = 2) -> Sample:
    """Time an action after it has run a few times."""
    for _ in range(warm_up):
        action()
    values = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        values.append(time.perf_counter() - start)
    return Sample(tuple(values))


def assess_warm(film: Path, times: int) -> dict[str, Sample]:
    """Seconds of an assessment without occlusion map, by stage and as a whole; of an occlusion map; of the age on one core."""
    import cv2

    from openboneage.assess.assessor import Assessor
    from openboneage.explain.occlusion import occlusion_map

    assessor, stages = Assessor.load(), []
    whole = repeat(lambda: stages.append(assessor.assess(film).seconds), times)
    examination = assessor.examine(film)
    sex = examination.assessment.subject.sex
    occlusion = repeat(lambda: occlusion_map(examination.hand, sex, assessor.estimator), max(times // 6, 3), warm_up=1)
    alone = Assessor.load(threads=1)
    cv2_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        # A copy of the hand each time, as the estimator keeps the answer for the last one.
        one_core = repeat(lambda: alone.estimator.estimate(replace(examination.hand), sex), times)
    finally:
        cv2.setNumThreads(cv2_threads)
    measured = stages[-times:]
    by_stage = {stage: Sample(tuple(each[stage] for each in measured)) for stage in measured[0]}
    before_age = Sample(tuple(sum(each.values()) - each.get("whole_hand", 0.0) for each in measured))
    return {"assessment": whole, **by_stage, "before the age": before_age, "occlusion": occlusion, "one core": one_core}
