"""Where an import reads from: a folder of exports, the demo practice, or a database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from analysis import demo, importers
from analysis import state as states
from analysis.measures import Measure
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Tell
from analysis.privacy import Forgotten
from analysis.settings import Settings

DEMO_CLIENTS = 40


@dataclass(frozen=True)
class ImportOptions:
    """What the command line may say about an import."""

    profile: Path | None = None
    day_first: bool | None = None
    timezone: str = ""

    def key(self) -> str:
        """Options that change what is read, as text."""
        profile = states.file_digest(self.profile).hex() if self.profile else ""
        return f"{profile}|{self.day_first}|{self.timezone}"


NOTHING_SAID = ImportOptions()


@dataclass(frozen=True)
class Terms:
    """What an import rests on besides what it reads.

    memory: private folder of what was read before. left_out: clients who were
    forgotten.
    """

    settings: Settings
    measures: Mapping[str, Measure]
    today: date
    options: ImportOptions
    memory: Path
    left_out: Forgotten


class Source(Protocol):
    """What can be read. key: another one where anything in it changed."""

    @property
    def shown(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def is_demo(self) -> bool: ...

    def read(self, terms: Terms) -> importers.Imported: ...


@dataclass(frozen=True)
class FolderSource:
    """A folder of raw exports."""

    raw: Path
    is_demo: bool
    key: str

    @property
    def shown(self) -> str:
        """The folder as it was given."""
        return str(self.raw)

    def read(self, terms: Terms) -> importers.Imported:
        """Read every export in it."""
        return importers.import_folder(
            self.raw,
            settings=terms.settings,
            measures=terms.measures,
            today=terms.today,
            profile=terms.options.profile,
            day_first=terms.options.day_first,
            memory=terms.memory,
            left_out=terms.left_out,
        )


@dataclass(frozen=True)
class DatabaseSource:
    """Tables of a database, pulled already: only so can a change be seen."""

    shown: str
    pulled: importers.Pulled
    is_demo: bool = False

    @property
    def key(self) -> str:
        """Key of the contents, and of where they came from."""
        return states.text_key(self.shown, self.pulled.key)

    def read(self, terms: Terms) -> importers.Imported:
        """Read what was pulled."""
        return importers.import_pulled(
            self.pulled,
            settings=terms.settings,
            measures=terms.measures,
            today=terms.today,
            day_first=terms.options.day_first,
            memory=terms.memory,
            left_out=terms.left_out,
        )


def source_of(
    paths: Paths, measures: Mapping[str, Measure], options: ImportOptions, tell: Tell
) -> Source:
    """The database where one is given, else the folder, else the demo practice."""
    if paths.database is not None:
        tell(f"Reading from {paths.database.shown}.")
        password = importers.password_of(paths.database, os.environ)
        pulled = importers.pull_database(
            paths.database,
            options.profile,
            measures,
            password=password,
            progress=lambda name, number, of: tell(f"  {number + 1} of {of}: {name}"),
        )
        return DatabaseSource(paths.database.shown, pulled)
    raw, is_demo = raw_folder(paths, tell)
    return FolderSource(raw, is_demo, states.folder_key(raw))


def exports_in(folder: Path) -> list[Path]:
    """What may be an export; nothing where there is no folder."""
    return importers.raw_files(folder) if folder.is_dir() else []


def raw_folder(paths: Paths, tell: Tell) -> tuple[Path, bool]:
    """The folder to read and whether it is the demo practice."""
    if exports_in(paths.raw):
        return paths.raw, demo.is_demo(paths.raw)
    tell(
        f"{paths.raw} holds no export: showing the demo practice (invented data). "
        f"Put your exports into {paths.raw} and run again."
    )
    if not exports_in(paths.demo):
        demo.write_demo(paths.demo, clients=DEMO_CLIENTS)
    return paths.demo, True
