"""Silence libraries while they read: their warnings may quote a patient's data.

Silencing changes process-wide state (a logger's level, warning filters), so holders are counted: the first one sets it, the
last one restores it, and concurrent threads share it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from openboneage.errors import BoneAgeError, UnreadableError

Undo = Callable[[], None]
_STDERR = 2


class Silence:
    """A context manager that many threads may hold at once."""

    def __init__(self, begin: Callable[[], Undo]) -> None:
        """Keep `begin`, which silences a library and returns the function that undoes it."""
        self._begin = begin
        self._lock = threading.Lock()
        self._holders = 0
        self._undo: Undo | None = None

    def __enter__(self) -> None:
        """Silence the library unless another holder already has."""
        with self._lock:
            if self._holders == 0:
                self._undo = self._begin()
            self._holders += 1

    def __exit__(self, *exception: object) -> None:
        """Restore the library's output when the last holder leaves."""
        with self._lock:
            self._holders -= 1
            if self._holders == 0 and self._undo is not None:
                self._undo()
                self._undo = None


def _silence_pydicom() -> Undo:
    from pydicom import config

    logger = logging.getLogger("pydicom")
    level, mode = logger.level, config.settings.reading_validation_mode
    logger.setLevel(logging.CRITICAL + 1)  # children log through their own loggers, which inherit this level
    config.settings.reading_validation_mode = config.IGNORE
    catcher = warnings.catch_warnings()
    catcher.__enter__()
    warnings.filterwarnings("ignore", module=r"pydicom(\..*)?$")

    def undo() -> None:
        catcher.__exit__(None, None, None)
        config.settings.reading_validation_mode = mode
        logger.setLevel(level)

    return undo


def _silence_opencv() -> Undo:
    from cv2.utils import logging as opencv_logging

    level = opencv_logging.getLogLevel()
    opencv_logging.setLogLevel(opencv_logging.LOG_LEVEL_SILENT)
    restore_stderr = _silence_stderr()

    def undo() -> None:
        restore_stderr()
        opencv_logging.setLogLevel(level)

    return undo


def _silence_stderr() -> Undo:
    """Redirect the file descriptor of standard error to the null device: libpng writes to it directly."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # standard error is closed
        return lambda: None
    if sys.stderr is not None:
        sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    os.close(nowhere)

    def undo() -> None:
        os.dup2(kept, _STDERR)
        os.close(kept)

    return undo


quiet_pydicom = Silence(_silence_pydicom)
quiet_opencv = Silence(_silence_opencv)


@contextmanager
def unreadable_if_it_fails(what: str) -> Iterator[None]:
    """Turn any exception of a library into an `UnreadableError` whose text quotes nothing from the file.

    Args:
        what: What is being read, for the message: `the DICOM header`.

    Raises:
        UnreadableError: The block raised anything but a `BoneAgeError`.
    """
    try:
        yield
    except BoneAgeError:
        raise
    except MemoryError:
        raise UnreadableError(f"There is not enough memory for {what}; export the film smaller, or use fewer jobs.") from None
    except Exception as error:
        raise UnreadableError(
            f"Expected {what} that can be decoded, got damaged or unsupported data ({type(error).__name__}); "
            "export the film again."
        ) from None
