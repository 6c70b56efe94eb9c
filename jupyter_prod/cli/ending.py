"""How long work ends when it is told to: what it has started and laid down goes first."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

INTERRUPTED = 130

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP

Result = TypeVar("Result")

_at_work = False


@contextlib.contextmanager
def ending_cleanly() -> Iterator[None]:
    """Makes SIGTERM and a closed terminal end the block as Ctrl-C does; no second signal cuts its clearing up short.

    What is ignored already (SIGHUP under nohup) stays so. Does nothing outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.getsignal(one) for one in SIGNALS}
    for one, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(one, _interrupt)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


def prepare_worker() -> None:
    """Makes a process of a pool end on a signal: at once where it waits, else when its work has cleared up."""
    for one in SIGNALS:
        signal.signal(one, _end_worker)


def _end_worker(number: int, frame: FrameType | None) -> None:
    if not _at_work:
        os._exit(INTERRUPTED)
    _interrupt(number, frame)


def in_worker(work: Callable[[], Result]) -> Result:
    """Does work in a process that `prepare_worker` has prepared. An interrupt ends the process with it."""
    global _at_work
    _at_work = True
    try:
        return work()
    except KeyboardInterrupt:  # the pool would go on with the next piece of work
        os._exit(INTERRUPTED)
    finally:
        _at_work = False
