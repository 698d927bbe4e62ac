"""Where workers on other machines lay what they made: any storage fsspec knows.

A report lies in a folder named by its key, its receipt written last of all: without a
receipt it is not there. Storage that is gone for a while is waited for.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from analysis.errors import AnalysisError

# Seconds between tries: storage that is away for half a minute stops nobody.
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_RECEIPT = "receipt.json"
Receipt = dict[str, Any]
Done = TypeVar("Done")


class Shelf:
    """A place all machines of a run can reach, as a URL (file, s3, abfs, …)."""

    def __init__(self, url: str, pauses: tuple[float, ...] = _PAUSES) -> None:
        try:
            from fsspec.core import url_to_fs
        except ImportError as problem:
            raise AnalysisError(
                "Several machines need the extra `cluster`: run `pip install "
                '"cairn-outcomes[cluster]"` on each of them.'
            ) from problem
        try:
            self._files, self._root = url_to_fs(url)
        except (ImportError, ValueError) as problem:
            raise AnalysisError(
                f"The storage {url.partition('://')[0]}:// cannot be used: install "
                "its package (s3fs for s3), or give a folder all machines share."
            ) from problem
        self._pauses = pauses

    def receipt(self, key: str) -> Receipt | None:
        """The receipt of a report that was made already, or None."""
        path = f"{self._root}/{key}/{_RECEIPT}"

        def look() -> Receipt | None:
            self._files.invalidate_cache()
            if not self._files.exists(path):
                return None
            found: Receipt = json.loads(self._files.cat_file(path))
            return found

        return self._patiently(look)

    def lay(self, key: str, files: Mapping[str, bytes], receipt: Receipt) -> None:
        """Put a report there, the receipt last."""
        folder = f"{self._root}/{key}"
        whole = {**files, _RECEIPT: json.dumps(receipt).encode("ascii")}

        def put() -> None:
            self._files.makedirs(folder, exist_ok=True)
            for name, content in whole.items():
                self._files.pipe_file(f"{folder}/{name}", content)

        self._patiently(put)

    def take(self, key: str, name: str) -> bytes:
        """One file of a report."""
        path = f"{self._root}/{key}/{name}"
        content: bytes = self._patiently(lambda: self._files.cat_file(path))
        return content

    def clear(self, key: str) -> None:
        """Remove a report that has been fetched: no copy of client data stays."""
        folder = f"{self._root}/{key}"

        def remove() -> None:
            if self._files.exists(folder):
                self._files.rm(folder, recursive=True)

        self._patiently(remove)

    def _patiently(self, act: Callable[[], Done]) -> Done:
        for pause in self._pauses:
            try:
                return act()
            except (OSError, ValueError):  # away, or half a receipt
                time.sleep(pause)
        return act()
