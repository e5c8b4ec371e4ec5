"""Many like tasks side by side: in this process, in others here, or on a Dask cluster.

Results come in the order of the tasks, whatever finishes first, so that what is made of them
never hangs on the number of workers.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def spread(
    work: Callable[..., T],
    tasks: Sequence[tuple[Any, ...]],
    *,
    shared: Any = None,
    n_workers: int = 1,
    cluster: str = "",
) -> Iterator[T]:
    """Do the tasks and give their results in order, each as soon as those before it are done.

    Parameters
    ----------
    work
        A function of a module, called with `shared` and then the values of a task.
    shared
        What all tasks need; sent once to every worker of a cluster.
    n_workers
        Processes on this machine; 1 for none but this one.
    cluster
        Address of a Dask scheduler, in place of processes here.
    """
    if not cluster and (n_workers == 1 or len(tasks) < 2):
        for task in tasks:
            yield work(shared, *task)
        return
    if cluster:
        yield from _spread_on_cluster(work, tasks, shared, cluster)
        return
    import joblib

    # A worker that has grown is ended and replaced between two tasks: nobody has to be told.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
    with tempfile.TemporaryDirectory(prefix="wayfare-") as folder:
        path = Path(folder) / "shared.joblib"
        joblib.dump(shared, path)
        calls = [joblib.delayed(_work_from_file)(str(path), work, *task) for task in tasks]
        yield from joblib.Parallel(
            n_jobs=min(n_workers, len(tasks)),
            backend="loky",
            return_as="generator",
            pre_dispatch="2 * n_jobs",
            batch_size=1,
        )(calls)


@lru_cache(maxsize=1)
def _read_shared(path: str) -> Any:
    """Read what all tasks need, once a process; large arrays stay in the file."""
    import joblib

    return joblib.load(path, mmap_mode="r")


def _work_from_file(path: str, work: Callable[..., T], *task: Any) -> T:
    return work(_read_shared(path), *task)


def _spread_on_cluster(
    work: Callable[..., T], tasks: Sequence[tuple[Any, ...]], shared: Any, cluster: str
) -> Iterator[T]:
    from distributed import Client

    with Client(cluster) as client:
        (held,) = client.scatter([shared], broadcast=True, hash=False)
        futures = [client.submit(work, held, *task, pure=False) for task in tasks]
        for future in futures:
            yield future.result()
            future.release()
