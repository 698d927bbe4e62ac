"""One file looked at: what is read of it now, and drafts of a profile for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.importers.drafting.draft import Draft, Question, Told
from analysis.importers.drafting.guessing import draft_of
from analysis.importers.drafting.preview import Preview, preview_of
from analysis.importers.layout import Rules
from analysis.importers.one_file import OpenedFile, open_path
from analysis.importers.profile import Profile, is_column
from analysis.importers.profile_reading import is_zone, read_profile, read_profiles
from analysis.importers.sheets.headers import names_its_columns
from analysis.importers.sheets.reshaping import flat_sheet
from analysis.importers.sheets.sheet import Document, Sheet
from analysis.importers.systems.prepared import prepared
from analysis.importers.values.vocabulary import vocabulary
from analysis.measures import Measure
from analysis.settings import Settings


@dataclass(frozen=True)
class FileLook:
    """A file, opened. preview: what is read of it with the profiles there are."""

    path: Path
    rules: Rules
    opened: OpenedFile
    preview: Preview

    @property
    def is_read(self) -> bool:
        """Whether the file is read without a further profile."""
        return self.preview.action not in ("reject", "needs_config")

    def draft(self, told: Told, table: int = 1) -> Draft:
        """The draft for one of the file's tables."""
        sheet = self._table(table)
        if not names_its_columns(sheet) and not any(
            map(self.rules.vocabulary.knows, sheet.names)
        ):
            raise AnalysisError(
                f"The first row of {self.path.name} seems to be data. Put a row of "
                "names above it (client_id, date, …) and try again."
            )
        return replace(draft_of(sheet, self.rules, told), name=self.path.stem)

    def wrong(self, question: Question, given: str) -> str:
        """What is wrong with an answer; "" where it can be used, or none was given."""
        key = question.key
        if not given or key == "forms":
            return ""
        if key == "client" and given.lower().startswith("everyone"):
            return ""
        if key in ("client", "date") and is_column(self._table(1).names, given) < 0:
            return "There is no such column."
        if key.startswith("measure:") and given not in self.rules.measures:
            return "There is no such measure (`python -m analysis measures`)."
        if key.startswith("answer:") and not _is_number(given):
            return "It has to be a number."
        if key == "timezone" and not is_zone(given):
            return "It is a name such as Europe/London."
        if (key == "order" or key.startswith("add:")) and given not in question.choices:
            return f"It is one of {', '.join(question.choices)}."
        return ""

    def tried(self, profile: Path) -> Preview:
        """What an import by a profile would read."""
        profiles = (read_profile(profile, self.rules.measures),)
        opened = open_path(self.path, self.path.name, self.rules, profiles)
        return preview_of(opened, self.rules, profiles)

    def _table(self, number: int) -> Sheet:
        sheets = [sheet for part in self.opened.parts for sheet in _sheets(part)]
        if not 1 <= number <= len(sheets):
            raise AnalysisError(
                f"{self.path.name} holds {len(sheets)} table(s) a profile could be "
                "written for. Give one of them with --table."
            )
        return sheets[number - 1]


def look_at(
    path: Path,
    raw: Path,
    settings: Settings,
    measures: Mapping[str, Measure],
    today: date,
) -> FileLook:
    """Open a file and see what is read of it now. raw: where profiles may stand."""
    rules = Rules(measures, vocabulary(measures), today, settings.practice.timezone)
    profiles: Sequence[Profile] = read_profiles(raw, None, measures)
    opened = open_path(path, path.name, rules, profiles)
    if opened.refusal is not None:
        raise AnalysisError(f"The file {path.name} {opened.refusal.text}")
    return FileLook(path, rules, opened, preview_of(opened, rules, profiles))


def _sheets(part: Sheet | Document) -> list[Sheet]:
    if isinstance(part, Sheet):
        return [prepared(part).sheet]
    flat = flat_sheet(part)
    return [] if flat is None else [flat]


def _is_number(text: str) -> bool:
    return text.replace(",", ".").lstrip("-").replace(".", "", 1).isdigit()
