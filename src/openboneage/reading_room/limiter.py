"""A limit on failed logins, for each user name and for each address."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field

WINDOW_SECONDS = 15 * 60.0
TRIES_OF_NAME = 5
TRIES_OF_ADDRESS = 30
MAX_KEYS = 10_000


@dataclass(eq=False)
class LoginLimiter:
    """Counts failed logins in memory; a restart forgets them."""

    _failures: dict[tuple[str, str], deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_allowed(self, username: str, address: str) -> bool:
        """Whether another try is allowed."""
        with self._lock:
            name, place = self._recent("name", username), self._recent("address", address)
            return len(name) < TRIES_OF_NAME and len(place) < TRIES_OF_ADDRESS

    def failed(self, username: str, address: str) -> None:
        """Count a failed login."""
        with self._lock:
            if len(self._failures) > MAX_KEYS:
                self._failures.clear()
            for key in (("name", username), ("address", address)):
                self._failures.setdefault(key, deque()).append(time.monotonic())

    def succeeded(self, username: str) -> None:
        """Forget the failures of a user name."""
        with self._lock:
            self._failures.pop(("name", username), None)

    def _recent(self, kind: str, value: str) -> deque[float]:
        times = self._failures.get((kind, value), deque())
        while times and times[0] < time.monotonic() - WINDOW_SECONDS:
            times.popleft()
        return times
