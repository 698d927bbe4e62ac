"""Google Forms, Microsoft Forms, SurveyMonkey: question texts as names of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.importers.layout import NONE, Layout, Plan, Rules, When
from analysis.importers.sheets.reshaping import renamed, without_top
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.systems.plain import refuse_without, wide_plan
from analysis.importers.values.vocabulary import plain
from analysis.importers.values.wording import fields_by_wording

# The first column of a sheet of answers, by language of the account.
_TIMESTAMPS = frozenset(
    (
        "timestamp",
        "zeitstempel",
        "horodateur",
        "marca_temporal",
        "tijdstempel",
        "informazioni_cronologiche",
        "carimbo_de_data_hora",
        "sygnatura_czasowa",
    )
)
_MICROSOFT = ("start_time", "completion_time")
_MONKEY = ("respondent_id", "collector_id")
# Of the older exports and the newer ones; the end of a response goes first.
_MONKEY_DATES = ("end_date", "date_modified", "start_date", "date_created")


def google(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of a Google form's sheet, or None where it is none."""
    names = [plain(name) for name in sheet.names]
    if not names or names[0] not in _TIMESTAMPS:
        return None
    return _plan(sheet, rules, "Google Forms", 0, skip=())


def microsoft(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of a Microsoft form's workbook, or None where it is none.

    Its ID counts the answers and names nobody.
    """
    names = [plain(name) for name in sheet.names]
    if not all(name in names for name in _MICROSOFT):
        return None
    extra = [n for n in names if n.startswith(("points_", "feedback_"))]
    skip = ("id", "email", "name", "last_modified_time", "language", *extra)
    day = names.index("completion_time")
    return _plan(sheet, rules, "Microsoft Forms", day, skip=skip)


def surveymonkey(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of a SurveyMonkey export with its two header rows, or None."""
    made = joined_headers(sheet)
    if made is None:
        return None
    names = [plain(name) for name in sheet.names]
    day = next((names.index(n) for n in _MONKEY_DATES if n in names), NONE)
    skip = ("respondent_id", "collector_id", *_MONKEY_DATES)
    return _plan(made, rules, "SurveyMonkey", day, skip=skip)


def joined_headers(sheet: Sheet) -> Sheet | None:
    """A SurveyMonkey export with its two header rows as one; None for other sheets."""
    names = [plain(name) for name in sheet.names]
    if not all(name in names for name in _MONKEY):
        return None
    top = sheet.cells(0) if len(sheet.rows) else []
    if not top or top[names.index("respondent_id")].strip():
        return sheet
    return renamed(without_top(sheet, 1), _joined(sheet.names, top))


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Question and line as one name; a question stands over its first line only."""
    joined = []
    above = ""
    for top, below in zip(upper, lower, strict=True):
        above = top.strip() or above
        is_plain = below.strip().casefold() in ("", "response", "open-ended response")
        joined.append(above if is_plain else f"{above} [{below.strip()}]")
    return joined


def _plan(
    sheet: Sheet, rules: Rules, name: str, day: int, *, skip: Sequence[str]
) -> Plan | Refusal | None:
    words = rules.vocabulary
    others = ["" if plain(n) in skip else n for n in sheet.names]
    fields = words.fields_of(others) or fields_by_wording(others, rules.measures)
    if not fields:
        return None
    client = words.role("client_id", others)
    if client == NONE or day == NONE:
        absent = "client" if day != NONE else "date"
        return replace(refuse_without(sheet, [absent]), sheet=sheet)
    plan = wide_plan(sheet, fields, rules, Layout(name, client=client, when=When(day)))
    return replace(plan, sheet=sheet) if isinstance(plan, Refusal) else plan
