"""Choose an executor by options."""

from __future__ import annotations

from openboneage.batch.executor import Executor, InProcess

LOCAL_CLUSTER = "local"


def executor_of(jobs: int, dask: str | None = None) -> Executor:
    """Return the executor for these options.

    Args:
        jobs: Processes on this machine; one job runs in this process.
        dask: Address of a Dask scheduler, such as `tcp://host:8786`; `local` starts a cluster of `jobs` processes.

    Raises:
        InputError: Dask is not installed.
    """
    if dask is not None:
        from openboneage.batch.dask import DaskCluster

        return DaskCluster(jobs) if dask == LOCAL_CLUSTER else DaskCluster(address=dask)
    if jobs == 1:
        return InProcess()
    from openboneage.batch.pool import ProcessPool

    return ProcessPool(jobs)
