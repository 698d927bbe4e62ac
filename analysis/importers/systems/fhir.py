"""FHIR R4: QuestionnaireResponse and Observation, as resource, Bundle or NDJSON.

A response is a row of answers; an observation is one answer or one score. What STU3
and R5 write the same way reads the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.importers.layout import NONE, Form, Layout, Long, Plan, Rules, When
from analysis.importers.sheets.reshaping import sheet_of_rows
from analysis.importers.sheets.sheet import Document, Refusal, Sheet
from analysis.importers.systems.fhir_answers import answers_of, text_of_value
from analysis.importers.values.faults import Fault, fault
from analysis.importers.values.loinc import Codes, codes_of
from analysis.importers.values.vocabulary import Field
from analysis.importers.values.wording import answer_words

_OUT = {"entered-in-error": "entered in error", "cancelled": "cancelled"}
_UNFINISHED = frozenset(("in-progress", "stopped", "registered", "not-done"))
_DAY = "effectiveDateTime"


@dataclass
class _Sorted:
    """Records by what becomes of them: rows of one table, or a reason."""

    places: list[int]
    rows: list[dict[str, str]]
    faults: list[tuple[str, str, int]]  # bin, about, position among `rows`

    def add(
        self, place: int, row: dict[str, str], bin: str = "", about: str = ""
    ) -> None:
        """Take a record in; with a bin it is only counted."""
        if bin:
            self.faults.append((bin, about, len(self.rows)))
        self.places.append(place)
        self.rows.append(row)


def recognise(document: Document, rules: Rules) -> list[Plan] | Refusal | None:
    """The plans of a FHIR document, or None where it is none."""
    if not any("resourceType" in record for record in document.records):
        return None
    codes = codes_of(rules.measures)
    observations = _Sorted([], [], [])
    responses = _Sorted([], [], [])
    old = _older_versions(document.records)
    for place, record in enumerate(document.records):
        kind = record.get("resourceType")
        if place in old:
            observations.add(place, {}, "ignored", "an older version of another row")
        elif kind == "Observation":
            _observation(place, record, codes, observations, responses)
        elif kind == "QuestionnaireResponse":
            _response(place, record, codes, rules, responses)
        else:
            observations.add(place, {}, "ignored", f"{_word(kind)} holds no answers")
    plans = [
        *_plans(document, observations, _observation_layout),
        *_plans(document, responses, lambda s: _response_layout(s, rules)),
    ]
    if document.broken and plans:
        first = plans[0]
        sheet = replace(first.sheet, broken=document.broken)
        plans[0] = replace(first, sheet=sheet)
    return plans


def _word(kind: object) -> str:
    text = str(kind)
    return text if text.isalpha() and len(text) < 40 else "A record"


# --- observations --------------------------------------------------------------------


def _observation(
    place: int,
    record: Mapping[str, Any],
    codes: Codes,
    found: _Sorted,
    responses: _Sorted,
) -> None:
    status = str(record.get("status", ""))
    if status in _OUT:
        found.add(place, {}, "ignored", _OUT[status])
        return
    row = _head(record, day_of_observation(record))
    own = _codings(record.get("code"))
    if record.get("component"):
        _components(place, record, codes, row, found, responses)
        return
    if any(code in codes.panels for code in own):
        found.add(place, {}, "ignored", "a panel, whose members are rows of their own")
        return
    field = next((codes.fields[code] for code in own if code in codes.fields), None)
    if field is None:
        found.add(place, {}, "ignored", "codes that are no score we know")
        return
    row |= {"measure": field.measure, "item": field.score or str(field.item)}
    value = text_of_value(record, field.measure, codes)
    row["value"] = value
    if status in _UNFINISHED:
        found.add(place, row, "quarantined", f"the observation is {status}")
    elif not value:
        reason = _absent(record)
        found.add(place, row, "quarantined", f"the value is absent ({reason})")
    else:
        found.add(place, row)


def _components(
    place: int,
    record: Mapping[str, Any],
    codes: Codes,
    row: dict[str, str],
    found: _Sorted,
    responses: _Sorted,
) -> None:
    """A panel that holds the answers itself is a row of answers."""
    n_known = 0
    for part in _dicts(record.get("component")):
        for code in _codings(part.get("code")):
            field = codes.fields.get(code)
            if field is not None:
                row[_cell(field)] = text_of_value(part, field.measure, codes)
                n_known += 1
    for code in _codings(record.get("code")):
        field = codes.fields.get(code)
        if field is not None:
            row[_cell(field)] = text_of_value(record, field.measure, codes)
            n_known += 1
    if n_known:
        responses.add(place, row)
    else:
        found.add(place, {}, "ignored", "codes that are no score we know")


def _absent(record: Mapping[str, Any]) -> str:
    codes = _codings(record.get("dataAbsentReason"))
    word = codes[0] if codes else "no value"
    return word if len(word) < 30 and word.replace("-", "").isalpha() else "no value"


def day_of_observation(record: Mapping[str, Any]) -> str:
    """When it was observed, as text; "" where the record does not say."""
    for name in (_DAY, "effectiveInstant"):
        if isinstance(record.get(name), str):
            return str(record[name])
    period = record.get("effectivePeriod")
    if isinstance(period, dict):
        return str(period.get("end") or period.get("start") or "")
    return ""


def _observation_layout(sheet: Sheet) -> Layout:
    def at(name: str) -> int:
        return sheet.names.index(name) if name in sheet.names else NONE

    return Layout(
        "FHIR Observation",
        client=at("subject"),
        when=When(at(_DAY)),
        long=Long(at("measure"), at("item"), at("value")),
        instance=tuple(c for c in (at("sitting"),) if c != NONE),
        ids_as_they_are=True,
        may_be_split=True,
    )


# --- responses -----------------------------------------------------------------------


def _response(
    place: int,
    record: Mapping[str, Any],
    codes: Codes,
    rules: Rules,
    found: _Sorted,
) -> None:
    status = str(record.get("status", "completed"))
    if status in _OUT:
        found.add(place, {}, "ignored", _OUT[status])
        return
    row = _head(record, str(record.get("authored") or ""))
    answers = answers_of(record, codes, rules)
    row |= {_cell(field): text for field, text in answers.items()}
    if not answers:
        found.add(place, row, "ignored", "a questionnaire that is not known")
    elif status in _UNFINISHED:
        found.add(place, row, "quarantined", f"the response is unfinished ({status})")
    else:
        found.add(place, row)


def _cell(field: Field) -> str:
    return f"{field.measure}|{field.score or field.item}"


def _response_layout(sheet: Sheet, rules: Rules) -> Layout:
    forms: dict[str, Form] = {}
    for column, name in enumerate(sheet.names):
        measure, bar, part = name.partition("|")
        if not bar:
            continue
        form = forms.get(
            measure, Form(measure, rules=answer_words(rules.measures[measure]))
        )
        if part.isdigit():
            form = replace(form, items={**form.items, int(part): column})
        else:
            form = replace(form, totals={**form.totals, part: column})
        forms[measure] = form
    whole = tuple(_whole(form, rules) for form in forms.values())
    return Layout(
        "FHIR QuestionnaireResponse",
        client=sheet.names.index("subject") if "subject" in sheet.names else NONE,
        when=When(sheet.names.index(_DAY) if _DAY in sheet.names else NONE),
        forms=whole,
        instance=(),
        ids_as_they_are=True,
        blank="quarantined",
    )


def _whole(form: Form, rules: Rules) -> Form:
    """Items in the order of the form."""
    return replace(form, items=dict(sorted(form.items.items())))


# --- what all resources share --------------------------------------------------------


def _head(record: Mapping[str, Any], day: str) -> dict[str, str]:
    return {"subject": _subject(record), _DAY: day, "sitting": _sitting(record)}


def _subject(record: Mapping[str, Any]) -> str:
    """The id of the client, from a reference such as Patient/p1."""
    subject = record.get("subject") or record.get("patient") or record.get("source")
    if not isinstance(subject, dict):
        return ""
    reference = subject.get("reference")
    if isinstance(reference, str) and reference:
        plain = reference.split("/_history/")[0]
        return plain.removeprefix("urn:uuid:").rsplit("/", 1)[-1]
    identifier = subject.get("identifier")
    return str(identifier.get("value", "")) if isinstance(identifier, dict) else ""


def _sitting(record: Mapping[str, Any]) -> str:
    """What observations of one sitting share: the response they were taken from."""
    for source in _dicts(record.get("derivedFrom")):
        reference = source.get("reference")
        if isinstance(reference, str) and "QuestionnaireResponse" in reference:
            return reference.rsplit("/", 1)[-1]
    return ""


def _codings(concept: Any) -> list[str]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return [str(c.get("code", "")) for c in _dicts(codings)]


def _dicts(values: Any) -> Iterable[Mapping[str, Any]]:
    return (
        [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []
    )


def _older_versions(records: Sequence[Mapping[str, Any]]) -> set[int]:
    """Records of which a newer version stands in the same file."""
    latest: dict[tuple[str, str], tuple[tuple[int, str], int]] = {}
    old: set[int] = set()
    for place, record in enumerate(records):
        name = (str(record.get("resourceType")), str(record.get("id") or ""))
        meta = record.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        if not name[1] or not (meta.get("versionId") or meta.get("lastUpdated")):
            continue
        number = str(meta.get("versionId") or "")
        version = (int(number) if number.isdigit() else 0, str(meta.get("lastUpdated")))
        if name not in latest:
            latest[name] = (version, place)
        elif version > latest[name][0]:
            old.add(latest[name][1])
            latest[name] = (version, place)
        else:
            old.add(place)
    return old


def _plans(document: Document, found: _Sorted, layout_of: Any) -> list[Plan]:
    if not found.rows:
        return []
    rows = [{"subject": "", _DAY: "", **row} for row in found.rows]
    sheet = sheet_of_rows(document, found.places, rows)
    layout: Layout = layout_of(sheet)
    if layout.long is not None and layout.long.response == NONE:
        layout = replace(layout, long=None)
    faults: list[Fault] = []
    for bin, about in dict.fromkeys((b, a) for b, a, _ in found.faults):
        mine = [p for b, a, p in found.faults if (b, a) == (bin, about)]
        faults += fault(bin, about, np.array(mine, np.int64), [""], "note")  # type: ignore[arg-type]
    return [Plan(sheet, replace(layout, faults=tuple(faults)))]
