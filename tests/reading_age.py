"""textstat without what it asks of setuptools, which its latest releases have dropped.

textstat 0.7.4 reads its word list through pkg_resources; this stand-in reads the same
file. Later versions of textstat load a word list from the network when they run.
"""

from __future__ import annotations

import io
import sys
from importlib import resources
from types import ModuleType
from typing import BinaryIO


def _stream(package: str, name: str) -> BinaryIO:
    return io.BytesIO(resources.files(package).joinpath(name).read_bytes())


if "pkg_resources" not in sys.modules:
    stand_in = ModuleType("pkg_resources")
    stand_in.resource_stream = _stream  # type: ignore[attr-defined]
    sys.modules["pkg_resources"] = stand_in

from textstat import textstat  # noqa: E402

__all__ = ["textstat"]
