"""A report's whole input in one piece, for a machine that shares no disk with us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

# Stands in parameters for the folder a parcel is unpacked to.
HERE = "{parcel}"
NOTEBOOK = "notebook.ipynb"


@dataclass(frozen=True)
class Parcel:
    """Files by their path in the parcel, and parameters that may begin with HERE."""

    job: str
    key: str
    parameters: Mapping[str, Any]
    files: Mapping[str, bytes]

    def unpack(self, folder: Path) -> Mapping[str, Any]:
        """Write the files below a folder; return the parameters as they are there."""
        for name, content in self.files.items():
            path = folder.joinpath(*PurePosixPath(name).parts)
            if not path.resolve().is_relative_to(folder.resolve()):
                raise ValueError("a parcel leads out of its folder")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return {name: _placed(value, folder) for name, value in self.parameters.items()}


def _placed(value: Any, folder: Path) -> Any:
    if isinstance(value, str) and value.startswith(HERE):
        return str(folder) + value.removeprefix(HERE)
    return value
