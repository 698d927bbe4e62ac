"""The desk ends with its last window: nobody has to know that a server runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Patience:
    """Seconds until something without a window is taken for left behind."""

    first: float = 600.0  # nobody has opened the page yet
    kernel: float = 60.0  # a window that is loaded again gets a kernel of its own
    desk: float = 45.0


@dataclass
class Windows:
    """Which kernels have a window, and since when the desk has had none.

    clock: seconds; stop: called once when the desk is to end.
    """

    clock: Callable[[], float]
    stop: Callable[[], None]
    patience: Patience = Patience()
    _alone_since: dict[str, float] = field(default_factory=dict)
    _empty_since: float | None = None
    _was_open: bool = False
    _is_over: bool = False

    def look(self, connections: Mapping[str, int]) -> list[str]:
        """Note who is there; returns kernels whose window is gone for good.

        connections: open connections by kernel.
        """
        now = self.clock()
        if self._empty_since is None:
            self._empty_since = now
        if any(connections.values()):
            self._was_open, self._empty_since = True, now
        self._alone_since = {
            kernel: self._alone_since.get(kernel, now)
            for kernel, count in connections.items()
            if not count
        }
        limit = self.patience.desk if self._was_open else self.patience.first
        if now - self._empty_since >= limit and not self._is_over:
            self._is_over = True
            self.stop()
        # a page that is still being opened has no connection yet
        return [
            kernel
            for kernel, since in self._alone_since.items()
            if now - since >= self.patience.kernel
        ]
