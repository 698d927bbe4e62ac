"""What a file does not say, as questions to the person who knows."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.importers.drafting.draft import Draft, FormGuess, Question
from analysis.importers.drafting.looks import Look
from analysis.importers.layout import Rules
from analysis.importers.profile import is_column
from analysis.importers.sheets.sheet import Sheet
from analysis.importers.values.cells import words_of
from analysis.importers.values.dates import evidence
from analysis.importers.values.faults import shown_label

ORDERS = ("day-first", "month-first")


def questions_of(
    draft: Draft, sheet: Sheet, looks: Sequence[Look], rules: Rules
) -> tuple[Question, ...]:
    """Everything that the file does not say, most important first."""
    asked: list[Question] = []
    if "client" not in draft.columns and not draft.everyone:
        asked.append(_of_client(draft, looks, rules))
    if "date" not in draft.columns:
        asked.append(_of_date(looks))
    else:
        asked += _of_order(draft, sheet)
        asked += _of_zone(draft, looks, rules)
    for form in draft.forms:
        asked += _of_form(form)
    if not draft.forms and "response" not in draft.columns:
        text = (
            "Which columns hold the answers or scores? None of a questionnaire was "
            "recognised. Write them under [[forms]] in the draft; `python -m analysis "
            "measures` lists the questionnaires."
        )
        asked.append(Question("forms", text))
    return tuple(asked)


def _of_client(draft: Draft, looks: Sequence[Look], rules: Rules) -> Question:
    """Columns of codes may name the client; columns of people's names must not."""
    taken = {column for form in draft.forms for column in form.items.values()}
    may_be = tuple(
        look.name
        for look in looks
        if look.name
        and look.name not in taken
        and look.kind in ("word", "label", "number")
        and not rules.vocabulary.is_identifying(look.name)
    )
    text = (
        "Which column names the client? If the file is one person's, answer with "
        "“everyone = ” and the client's id."
    )
    return Question("client", text, may_be[:12])


def _of_date(looks: Sequence[Look]) -> Question:
    may_be = tuple(look.name for look in looks if look.name and look.kind == "date")
    text = "Which column says when a questionnaire was filled in?"
    if not may_be:
        text += (
            " None holds dates. Where sessions are only numbered, leave it open and "
            "give start, column and unit under [dates] in the draft."
        )
    return Question("date", text, may_be)


def _of_order(draft: Draft, sheet: Sheet) -> list[Question]:
    """Ask where every date fits both orders."""
    name = draft.columns["date"].column
    column = sheet.columns[is_column(sheet.names, name)]
    found = evidence(words_of(column).texts)
    if draft.order or not found.needs_order:
        return []
    text = f"In {name}, does the day or the month come first (is 03/04 the 3 April)?"
    if found.may_be_year_first:
        text = f'In {name} the year may stand first: then give pattern = "%y-%m-%d".'
    return [Question("order", text, ORDERS)]


def _of_zone(draft: Draft, looks: Sequence[Look], rules: Rules) -> list[Question]:
    """Times without a zone are the clinic's, unless somebody knows better."""
    name = draft.columns["date"].column
    has_time = "time" in draft.columns or any(
        look.has_time for look in looks if look.name == name.strip()
    )
    if draft.timezone or not has_time:
        return []
    text = (
        f"In which time zone are the times? Empty: the clinic's, {rules.timezone}. "
        "A survey system abroad may write its own, such as America/Denver."
    )
    return [Question("timezone", text)]


def _of_form(form: FormGuess) -> list[Question]:
    asked = []
    first = next(iter((*form.items.values(), *form.totals.values())), form.key)
    if not form.measure:
        text = f"Which questionnaire are the columns {first} …? ({form.why})"
        return [Question(f"measure:{form.key}", text, form.may_be[:12])]
    if form.add and not form.is_add_told:
        text = (
            f"The answers to {form.measure} ({first} …) seem to be counted from 1 "
            "instead of 0. Take one off each?"
        )
        asked.append(Question(f"add:{form.key}", text, ("yes", "no")))
    for word in form.words[:20]:
        label = shown_label(word)
        lower = " ".join(word.split()).casefold()
        text = f"In {form.measure}, which number does the answer {label} stand for?"
        asked.append(Question(f"answer:{form.key}:{lower}", text))
    return asked
