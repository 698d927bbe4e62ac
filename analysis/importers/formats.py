"""Every format an export may have, in the order in which they are tried.

A format is a function: a table in, a plan out, a refusal, or None where the table is of
another format. To add one, write its file and add its line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.importers import companions
from analysis.importers.layout import Plan, Rules
from analysis.importers.profile import Profile
from analysis.importers.sheets.reshaping import flat_sheet
from analysis.importers.sheets.sheet import Document, Refusal, Sheet
from analysis.importers.systems import (
    diaries,
    fhir,
    labelled,
    limesurvey,
    mapped,
    mindlamp,
    plain,
    qualtrics,
    redcap,
    synthea,
    web_forms,
)

Found = Plan | list[Plan] | Refusal | None

FORMATS: tuple[Callable[[Sheet, Rules], Found], ...] = (
    companions.recognise,
    mindlamp.recognise,
    redcap.recognise,
    qualtrics.recognise,
    limesurvey.recognise,
    web_forms.microsoft,
    web_forms.surveymonkey,
    web_forms.google,
    diaries.mpath,
    diaries.daylio,
    synthea.recognise,
    labelled.recognise,
    plain.recognise,
)


def recognised(
    part: Sheet | Document, rules: Rules, profiles: Sequence[Profile]
) -> list[Plan] | Refusal:
    """What the first format that knows a table or document makes of it.

    A mapping profile that fits goes before all of them: somebody wrote it on purpose.
    """
    if isinstance(part, Document):
        found = fhir.recognise(part, rules)
        if found is not None:
            return found
        sheet = mindlamp.answers(part) or flat_sheet(part)
        if sheet is None:
            return Refusal("is JSON of a kind that is not known.")
        part = sheet
    mapping = mapped.recognise(part, rules, profiles)
    if mapping is not None:
        return _listed(mapping)
    for recognise in FORMATS:
        plan = recognise(part, rules)
        if plan is not None:
            return _listed(plan)
    return Refusal("is of a format that is not known.")


def _listed(found: Plan | list[Plan] | Refusal) -> list[Plan] | Refusal:
    return [found] if isinstance(found, Plan) else found
