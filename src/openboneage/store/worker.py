"""The worker: takes jobs from the queue and assesses each film in a process of its own.

A film that needs too much memory or time ends its process, not the program. The worker extends the lease of its job while the
process runs.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from openboneage.assess.assessment import Assessment
from openboneage.assess.assessor import Assessor
from openboneage.batch.limits import Limits, within_limits
from openboneage.batch.pool import ProcessPool
from openboneage.errors import BoneAgeError, WorkerLostError
from openboneage.reading.read import UPLOAD_NAME, read
from openboneage.store import attention, jobs
from openboneage.store.jobs import LEASE_SECONDS, Deliveries, Job
from openboneage.store.store import Store
from openboneage.subject import Sex

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerSettings:
    """How a worker works.

    Attributes:
        models: Set of models, see `Assessor.load`.
        processes: Films that are assessed at once.
        with_map: Whether the occlusion map is made too.
        poll_seconds: Pause before the queue is looked at again when it was empty.
        deliveries: Names the deliveries to add when a film is assessed.
        owner: Name of the program in its leases, for `jobs.release`; empty where several programs of a name may run.
    """

    models: str | None = None
    processes: int = 1
    with_map: bool = True
    poll_seconds: float = 0.5
    deliveries: Deliveries | None = None
    owner: str = ""


class Worker:
    """Takes jobs until it is stopped; a context manager that runs it in threads."""

    def __init__(self, store: Store, settings: WorkerSettings) -> None:
        """Keep store and settings; entering the context starts the threads."""
        self._store = store
        self._settings = settings
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Worker:
        """Start to work."""
        self._threads = [threading.Thread(target=self._work) for _ in range(self._settings.processes)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop when the films in work are done; those of a killed worker are taken up by the next one."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        """Work until stopped; an unexpected error costs the job that it happened on, not the worker."""
        while not self._stopped.is_set():
            hand = _Hand(self._store, self._settings, self._stopped)
            try:
                hand.run()
            except Exception as error:
                log.error("A worker was interrupted by %s and starts again.", type(error).__name__)
                hand.drop()
                self._stopped.wait(self._settings.poll_seconds)


@dataclass(frozen=True)
class _Task:
    """What the process needs to know."""

    path: Path
    name: str
    sex: Sex | None
    age_months: float | None


@dataclass(frozen=True)
class _Result:
    """The assessment as JSON values and the file with its map, or why there is none."""

    assessment: dict[str, Any] | None = None
    attention: bytes | None = None
    error: str = ""


class _Hand:
    """One thread of a worker with one process."""

    def __init__(self, store: Store, settings: WorkerSettings, stopped: threading.Event) -> None:
        self._store = store
        self._settings = settings
        self._stopped = stopped
        self._over = threading.Event()
        self._job: Job | None = None

    def run(self) -> None:
        """Assess films until stopped."""
        function: Callable[[_Task], _Result] = partial(_assess, self._settings.models, self._settings.with_map)
        threading.Thread(target=self._keep_lease, daemon=True).start()
        try:
            with closing(ProcessPool(1).run(partial(within_limits, Limits(), function), self._tasks())) as outcomes:
                for outcome in outcomes:
                    self._store_result(outcome.result)
        finally:
            self._over.set()

    def drop(self) -> None:
        """Fail the job that an unexpected error happened on."""
        if self._job is not None:
            jobs.fail(self._store, self._job, "The assessment ended with an unexpected error; the log names its kind.")
            self._job = None

    def _tasks(self) -> Iterator[_Task]:
        while not self._stopped.is_set():
            self._job = jobs.take(self._store, owner=self._settings.owner)
            if self._job is None:
                self._stopped.wait(self._settings.poll_seconds)
                continue
            film = self._job.film
            yield _Task(self._store.files.path_of(film.sha256).absolute(), film.name, film.entered_sex, film.entered_age_months)

    def _store_result(self, result: _Result | WorkerLostError) -> None:
        job = self._job
        if job is None:
            return
        if isinstance(result, WorkerLostError):
            jobs.fail(self._store, job, str(result))
        elif result.assessment is None:
            jobs.fail(self._store, job, result.error)
        else:
            assessment = Assessment.model_validate(result.assessment)
            jobs.finish(self._store, job, assessment, result.attention, self._settings.deliveries)
        self._job = None

    def _keep_lease(self) -> None:
        while not self._over.wait(LEASE_SECONDS / 4):
            if (job := self._job) is not None:
                jobs.extend(self._store, job)


def _assess(models: str | None, with_map: bool, task: _Task) -> _Result:
    """Assess a film; runs in a process of the pool."""
    try:
        assessor = _assessor(models)
        film = read(task.path, name=task.name or UPLOAD_NAME)
        examination = assessor.examine_radiograph(film, task.sex, task.age_months)
        found = examination.assessment
        drawn = None
        if with_map and found.answers:
            from openboneage.explain.occlusion import occlusion_map

            drawn = attention.to_bytes(occlusion_map(examination.hand, found.subject.sex, assessor.estimator))
        return _Result(found.to_json(), drawn)
    except BoneAgeError as error:
        return _Result(error=str(error))
    except MemoryError:
        return _Result(error="There is not enough memory for this film; export it smaller.")


@cache
def _assessor(models: str | None) -> Assessor:
    """The assessor of this process."""
    return Assessor.load(models, threads=1)
