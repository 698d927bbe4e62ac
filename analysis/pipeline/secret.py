"""The practice's secret key: made once, kept outside the project."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from analysis.errors import AnalysisError

# Names another place for the key, such as a drive that two machines share.
KEY_VARIABLE = "CAIRN_KEY_FILE"
_BYTES = 32


def key_path() -> Path:
    """Where the key stands: in the user's own settings, not in the project."""
    named = os.environ.get(KEY_VARIABLE, "")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "cairn" / "key"
    config = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(config) if config else Path.home() / ".config") / "cairn" / "key"


def read_key() -> bytes:
    """The key, or b"" where none was made yet."""
    path = key_path()
    _refuse_readable(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return b""
    except (ValueError, OSError) as problem:
        raise AnalysisError(
            f"The key in {path} cannot be read. Put it back from a backup: pseudonyms "
            "and the list of forgotten clients hang on it."
        ) from problem
    if len(key) < _BYTES:
        raise AnalysisError(f"The key in {path} is too short. Put back the right one.")
    return key


def _refuse_readable(path: Path) -> None:
    """A key that others on the machine can read is none."""
    if sys.platform != "win32" and path.exists() and path.stat().st_mode & 0o077:
        raise AnalysisError(
            f"Others on this machine can read the key in {path}. Take that right from "
            f"them: chmod 600 {path}"
        )


def key_for(project: Path) -> bytes:
    """The key, made on first use (0600). project: a folder it must not stand in."""
    path = key_path()
    folder = project.resolve()
    # whoever works in the home folder itself has no project around the key
    is_home = Path.home().is_relative_to(folder)
    if path.resolve().is_relative_to(folder) and not is_home:
        raise AnalysisError(
            f"{path} stands inside the project: whoever gets the tables would get the "
            f"key with them. Name another place in {KEY_VARIABLE}."
        )
    known = read_key()
    if known:
        return known
    key = secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
    except OSError as problem:
        raise AnalysisError(
            f"No key could be written to {path} ({problem.strerror}). Name another "
            f"place in {KEY_VARIABLE}."
        ) from problem
    return key
