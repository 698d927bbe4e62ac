"""A table of an unknown file to the draft of its profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.importers.drafting.draft import Draft, FormGuess, Guess, Told
from analysis.importers.drafting.groups import (
    form_of,
    groups_of,
    totals_of,
    with_answers,
)
from analysis.importers.drafting.looks import Look, looks_of
from analysis.importers.drafting.questions import questions_of
from analysis.importers.layout import NONE, Rules
from analysis.importers.profile import is_column
from analysis.importers.sheets.sheet import Sheet
from analysis.importers.values.cells import words_of
from analysis.importers.values.dates import evidence, order_of
from analysis.importers.values.vocabulary import Field, columns, plain
from analysis.importers.values.wording import fields_by_wording

# Roles that a profile may give to columns besides client and date.
_OTHERS = ("time", "instance", "clinician_id", "programme", "sex", "birth_year")
_LONG = ("measure", "item", "response")


def draft_of(sheet: Sheet, rules: Rules, told: Told) -> Draft:
    """Guess what every column of a table holds; what cannot be known is asked."""
    looks = looks_of(sheet, rules)
    roles: dict[str, Guess] = {}
    _put(roles, "client", _client(sheet, looks, rules, told))
    _put(roles, "date", _date(sheet, looks, rules, told))
    for role in _OTHERS:
        position = rules.vocabulary.role(role, sheet.names)
        if position != NONE:
            _put(roles, role, Guess(sheet.names[position], "sure", "its name says so"))
    _put(roles, "birth_date", _birth(sheet, rules))
    roles = _each_once(roles)
    left = _left(looks, roles)
    forms, left = _forms(sheet, left, rules, told)
    if not forms and "date" in roles:
        for role, guess in _long(sheet, looks, rules).items():
            if guess.column.strip():
                roles.setdefault(role, guess)
        left = _left(looks, roles)
    notes = {
        look.name: Guess(look.name, "sure", "its name says so")
        for look in left
        if look.kind in ("text", "label", "word") and _is_note(look, rules)
    }
    dropped = [
        look.name
        for look in left
        if look.kind == "mail" or rules.vocabulary.is_identifying(look.name)
    ]
    order, why = _order(sheet, roles, rules, told)
    draft = Draft(
        name="",
        names=sheet.names,
        n_rows=sheet.n_rows,
        columns=roles,
        forms=tuple(forms),
        questions=(),
        everyone=told["everyone"],
        order=order,
        order_why=why,
        timezone=told["timezone"],
        notes=notes,
        dropped=tuple(dropped),
        numbered=_numbered(left),
        left={
            look.name: _why_left(look)
            for look in left
            if look.name and look.name not in notes and look.name not in dropped
        },
    )
    return replace(draft, questions=questions_of(draft, sheet, looks, rules))


def _put(roles: dict[str, Guess], role: str, guess: Guess | None) -> None:
    # a column without a name cannot be named in a profile
    if guess is not None and guess.column.strip():
        roles[role] = guess


def _each_once(roles: Mapping[str, Guess]) -> dict[str, Guess]:
    """The first role of every column."""
    found: dict[str, Guess] = {}
    for role, guess in roles.items():
        if guess.column not in {other.column for other in found.values()}:
            found[role] = guess
    return found


def _left(looks: Sequence[Look], roles: Mapping[str, Guess]) -> list[Look]:
    taken = {guess.column.strip() for guess in roles.values()}
    return [look for look in looks if look.name not in taken]


def _told_column(sheet: Sheet, name: str) -> Guess | None:
    position = is_column(sheet.names, name) if name else NONE
    found = position != NONE
    return Guess(sheet.names[position], "sure", "you said so") if found else None


def _client(
    sheet: Sheet, looks: Sequence[Look], rules: Rules, told: Told
) -> Guess | None:
    """The column of the client; None where its name does not say so."""
    if told["everyone"]:
        return None
    if told["client"]:
        return _told_column(sheet, told["client"])
    position = rules.vocabulary.role("client_id", sheet.names)
    if position != NONE and not _counts_rows(sheet, looks[position]):
        return Guess(sheet.names[position], "sure", "its name says so")
    named = [
        look
        for look in looks
        if look.kind in ("word", "number", "label")
        and not _counts_rows(sheet, look)
        and set(plain(look.name).split("_")) & set(columns()["drafting"]["client"])
    ]
    if len(named) == 1:
        return Guess(named[0].name, "likely", "its name seems to say so")
    return None


def _counts_rows(sheet: Sheet, look: Look) -> bool:
    """1, 2, 3, … down the rows: it numbers answers and names nobody."""
    if look.kind != "number" or not look.is_whole or look.n_distinct < 3:
        return False
    is_run = look.high - look.low + 1 == look.n_distinct == look.n_filled
    return is_run and plain(look.name) in columns()["drafting"]["counters"]


def _date(
    sheet: Sheet, looks: Sequence[Look], rules: Rules, told: Told
) -> Guess | None:
    """The day of a row: by name, else the only column of dates, else the fullest."""
    if told["date"]:
        return _told_column(sheet, told["date"])
    position = rules.vocabulary.role("date", sheet.names)
    if position != NONE:
        return Guess(sheet.names[position], "sure", "its name says so")
    dates = [
        look
        for look in looks
        if look.kind == "date"
        and not rules.vocabulary.is_identifying(look.name)
        and plain(look.name) not in rules.vocabulary.roles["birth_date"]
    ]
    if len(dates) == 1:
        return Guess(dates[0].name, "likely", "no other column holds dates")
    wanted = set(columns()["drafting"]["date"])
    named = [d for d in dates if set(plain(d.name).split("_")) & wanted]
    if len(named) == 1:
        return Guess(named[0].name, "likely", "its name seems to say so")
    return None


def _birth(sheet: Sheet, rules: Rules) -> Guess | None:
    position = rules.vocabulary.role("birth_date", sheet.names)
    if position == NONE:
        return None
    return Guess(sheet.names[position], "sure", "only the year is kept")


def _order(
    sheet: Sheet, roles: Mapping[str, Guess], rules: Rules, told: Told
) -> tuple[str, str]:
    """The order of day and month, and why; "" where the rows do not show it."""
    if told["order"]:
        return told["order"], "you said so"
    if rules.day_first is not None:
        return ("day-first" if rules.day_first else "month-first"), "you said so"
    days = [roles[r].column for r in ("date", "birth_date") if r in roles]
    found = [
        evidence(words_of(sheet.columns[is_column(sheet.names, name)].slice(0)).texts)
        for name in days
    ]
    if not found or not any(one.needs_order for one in found):
        return "", ""
    orders, asks = order_of(found, None)
    if asks:
        return "", ""
    return orders[0], "the rows show it"


# --- questionnaires ------------------------------------------------------------------


def _forms(
    sheet: Sheet, left: Sequence[Look], rules: Rules, told: Told
) -> tuple[list[FormGuess], list[Look]]:
    """Questionnaires by the names of their columns, then by groups of numbers."""
    names = [look.name for look in left]
    fields = rules.vocabulary.fields_of(names)
    by_words = fields_by_wording(names, rules.measures)
    forms = _by_name(fields, names, "the columns are called so")
    forms += _by_name(by_words, names, "the words of the questions fit")
    by_column = {look.name: look for look in left}
    forms = [
        with_answers(
            form, {n: by_column[c] for n, c in form.items.items()}, rules, told
        )
        for form in forms
    ]
    taken = {names[c] for c in (*fields, *by_words)}
    left = [look for look in left if look.name not in taken]
    for group in groups_of(left):
        forms.append(form_of(group, rules, told))
        taken = {look.name for look in group.columns.values()}
        left = [look for look in left if look.name not in taken]
    there = [form.measure for form in forms]
    for look, measure, score in totals_of(left, rules, there):
        forms = _with_total(forms, measure, score, look.name)
        left = [other for other in left if other.name != look.name]
    return forms, left


def _by_name(
    fields: Mapping[int, Field], names: Sequence[str], why: str
) -> list[FormGuess]:
    forms = []
    for measure in dict.fromkeys(field.measure for field in fields.values()):
        own = {c: f for c, f in fields.items() if f.measure == measure}
        items = {f.item: names[c] for c, f in own.items() if f.item is not None}
        totals = {f.score: names[c] for c, f in own.items() if f.score}
        ordered = dict(sorted(items.items()))
        forms.append(FormGuess(measure, measure, "sure", why, ordered, totals))
    return forms


def _with_total(
    forms: Sequence[FormGuess], measure: str, score: str, column: str
) -> list[FormGuess]:
    """A total goes to its questionnaire, or is one by itself."""
    made = list(forms)
    for place, form in enumerate(made):
        if form.measure == measure and score not in form.totals:
            made[place] = replace(form, totals={**form.totals, score: column})
            return made
    why = "the name seems to say so"
    return [*made, FormGuess(measure, measure, "likely", why, {}, {score: column})]


def _long(sheet: Sheet, looks: Sequence[Look], rules: Rules) -> dict[str, Guess]:
    """Columns of a table with one answer in each row."""
    found: dict[str, Guess] = {}
    for role in _LONG:
        position = rules.vocabulary.role(role, sheet.names)
        if position != NONE:
            found[role] = Guess(sheet.names[position], "sure", "its name says so")
    if "measure" not in found:
        named = [look for look in looks if _names_measures(sheet, look, rules)]
        if len(named) == 1:
            why = "questionnaires stand in it"
            found["measure"] = Guess(named[0].name, "likely", why)
    return found if "measure" in found and "response" in found else {}


def _names_measures(sheet: Sheet, look: Look, rules: Rules) -> bool:
    texts = [t for t in words_of(sheet.columns[look.position]).list() if t]
    known = {plain(m.instrument) for m in rules.measures.values()} | set(rules.measures)
    return 0 < len(texts) < 100 and all(plain(text) in known for text in texts)


def _numbered(left: Sequence[Look]) -> str:
    """The column that numbers sessions, if one is called so."""
    wanted = set(columns()["drafting"]["numbered"])
    named = [
        look.name
        for look in left
        if look.is_whole and set(plain(look.name).split("_")) & wanted
    ]
    return named[0] if len(named) == 1 else ""


def _is_note(look: Look, rules: Rules) -> bool:
    word = plain(look.name)
    return word in rules.vocabulary.roles["note"] or word in rules.vocabulary.texts


def _why_left(look: Look) -> str:
    if look.kind == "text":
        return "free text; name it under [notes] to keep it"
    return {"empty": "empty", "date": "dates", "time": "times"}.get(look.kind, "")
