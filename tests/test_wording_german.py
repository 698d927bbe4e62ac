"""German pages are German: no English sentence is left, no word of a measure file."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path
from typing import Any

import pytest
from test_show import CLIENTS, _drawn, page_text

from analysis import reports
from analysis.caseload.definitions import definitions
from analysis.measures import read_measures, scales
from analysis.pipeline.paths import Paths
from analysis.settings import Thresholds
from analysis.show import PARTS
from analysis.show.frame import page_of, words_for
from analysis.wording import read_wording

FOLDER = Path(__file__).parents[1] / "analysis" / "caseload"
# Words that stand in nearly every English sentence and in no German one.
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|with|without|from|to|at|for|you|your|since|score|scores"
    r"|below|above|read|unverified|than|not|no|this|week|weeks|each|most|likely|level"
    r"|step|change|better|worse|moving|steady)\b"
)
# Names, not words.
NAMES = ("NHS Talking Therapies", "Child Outcomes Research Consortium")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("german") / "settings.toml"
    path.write_text(
        '[practice]\nname = "Praxis"\nlocale = "de_DE"\ncrisis_text = "Hilfe: 112."\n',
        encoding="utf-8",
    )
    return path


def _blocks(practice: Paths, settings: Path, client: str, audience: str) -> list[Any]:
    report = reports.read_client_month(
        client,
        "2026-10",
        audience,  # type: ignore[arg-type]
        processed=str(practice.processed),
        settings=str(settings),
    )
    words = words_for(report)
    blocks: list[Any] = [page_of(report, words)]
    for part in PARTS[audience].values():
        blocks += part(report, words)
    return blocks


def _written_by_people(practice: Paths, settings: Path, client: str) -> list[str]:
    report = reports.read_client_month(
        client, "2026-10", processed=str(practice.processed), settings=str(settings)
    )
    own = [report.name, *(one.text for one in report.words)]
    for goal in report.goals:
        own += [goal.statement, goal.replaced_statement, goal.reason]
        own += [step.text for step in goal.steps]
    own += [label for one in report.scales for _, label in one.course.events]
    words = [" ".join(text.split()).split(" ") for text in own if text]
    # clipped where room is short, or broken in a drawing: every part from its beginning
    parts = {" ".join(one[:n]) for one in words for n in range(2, len(one))}
    whole = {" ".join(one) for one in words}
    return [*sorted(whole, key=len)[::-1], *sorted(parts, key=len)[::-1]]


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["clinician", "client"])
def test_a_german_page_has_no_english_sentence_left(
    practice: Paths, settings: Path, audience: str
) -> None:
    for client in CLIENTS[::2]:
        blocks = _blocks(practice, settings, client, audience)
        text = page_text(blocks) + "\n" + _drawn(blocks)
        for own in _written_by_people(practice, settings, client):
            text = text.replace(own, "")
        for name in NAMES:
            text = text.replace(name, "")
        found = [
            line for line in text.replace("\u00a0", " ").splitlines()
            if ENGLISH.search(line) and line not in ("no", "yes")  # marks of a strip
        ]  # fmt: skip
        assert found == [], client


def test_every_word_of_a_followed_measure_has_a_german_one() -> None:
    words = read_wording("clinician", "de")
    measures = read_measures(None)
    followed = [
        scale
        for scale in scales(measures, {}).values()
        if scale.is_headline
        and measures[scale.measure].purpose in ("outcome", "alliance")
    ]
    asked = {
        "label": {scale.label for scale in followed},
        "band": {band.label for scale in followed for band in scale.bands},
        "meaning": {s.caseness.meaning for s in followed if s.caseness is not None},
        "source": {s.reliable_change_source for s in followed} - {""},
        "risk_meaning": {r.meaning for m in measures.values() for r in m.risks},
    }
    for group, wanted in asked.items():
        known = words.terms[group]
        assert {word for word in wanted if word.lower() not in known} == set(), group


def test_german_definitions_are_the_same_with_the_same_thresholds() -> None:
    english, german = (
        tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
        for name in ("definitions.toml", "definitions_de.toml")
    )
    assert _rules(english).keys() == _rules(german).keys()
    for key, rule in _rules(english).items():
        assert _fields(rule) == _fields(_rules(german)[key]), key


@pytest.mark.parametrize("rule", ["nhs", "corc"])
def test_definitions_come_in_the_language_of_the_practice(rule: str) -> None:
    german = definitions(rule, Thresholds(), "de")
    assert [one.id for one in german] == [
        one.id for one in definitions(rule, Thresholds())
    ]
    for one in german:
        assert not ENGLISH.search(one.rule), one.id
    assert definitions(rule, Thresholds(), "fr") == definitions(rule, Thresholds())


def _rules(entries: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name, entry in entries.items():
        parts = {"": entry} if "rule" in entry else entry
        found |= {f"{name}.{kind}": part["rule"] for kind, part in parts.items()}
    return found


def _fields(rule: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(rule)} - {None}
