"""REDCap: raw CSV export or API records, one block-sparse table of all forms.

A row is a record, event and repeat instance; the cells of forms that do not belong to
it are empty, and empty is then no missing answer. Dates are ISO whatever a field shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.importers.layout import NONE, Form, Layout, Plan, Rules, When
from analysis.importers.sheets.reshaping import column
from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.systems.labelled import with_codes
from analysis.importers.systems.plain import wide_plan
from analysis.importers.systems.wide_forms import forms_of
from analysis.importers.values.cells import words_of
from analysis.importers.values.vocabulary import Field, plain
from analysis.importers.values.wording import fields_by_wording

_TECHNICAL = (
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_data_access_group",
    "redcap_survey_identifier",
)
_STATUS = frozenset(("", "0", "1", "2"))
# ISO as exported, or in the order of a country where a spreadsheet saved it again.
_DAY = re.compile(
    r"(\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})([ T]\d{1,2}:\d{2}(:\d{2})?)?|"
    r"\[not completed\]|"
)
DICTIONARY = ("Variable / Field Name", "Form Name", "Field Type")
_LABELS = frozenset(("event_name", "repeat_instrument", "repeat_instance", "complete"))
_CHECKBOX = re.compile(r"(.+)___(.+)")


@dataclass(frozen=True)
class DictionaryField:
    """One line of a data dictionary."""

    name: str
    form: str
    label: str
    choices: Mapping[str, str]
    is_identifier: bool


def is_dictionary(sheet: Sheet) -> bool:
    """Whether a sheet is a data dictionary."""
    return all(name in sheet.names for name in DICTIONARY)


def recognise(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of a REDCap export, or None where it is none."""
    if _is_label_export(sheet):
        return Refusal(
            "is a REDCap export with labels. Choose “CSV / Microsoft Excel (raw "
            "data)”: raw data name the fields and hold the codes.",
            "needs_config",
        )
    if not _is_raw(sheet):
        return None
    dictionary = read_dictionary(sheet, rules.beside)
    fields = _fields(sheet, dictionary, rules)
    if not fields:
        return None
    forms = forms_of(sheet, fields, rules)
    if isinstance(forms, Refusal):
        return forms
    blocks = _blocks(sheet)
    dated = []
    for form in forms:
        one = _dated(sheet, form, blocks, dictionary, rules)
        if isinstance(one, Refusal):
            return one
        dated.append(one)
    undated = [form.measure for form in dated if form.when is None]
    if undated:
        return Refusal(
            f"has no date for {', '.join(undated)}: no date field stands in the same "
            "form or event. Name one in a profile.",
            "needs_config",
        )
    when = dated[0].when or When()
    known = Layout(
        "REDCap",
        client=0,
        when=replace(when, date=when.date),
        forms=tuple(dated),
        instance=_instances(sheet),
        blank="ignored",
        said=_said(sheet, dated, blocks),
    )
    plan = wide_plan(sheet, fields, rules, known)
    return plan if isinstance(plan, Refusal) else _without_identifiers(plan, dictionary)


def _is_raw(sheet: Sheet) -> bool:
    if any(name in sheet.names for name in _TECHNICAL[:3]):
        return True
    statuses = [i for i, n in enumerate(sheet.names) if n.endswith("_complete")]
    is_record = bool(sheet.names) and plain(sheet.names[0]) in ("record_id", "study_id")
    return is_record and any(
        set(words_of(sheet.columns[i]).list()) <= _STATUS for i in statuses
    )


def _is_label_export(sheet: Sheet) -> bool:
    names = [plain(name) for name in sheet.names]
    has_complete = any(name.startswith("complete") for name in names)
    return has_complete and any(name in names for name in _LABELS - {"complete"})


# --- dictionary ----------------------------------------------------------------------


def read_dictionary(
    sheet: Sheet, beside: Sequence[Sheet]
) -> Mapping[str, DictionaryField]:
    """The data dictionary that describes most of a sheet's columns, if there is one."""
    best: Mapping[str, DictionaryField] = {}
    most = 0
    for other in beside:
        if not is_dictionary(other):
            continue
        fields = _dictionary_fields(other)
        n_known = sum(name in fields for name in sheet.names)
        if n_known > most:
            best, most = fields, n_known
    return best


def _dictionary_fields(sheet: Sheet) -> dict[str, DictionaryField]:
    choices = "Choices, Calculations, OR Slider Labels"
    columns = (*DICTIONARY[:2], "Field Label", choices, "Identifier?")
    cells = zip(*(column(sheet, name) for name in columns), strict=True)
    return {
        name: DictionaryField(name, form, label, _choices(given), bool(flag.strip()))
        for name, form, label, given, flag in cells
    }


def _choices(text: str) -> dict[str, str]:
    """Label by code of "0, Not at all | 1, Several days"."""
    pairs = [part.partition(",") for part in text.split("|")]
    return {code.strip(): label.strip() for code, comma, label in pairs if comma}


def _fields(
    sheet: Sheet, dictionary: Mapping[str, DictionaryField], rules: Rules
) -> dict[int, Field]:
    """Items and totals by column: by the field's name, else by its label."""
    fields = rules.vocabulary.fields_of(sheet.names)
    fields = {c: f for c, f in fields.items() if not _CHECKBOX.match(sheet.names[c])}
    if fields or not dictionary:
        return fields
    labels = [dictionary[n].label if n in dictionary else "" for n in sheet.names]
    return fields_by_wording(labels, rules.measures)


# --- forms ---------------------------------------------------------------------------


def _blocks(sheet: Sheet) -> list[int]:
    """Number of the form of every column: a form ends with its status."""
    blocks, number = [], 0
    for name in sheet.names:
        blocks.append(number)
        number += name.endswith("_complete")
    return blocks


def _dated(
    sheet: Sheet,
    form: Form,
    blocks: Sequence[int],
    dictionary: Mapping[str, DictionaryField],
    rules: Rules,
) -> Form | Refusal:
    """The form with its own date, and with the codes that its dictionary explains."""
    own = {blocks[c] for c in (*form.items.values(), *form.totals.values())}
    days = [c for c in range(len(sheet.names)) if _holds_days(sheet, c)]
    born = {rules.vocabulary.role("birth_date", sheet.names)}
    near = [c for c in days if blocks[c] in own and c not in born]
    other = [c for c in days if c not in born and _is_visit(sheet.names[c])]
    chosen = sorted(near, key=lambda c: _preference(sheet.names[c], form.measure))
    when = When(date=(chosen or other)[0]) if chosen or other else None
    coded = _coded(form, sheet, dictionary, rules)
    return coded if isinstance(coded, Refusal) else replace(coded, when=when)


def _coded(
    form: Form,
    sheet: Sheet,
    dictionary: Mapping[str, DictionaryField],
    rules: Rules,
) -> Form | Refusal:
    """The form with what its codes stand for, as the dictionary labels them."""
    known = [
        dictionary[name].choices if name in dictionary else {} for name in sheet.names
    ]
    return with_codes(replace(sheet, choices=tuple(known)), form, rules)


def _holds_days(sheet: Sheet, position: int) -> bool:
    texts = words_of(sheet.columns[position]).list()
    return any(texts) and all(_DAY.fullmatch(text) for text in texts)


def _is_visit(name: str) -> bool:
    word = plain(name)
    return word in ("date", "visit_date", "date_visit", "assessment_date", "event_date")


def _preference(name: str, measure: str) -> tuple[bool, bool, bool]:
    word = plain(name)
    return (
        not word.startswith(measure),
        not ("date" in word or word.endswith("_dt")),
        "timestamp" not in word,
    )


def _instances(sheet: Sheet) -> tuple[int, ...]:
    """Columns that tell sittings of one day apart."""
    names = ("redcap_event_name", "redcap_repeat_instance")
    return tuple(sheet.names.index(name) for name in names if name in sheet.names)


def _said(
    sheet: Sheet, forms: Sequence[Form], blocks: Sequence[int]
) -> tuple[Said, ...]:
    """How the fields were taken, and forms that are marked incomplete but answered."""
    said = []
    boxes = {m[1] for m in map(_CHECKBOX.match, sheet.names) if m}
    if boxes:
        names = ", ".join(sorted(boxes)[:6])
        said.append(
            Said(
                f"Checkboxes are not read ({names}): a box that is not ticked may not "
                "have been asked."
            )
        )
    for form in forms:
        status = _status_of(sheet, form, blocks)
        if status == NONE or not form.items:
            continue
        first = words_of(sheet.columns[next(iter(form.items.values()))])
        filled = first.spread(np.array([bool(t) for t in first.list()], dtype=bool))
        words = words_of(sheet.columns[status])
        zero = words.spread(np.array([t == "0" for t in words.list()], dtype=bool))
        n = int((filled & zero).sum())
        if n:
            said.append(
                Said(f"{form.measure}: {n} form(s) marked incomplete hold answers.")
            )
    return tuple(said)


def _status_of(sheet: Sheet, form: Form, blocks: Sequence[int]) -> int:
    own = {blocks[c] for c in form.items.values()}
    for position, name in enumerate(sheet.names):
        if name.endswith("_complete") and blocks[position] in own:
            return position
    return NONE


def _without_identifiers(plan: Plan, dictionary: Mapping[str, DictionaryField]) -> Plan:
    """Fields that the project marks as identifiers are dropped as well."""
    names = plan.sheet.names
    marked = {
        c
        for c in plan.layout.unused
        if names[c] in dictionary and dictionary[names[c]].is_identifier
    }
    if not marked:
        return plan
    layout = replace(
        plan.layout,
        unused=tuple(c for c in plan.layout.unused if c not in marked),
        dropped=(*plan.layout.dropped, *sorted(marked)),
    )
    return replace(plan, layout=layout)
