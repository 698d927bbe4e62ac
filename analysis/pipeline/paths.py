"""Where things are, and what is in force there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.importers import Address
from analysis.measures import Measure, read_measures
from analysis.settings import Settings, read_settings

_PACKAGE = Path(__file__).resolve().parents[1]


# File name of each audience's report.
PDF_NAMES: Mapping[str, str] = {"clinician": "progress", "client": "handout"}


@dataclass(frozen=True)
class Paths:
    """The folders of one practice; all may be given on the command line."""

    raw: Path = Path("data/raw")
    processed: Path = Path("data/processed")
    reports: Path = Path("reports")
    settings: Path = Path("settings.toml")
    database: Address | None = None  # instead of the folder of raw exports

    @property
    def demo(self) -> Path:
        """Where the invented practice is written when there is no export."""
        return self.raw.parent / "demo"

    @property
    def forgotten(self) -> Path:
        """The list that keeps forgotten clients out of the next import."""
        return self.raw.parent / "forgotten.json"

    def read_settings(self) -> Settings:
        """The settings in force."""
        return read_settings(self.settings)

    def read_measures(self, settings: Settings) -> Mapping[str, Measure]:
        """Shipped measures and the practice's own."""
        own = settings.measures_folder
        return read_measures(settings.folder / own if own else None)


def notebook_path(name: str, own: str, settings: Settings) -> Path:
    """The analyst's notebook if settings name one, else the folder's, else ours.

    name: file name such as "client_progress.ipynb"; own: path from settings or "".
    """
    if own:
        path = settings.folder / own
        if not path.is_file():
            raise AnalysisError(
                f"The notebook {own} named in settings.toml is not there. Mend the "
                "path in [reports], or remove the line to use the one that comes along."
            )
        return path
    here = Path("notebooks") / name
    return here if here.exists() else shipped_notebooks() / name


def shipped_notebooks() -> Path:
    """The notebooks that come along: of the checkout, or inside an installed wheel."""
    beside = _PACKAGE.parent / "notebooks"
    return beside if beside.is_dir() else _PACKAGE / "_notebooks"


def writable(folder: Path, option: str) -> Path:
    """The folder, made if need be; a clear message where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".cairn-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        raise AnalysisError(
            f"{folder} cannot be written ({problem.strerror}). Give yourself the right "
            f"to write there, free some room, or choose another folder with {option}."
        ) from problem
    return folder
