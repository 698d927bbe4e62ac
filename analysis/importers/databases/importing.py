"""A database to tidy tables: pulled as text, then read as files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.importers.all_files import Progress, RawFile, read_all
from analysis.importers.databases.address import Address
from analysis.importers.databases.asking import pull
from analysis.importers.databases.queries import read_database_profile
from analysis.importers.folder import Imported, put_together
from analysis.importers.keeping.left_out import LeftOut
from analysis.importers.layout import Rules
from analysis.importers.one_file import OpenedFile
from analysis.importers.profile import Profile
from analysis.importers.profile_reading import read_shipped
from analysis.importers.values.vocabulary import vocabulary
from analysis.measures import Measure
from analysis.settings import Settings
from analysis.state import text_key


@dataclass(frozen=True)
class Pulled:
    """Tables of a database as they stood at one moment."""

    opened: tuple[OpenedFile, ...]
    mappings: tuple[Profile, ...]

    @property
    def key(self) -> str:
        """SHA-256 over names and contents: another one where anything changed."""
        refused = [one.refusal.text if one.refusal else "" for one in self.opened]
        parts = zip(self.opened, refused, strict=True)
        return text_key(*(f"{one.file} {one.digest} {why}" for one, why in parts))


def pull_database(
    address: Address,
    profile: Path | None,
    measures: Mapping[str, Measure],
    *,
    password: str = "",
    progress: Progress | None = None,
) -> Pulled:
    """Ask for everything that the profile names. Raises AnalysisError."""
    wanted = read_database_profile(profile, measures)
    opened = pull(address, wanted.queries, password, progress)
    return Pulled(tuple(opened), wanted.mappings)


def import_pulled(
    pulled: Pulled,
    *,
    settings: Settings,
    measures: Mapping[str, Measure],
    today: date,
    day_first: bool | None = None,
    memory: Path | None = None,
    left_out: LeftOut | None = None,
) -> Imported:
    """Read what was pulled, as import_folder reads files."""
    zone = settings.practice.timezone
    rules = Rules(measures, vocabulary(measures), today, zone, day_first)
    files = [RawFile(Path(one.file), one.file, opened=one) for one in pulled.opened]
    profiles = (*pulled.mappings, *read_shipped(measures))
    kept = None if left_out else memory  # the memory would hold who was forgotten
    return put_together(read_all(files, rules, profiles, kept, None), left_out)
