"""settings.toml as one frozen record: read once, unknown keys refused, handed down."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.errors import AnalysisError


@dataclass(frozen=True)
class Practice:
    """Who the reports come from and how they look."""

    name: str = "My practice"  # as printed on every page
    logo: str = ""  # SVG or PNG, path relative to settings.toml
    accent: str = ""  # hex colour of heads; one too pale to read is refused
    footer: str = ""  # a short line at the foot of every client page
    # Folder with further fonts (TTF, OTF) for scripts the shipped ones lack, relative
    # to settings.toml. Without a glyph a letter is printed as □, and told.
    fonts: str = ""
    archival: bool = False  # PDFs for archives as well: PDF/A-2a beside PDF/UA-1
    # What the handout's safety box says: your own numbers.
    crisis_text: str = (
        "Call your local emergency number now. "
        "You do not have to wait for your next session."
    )
    timezone: str = "Europe/London"  # the day of a score is the clinic's day
    locale: str = "en_GB"  # dates and numbers
    paper: str = "A4"  # A4 or Letter
    week_start: str = "monday"  # monday, sunday or saturday


@dataclass(frozen=True)
class Thresholds:
    """Every threshold a practice may move; each default carries its reason."""

    # Days without any contact after which an episode has ended.
    episode_gap_days: int = 90
    # A line through three scores says nothing: a trend needs so many, over so long.
    trend_min_scores: int = 4
    trend_min_weeks: float = 3.0
    # Slower than a reliable change in so many weeks counts as flat.
    flat_weeks_per_reliable_change: float = 24.0
    # Chance a status has to clear, set on the simulator (docs/validation.md): more
    # likely than not with a margin. Of those called improving or worsening four in
    # five are; 8 % of flat clients are called improving, 2 % worsening.
    improving: float = 0.60
    worsening: float = 0.60
    # Chance of a plateau: at most 5 % of truly improving clients are called level.
    plateau_flat: float = 0.835
    # Chance of a plateau graded strong: at most 1 % of truly improving clients.
    plateau_strong: float = 0.90
    # A plateau is a stretch of at least so many weeks and scores.
    plateau_min_weeks: float = 4.0
    plateau_min_scores: int = 4
    # Likelihood ratio of a step for the worse: at most 5 % of stable clients are
    # flagged within 12 sessions (docs/validation.md).
    setback: float = 3.1
    # A setback in the first weeks is an early dip: common, and often harmless.
    early_dip_weeks: float = 4.0
    # Overdue after so many usual intervals without a score.
    overdue_intervals: float = 2.0
    # Points of the session rating lost since the session before that are worth a look.
    alliance_drop: float = 1.0
    # Share of expected scores missing above which page one says so.
    missing_share: float = 0.2
    # In what leaves the practice, counts from 1 to one less than this are starred.
    suppress_cells_below: int = 8
    # No rate by clinician or programme under this many.
    suppress_rates_below: int = 20


@dataclass(frozen=True)
class ReportSettings:
    """What is made each month."""

    audiences: tuple[str, ...] = ("clinician", "client")  # whose reports are made
    caseload_rule: str = "nhs"  # how several measures become one outcome: nhs or corc
    encrypt: bool = False  # also write AES-256 copies for handing out (deliver)
    client_notebook: str = ""  # an analyst's own notebook instead of ours
    caseload_notebook: str = ""  # the same for the caseload report


@dataclass(frozen=True)
class Privacy:
    """How long clients' data are kept."""

    # Months after the last contact; 0 means no limit. `check` says who is past it, and
    # `forget --overdue` removes them: nothing is ever removed unasked.
    keep_months: int = 0


@dataclass(frozen=True)
class Settings:
    """All settings in force, with where they were read."""

    practice: Practice = field(default_factory=Practice)
    clinicians: Mapping[str, str] = field(default_factory=dict)
    intervals: Mapping[str, int] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    reports: ReportSettings = field(default_factory=ReportSettings)
    privacy: Privacy = field(default_factory=Privacy)
    measures_folder: str = ""
    folder: Path = Path()  # relative paths in settings start here

    def without_place(self) -> Settings:
        """The same settings wherever their file stands: what keys are made of.

        How long clients are kept changes no number and no page.
        """
        return dataclasses.replace(self, folder=Path(), privacy=Privacy())

    def clinician_name(self, clinician_id: str) -> str:
        """Display name of a clinician; the id where none is given."""
        return self.clinicians.get(clinician_id, clinician_id)


_ALLOWED = {
    ("practice", "paper"): ("A4", "Letter"),
    ("practice", "week_start"): ("monday", "sunday", "saturday"),
    ("reports", "caseload_rule"): ("nhs", "corc"),
}
# Days of a long life; more would leave the calendar.
_LARGEST = 40_000
_MOST_MONTHS = 1_200
_SECTIONS = (
    *("practice", "clinicians", "intervals", "thresholds", "reports", "privacy"),
    "measures",
)


def read_settings(path: Path) -> Settings:
    """Read settings.toml; a missing file means the defaults.

    Raises AnalysisError with every problem at once: unknown section or key, wrong
    kind of value, value not allowed.
    """
    if not path.exists():
        return Settings(folder=path.parent)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise AnalysisError(
            f"{path} cannot be read: {problem}. Mend that line, or rename the file to "
            "go on with the defaults."
        ) from problem
    problems = [f"unknown section [{name}]" for name in raw if name not in _SECTIONS]
    practice = _section(Practice, raw, "practice", problems)
    thresholds = _section(Thresholds, raw, "thresholds", problems)
    reports = _section(ReportSettings, raw, "reports", problems)
    privacy = _section(Privacy, raw, "privacy", problems)
    if not 0 <= privacy.keep_months <= _MOST_MONTHS:
        problems.append(
            f"keep_months in [privacy] must lie between 0 and {_MOST_MONTHS}"
        )
    problems += _bad_thresholds(thresholds)
    problems += _bad_names(raw.get("clinicians", {}), raw.get("intervals", {}))
    problems += [
        f"unknown key {k} in [measures]"
        for k in raw.get("measures", {})
        if k != "folder"
    ]
    problems += _bad_choices(practice, reports)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(
            f"{path} has {len(problems)} problem(s):\n{listed}\n"
            "What may stand there is listed in docs/settings.md."
        )
    return Settings(
        practice=practice,
        clinicians=dict(raw.get("clinicians", {})),
        intervals=dict(raw.get("intervals", {})),
        thresholds=thresholds,
        reports=reports,
        privacy=privacy,
        measures_folder=str(raw.get("measures", {}).get("folder", "")),
        folder=path.parent,
    )


def _section(kind: type, raw: dict[str, Any], name: str, problems: list[str]) -> Any:
    given = raw.get(name, {})
    if not isinstance(given, dict):
        problems.append(f"{name} must be a section [{name}]")
        return kind()
    default = kind()
    good = {}
    for key, value in given.items():
        if key not in {f.name for f in dataclasses.fields(kind)}:
            problems.append(f"unknown key {key} in [{name}]")
            continue
        expected = getattr(default, key)
        if isinstance(expected, tuple):
            value = tuple(value) if isinstance(value, list) else value
        elif isinstance(expected, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(expected):
            wanted = f"{_WORDS[type(expected)]}, as in {expected!r}"
            problems.append(f"{key} in [{name}] must be {wanted}")
            continue
        good[key] = value
    return kind(**good)


_WORDS = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple: "a list",
}


def _bad_thresholds(thresholds: Thresholds) -> list[str]:
    return [
        f"{name} in [thresholds] must lie between 0 and {_LARGEST:,}"
        for name, value in dataclasses.asdict(thresholds).items()
        if not 0 <= value <= _LARGEST  # nor is nan a number
    ]


def _bad_names(clinicians: Any, intervals: Any) -> list[str]:
    problems = []
    if not isinstance(clinicians, dict) or not all(
        isinstance(name, str) for name in clinicians.values()
    ):
        problems.append('[clinicians] takes lines such as "C-01" = "M. Okafor"')
    if not isinstance(intervals, dict) or not all(
        type(days) is int and 0 < days <= _LARGEST for days in intervals.values()
    ):
        problems.append("[intervals] takes whole days above 0, such as phq9 = 7")
    return problems


def _bad_choices(practice: Practice, reports: ReportSettings) -> list[str]:
    problems = []
    for (section, key), allowed in _ALLOWED.items():
        value = getattr(practice if section == "practice" else reports, key)
        if value not in allowed:
            problems.append(f"{key} in [{section}] must be one of {', '.join(allowed)}")
    extra = set(reports.audiences) - {"clinician", "client"}
    if extra or not reports.audiences:
        problems.append("audiences in [reports] takes clinician, client or both")
    try:
        ZoneInfo(practice.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append("timezone in [practice] must be a name such as Europe/London")
    return problems
