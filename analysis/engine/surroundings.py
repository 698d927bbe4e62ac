"""The environment variables under which notebooks run, the same for every engine."""

from __future__ import annotations

import os
import sysconfig
import tempfile
from pathlib import Path

_FIXED: dict[str, str] = {
    # One thread for arithmetic: reports are made side by side, and sums that are split
    # among threads differ in their last digit from machine to machine.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # pyarrow's allocator starts a thread at import, which would forbid forking.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # The order of a set would otherwise differ from process to process.
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    # Figures go into the notebook, also where the caller chose otherwise.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
# What starts notebooks' Python processes from the outside is no business of theirs.
_DROPPED = ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONBREAKPOINT", "JPY_SESSION_NAME")


def environment() -> dict[str, str]:
    """The caller's environment with what makes reports repeatable."""
    kept = {name: text for name, text in os.environ.items() if name not in _DROPPED}
    return kept | _python_path(kept.get("PYTHONPATH", "")) | _FIXED


def _python_path(given: str) -> dict[str, str]:
    """Let notebooks import the very package that is running, also uninstalled."""
    root = str(Path(__file__).resolve().parents[2])
    if root in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        return {}
    # the processes start elsewhere, so that relative parts would be lost
    parts = [os.path.abspath(part) for part in given.split(os.pathsep) if part]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys([*parts, root]))}


def move_into(temporary: Path) -> None:
    """Lead everything temporary of this process into one report's own folder."""
    os.environ.update(_private(temporary))
    tempfile.tempdir = None  # the folder is remembered; have it asked for again


def _private(temporary: Path) -> dict[str, str]:
    here = str(temporary)
    names = ("TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR")
    return dict.fromkeys(names, here)
