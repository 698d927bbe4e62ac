"""Any flat file with a mapping profile."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from analysis.importers.layout import (
    NONE,
    Form,
    Layout,
    Long,
    Plan,
    Recognised,
    Rules,
    Since,
    When,
)
from analysis.importers.profile import FormMapping, Profile, is_column
from analysis.importers.sheets.headers import names_its_columns
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.systems.plain import FACTS, finished
from analysis.importers.systems.prepared import Prepared, prepared
from analysis.importers.systems.wide_forms import listed
from analysis.importers.values.answers import AnswerRules
from analysis.importers.values.wording import answer_words

# Stands in the names of columns for the names of [occasions].
_OCCASION = "{occasion}"


@dataclass
class _Columns:
    """Looks columns up by name and remembers what was used and what is not there."""

    sheet: Sheet

    def __post_init__(self) -> None:
        self.used: set[int] = set()
        self.absent: list[str] = []

    def find(self, name: str) -> int:
        """Position of a column; an absent one is remembered."""
        if not name:
            return NONE
        position = is_column(self.sheet.names, name)
        if position == NONE:
            self.absent.append(name)
        self.used.add(position)
        return position


def recognise(sheet: Sheet, rules: Rules, profiles: Sequence[Profile]) -> Recognised:
    """The layout that the first fitting profile gives a sheet."""
    known = prepared(sheet)
    for profile in profiles:
        if fits(known.sheet, profile):
            return _known_besides(plan_of(known.sheet, profile, rules), known)
        if fits(sheet, profile):
            return plan_of(sheet, profile, rules)
    return None


def _known_besides(plan: Plan | Refusal, known: Prepared) -> Plan | Refusal:
    """The plan by a profile, with what the system of the export says besides."""
    if isinstance(plan, Refusal):
        return replace(plan, sheet=known.sheet)
    when = plan.layout.when
    if known.zone and not when.zone and when.date != NONE:
        when = replace(when, zone=known.zone)
    faults = (*known.faults, *plan.layout.faults)
    return replace(plan, layout=replace(plan.layout, when=when, faults=faults))


def fits(sheet: Sheet, profile: Profile) -> bool:
    """Whether the columns a profile asks for are there."""
    if not profile.columns_there and not profile.files:
        # a profile given for one file only: its client and forms have to be there
        wanted = [profile.columns.get("client", "")]
        wanted += [
            c
            for f in profile.forms[:1]
            for c in (*f.items.values(), *f.totals.values())
        ][:1]
        names = [w for w in wanted if w and _OCCASION not in w]
        return bool(names) and all(is_column(sheet.names, n) != NONE for n in names)
    return all(is_column(sheet.names, n) != NONE for n in profile.columns_there)


def plan_of(sheet: Sheet, profile: Profile, rules: Rules) -> Plan | Refusal:
    """The layout by a profile; a column that is not there refuses the file."""
    columns = _Columns(sheet)
    client = columns.find(profile.columns.get("client", ""))
    when = _when(profile, columns)
    if profile.table == "assessments":
        layout = _assessments(profile, columns, client, when, rules)
    else:
        own = {
            name: columns.find(column)
            for name, column in profile.columns.items()
            if name not in ("client", "date")
        }
        layout = Layout(profile.name, profile.table, client, when, columns=own)
    layout = replace(layout, prefix=profile.prefix)
    silent = _not_said(profile, layout)
    if silent:
        return Refusal(
            f"is not read yet: its profile {profile.path} does not say {silent}."
            f"{_there(sheet, profile)}",
            "needs_config",
        )
    if columns.absent:
        return Refusal(
            f"lacks columns that its profile {profile.path} names: "
            f"{listed(columns.absent)}.{_there(sheet, profile)}"
        )
    drop = {is_column(sheet.names, name) for name in profile.drop}
    plan = finished(sheet, layout, rules.vocabulary, columns.used - drop)
    return Plan(sheet, plan)


def _not_said(profile: Profile, layout: Layout) -> str:
    """What a profile leaves open that nothing goes without; "" where all is said."""
    open_ends = []
    needs_client = profile.table not in ("goal_steps", "goal_ratings")
    has_client = layout.everyone or "client" in profile.columns
    if needs_client and not has_client:
        open_ends.append("which column names the client")
    needs_day = profile.table not in ("clients", "goals", "goal_steps")
    when = layout.when
    has_day = when.since or when.fixed or "date" in profile.columns
    has_own = layout.forms and all(form.when is not None for form in layout.forms)
    if needs_day and not has_day and not has_own:
        open_ends.append("which column is the date")
    if layout.table == "assessments" and not layout.forms and layout.long is None:
        open_ends.append("which columns hold answers or scores ([[forms]])")
    return ", nor ".join(open_ends)


def _there(sheet: Sheet, profile: Profile) -> str:
    """The columns there are, unless the first row may be a client's."""
    if set(sheet.names) & set(profile.names) or names_its_columns(sheet):
        return f" It has: {listed(sheet.names)}."
    return " Its first row may be data: put a row of names above it."


def _assessments(
    profile: Profile, columns: _Columns, client: int, when: When, rules: Rules
) -> Layout:
    missing = frozenset(profile.missing)
    instance = columns.find(profile.columns.get("instance", ""))
    facts = {n: columns.find(profile.columns[n]) for n in FACTS if n in profile.columns}
    notes = {columns.find(column): kind for column, kind in profile.notes.items()}
    if "may_be_shown" in profile.columns:
        notes[columns.find(profile.columns["may_be_shown"])] = "may_be_shown"
    return Layout(
        format=profile.name,
        client=client,
        everyone=profile.everyone,
        blank=profile.blank,
        when=when,
        forms=_forms(profile, columns, missing, rules),
        long=_long(profile, columns, missing),
        facts=facts,
        notes=notes,
        instance=() if instance == NONE else (instance,),
    )


def _when(profile: Profile, columns: _Columns) -> When:
    dates = profile.dates
    if profile.occasions is not None:
        return When(fixed=profile.occasions.start)
    if dates.start is not None:
        column = columns.find(dates.column)
        return When(since=Since(dates.start, column, dates.days, dates.first))
    day = columns.find(profile.columns.get("date", ""))
    time = columns.find(profile.columns.get("time", ""))
    order = dates.order if dates.order in ("day-first", "month-first") else ""
    return When(day, time, order, dates.pattern, dates.timezone)  # type: ignore[arg-type]


def _long(profile: Profile, columns: _Columns, missing: frozenset[str]) -> Long | None:
    if "response" not in profile.columns:
        return None
    measure = columns.find(profile.columns.get("measure", ""))
    constant = profile.forms[0].measure if profile.forms and measure == NONE else ""
    return Long(
        measure,
        columns.find(profile.columns.get("item", "")),
        columns.find(profile.columns["response"]),
        constant,
        AnswerRules(profile.answers, missing, profile.decimal),
    )


def _forms(
    profile: Profile, columns: _Columns, missing: frozenset[str], rules: Rules
) -> tuple[Form, ...]:
    if "response" in profile.columns:
        return ()
    return tuple(
        _form(form, profile, columns, missing, rules, name, days)
        for form in profile.forms
        for name, days in _times(form, profile)
    )


def _times(form: FormMapping, profile: Profile) -> list[tuple[str, int | None]]:
    """Name and day of every occasion; one nameless one where a row holds one time."""
    columns = (*form.items.values(), *form.totals.values())
    if profile.occasions is None or not any(_OCCASION in c for c in columns):
        return [("", None)]
    return list(zip(profile.occasions.names, profile.occasions.days, strict=True))


def _form(
    form: FormMapping,
    profile: Profile,
    columns: _Columns,
    missing: frozenset[str],
    rules: Rules,
    occasion: str,
    days: int | None,
) -> Form:
    def column(name: str) -> int:
        return columns.find(name.replace(_OCCASION, occasion))

    known = answer_words(rules.measures[form.measure])
    answers = AnswerRules(
        {**known.words, **profile.answers, **form.answers},
        known.missing | missing,
        profile.decimal,
        form.multiply,
        form.add,
    )
    when = When(date=column(form.date)) if form.date else None
    if days is not None and profile.occasions is not None:
        when = When(fixed=profile.occasions.start + timedelta(days=days))
    return Form(
        measure=form.measure,
        items=_found({n: column(c) for n, c in form.items.items()}),
        totals={s: column(c) for s, c in form.totals.items()},
        when=when,
        rules=answers,
        context=json.dumps(form.context, sort_keys=True) if form.context else "",
    )


def _found(items: Mapping[int, int]) -> dict[int, int]:
    return {number: column for number, column in items.items() if column != NONE}
