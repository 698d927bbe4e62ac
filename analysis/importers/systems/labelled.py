"""Tables that carry labels of their own: SPSS and Stata."""

from __future__ import annotations

from dataclasses import replace

from analysis.importers.layout import NONE, Form, Layout, Plan, Rules, When
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.systems.plain import wide_plan
from analysis.importers.systems.wide_forms import forms_of
from analysis.importers.values.answer_columns import allowed_of
from analysis.importers.values.choices import codes_by_label
from analysis.importers.values.vocabulary import Field
from analysis.importers.values.wording import fields_by_wording, item_words


def recognise(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of a table whose variables have labels; None for other sheets.

    Items are found by name, else by label, else by the words of the question.
    """
    if not sheet.labels:
        return None
    fields = _fields(sheet, rules)
    if not fields:
        return None
    forms = forms_of(sheet, fields, rules)
    if isinstance(forms, Refusal):
        return forms
    coded = []
    for form in forms:
        one = with_codes(sheet, form, rules)
        if isinstance(one, Refusal):
            return one
        coded.append(one)
    day = role(sheet, rules, "date")
    known = Layout(
        "SPSS or Stata",
        client=role(sheet, rules, "client_id"),
        when=When(day) if day != NONE else When(),
        forms=tuple(coded),
    )
    return wide_plan(sheet, fields, rules, known)


def role(sheet: Sheet, rules: Rules, name: str) -> int:
    """The column that plays a role, by its name or by its label."""
    found = rules.vocabulary.role(name, sheet.names)
    return found if found != NONE else rules.vocabulary.role(name, sheet.labels)


def _fields(sheet: Sheet, rules: Rules) -> dict[int, Field]:
    """What is known of the columns by whichever knows most of them."""
    words = rules.vocabulary
    found = [
        words.fields_of(sheet.names),
        words.fields_of(sheet.labels),
        fields_by_wording(sheet.labels, rules.measures),
    ]
    return max(found, key=len)


def with_codes(sheet: Sheet, form: Form, rules: Rules) -> Form | Refusal:
    """A form with what the codes of its items stand for, as the sheet labels them."""
    if not sheet.choices:
        return form
    measure = rules.measures[form.measure]
    columns = [
        (
            sheet.choices[column],
            allowed_of(measure.by_number[number]),
            {**form.rules.words, **item_words(measure, number)},
        )
        for number, column in form.items.items()
        if number in measure.by_number and not measure.by_number[number].is_extra
    ]
    found = codes_by_label(measure, columns)
    if isinstance(found, Refusal):
        return found
    codes, missing = found
    own = replace(
        form.rules,
        words={**form.rules.words, **codes},
        missing=form.rules.missing | missing,
    )
    return replace(form, rules=own)
