"""The pages of the demo practice: what stands on them, and what never does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analysis import demo, reports
from analysis.blocks import (
    Chart,
    Columns,
    Headline,
    Ladder,
    Looks,
    Page,
    PageTitle,
    Paragraph,
    RiskStrip,
    SignTable,
    Tiles,
    Wins,
    as_data,
)
from analysis.pipeline.paths import Paths
from analysis.reports import ClientMonth
from analysis.show import PARTS
from analysis.show.frame import page_of, words_for

CLIENTS = sorted(demo.INTENDED)
# Open in October 2026, so that a report is due.
TOLD = {
    "risk_now": "A-1015",
    "risk_past": "A-1042",
    "risk_unknown": "A-1017",
    "one_score": "A-1020",
    "no_scores": "A-1021",
    "nine_measures": "A-1024",
}


@cache
def _facts(processed: Path, client: str, audience: str) -> ClientMonth:
    return reports.read_client_month(
        client, "2026-10", audience, processed=str(processed), receipt="0123abcd"
    )


def shown(paths: Paths, client: str, audience: str = "clinician") -> list[Any]:
    return list(_shown(paths.processed, client, audience))


@cache
def _shown(processed: Path, client: str, audience: str) -> tuple[Any, ...]:
    report = _facts(processed, client, audience)
    words = words_for(report)
    blocks: list[Any] = [page_of(report, words)]
    for part in PARTS[audience].values():
        blocks += part(report, words)
    return tuple(blocks)


def texts(value: Any) -> Iterable[str]:
    """Every text of a block's data, drawings left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in ("svg", "block", "shape", "tone", "kind", "logo_svg"):
                yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def page_text(blocks: list[Any]) -> str:
    return "\n".join(text for block in blocks for text in texts(as_data(block)))


def first(blocks: list[Any], kind: type) -> Any:
    return next((block for block in blocks if isinstance(block, kind)), None)


@pytest.mark.parametrize("audience", ["clinician", "client"])
@pytest.mark.parametrize("client", CLIENTS)
def test_every_demo_client_has_a_page_for_every_reader(
    practice: Paths, client: str, audience: str
) -> None:
    blocks = shown(practice, client, audience)
    assert isinstance(blocks[0], Page)
    assert blocks[0].is_demo
    assert first(blocks, Headline).text


@pytest.mark.parametrize("client", CLIENTS)
def test_no_placeholder_or_missing_word_reaches_a_page(
    practice: Paths, client: str
) -> None:
    for audience in ("clinician", "client"):
        text = page_text(shown(practice, client, audience)).replace(
            "page {page} of {pages}", ""
        )
        assert not re.search(r"\bNone\b|\bnan\b|\bNaT\b|\{\w*\}|<NA>", text)


def test_the_title_of_the_document_holds_no_name(practice: Paths) -> None:
    for client in CLIENTS:
        report = _facts(practice.processed, client, "clinician")
        page = page_of(report, words_for(report))
        if report.name != client:
            assert report.name not in page.title


# --- risk -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "level"),
    [("risk_now", "now"), ("risk_past", "past"), ("risk_unknown", "unknown")],
)
def test_a_risk_item_stands_above_the_tiles(
    practice: Paths, course: str, level: str
) -> None:
    blocks = shown(practice, TOLD[course])
    kinds = [type(block) for block in blocks]
    strip = first(blocks, RiskStrip)
    assert strip.level == level
    assert kinds.index(RiskStrip) < kinds.index(Tiles)


def test_a_flag_of_this_month_opens_the_headline(practice: Paths) -> None:
    assert (
        "risk item" in first(shown(practice, TOLD["risk_now"]), Headline).text.lower()
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_nothing_about_risk_reaches_the_client(practice: Paths, client: str) -> None:
    text = page_text(shown(practice, client, "client")).lower()
    for word in ("risk", "suicid", "self-harm", "item 9", "end life", "death"):
        assert word not in text


# --- one table of facts for both readers ---------------------------------------------


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def _drawn(blocks: list[Any]) -> str:
    """Words that stand inside the drawings."""
    svgs = re.findall(r'"svg": "', "")
    found = []
    for block in blocks:
        data = str(as_data(block))
        found += re.findall(r"<text[^>]*>([^<]*)<", data)
    return "\n".join([*svgs, *found])


@pytest.mark.parametrize("client", CLIENTS)
def test_every_number_of_the_handout_stands_in_the_report(
    practice: Paths, client: str
) -> None:
    report = _facts(practice.processed, client, "client")
    client_page = shown(practice, client, "client")
    clinician = shown(practice, client)
    told = page_text(clinician) + _drawn(clinician)
    # the client's own words and the practice's crisis text are no numbers of ours
    own = [goal.statement for goal in report.goals]
    own += [step.text for goal in report.goals for step in goal.steps]
    own.append(report.settings.practice.crisis_text)
    text = page_text(client_page)
    for words in own:
        text = text.replace(words, "")
    known = _numbers(told) | {str(round(float(n))) for n in _numbers(told)}
    weeks = {str(round((report.until - f.date).days / 7)) for f in report.findings}
    assert _numbers(text) <= known | weeks


def test_what_a_client_does_stands_in_the_report_in_the_same_numbers(
    practice: Paths,
) -> None:
    told = 0
    for client in CLIENTS:
        page = page_text(shown(practice, client, "client")).replace("\u00a0", " ")
        report = page_text(shown(practice, client)).replace("\u00a0", " ")
        for days in re.findall(r"have learned (on .* days? a week)", page):
            assert f"a skill was used {days}" in report
            told += 1
    assert told > 5


def test_findings_for_clinicians_only_reach_no_handout(practice: Paths) -> None:
    report = _facts(practice.processed, "A-1002", "client")
    words = words_for(report)
    kept = [replace(one, audience="clinician") for one in report.findings]
    wins = [replace(one, audience="clinician") for one in report.wins]
    silent = replace(report, findings=tuple(kept), wins=tuple(wins))

    def heads(facts: ClientMonth) -> list[str]:
        data = page_text(list(PARTS["client"]["at_a_glance"](facts, words)))
        titles = [words.sentence("handout.wins"), "A level stretch"]
        return [title for title in titles if title in data]

    assert len(heads(report)) == 2  # a level stretch and wins are told
    assert heads(silent) == []


def test_the_clients_chart_tells_the_first_and_latest_score_of_a_tile(
    practice: Paths,
) -> None:
    for client in CLIENTS:
        page = shown(practice, client, "client")
        drawn = _drawn([block for block in page if isinstance(block, Chart)])
        told = tuple(re.findall(r"(?:Start|Now): (\d+)", drawn))
        if len(told) < 2:
            continue
        tiles = next(b for b in shown(practice, client) if isinstance(b, Tiles)).tiles
        values = {(t.baseline, t.latest) for t in tiles}
        rounded = {tuple(str(round(float(v or "nan"))) for v in p) if all(p) else p
                   for p in values}  # fmt: skip
        assert told in rounded, client


@pytest.mark.parametrize("client", CLIENTS)
def test_the_handout_has_no_decimals_and_no_terms(practice: Paths, client: str) -> None:
    report = _facts(practice.processed, client, "client")
    text = page_text(shown(practice, client, "client"))
    words = words_for(report)
    own = [goal.statement for goal in report.goals]
    own += [step.text for goal in report.goals for step in goal.steps]
    own += [goal.replaced_statement for goal in report.goals]
    for part in own:
        text = text.replace(part, "")
    assert not re.search(r"\d\.\d", text)
    for term in words.lists["forbidden"]:
        assert not re.search(rf"\b{re.escape(term)}\b", text, flags=re.I), term


@pytest.mark.parametrize("client", CLIENTS)
def test_a_private_note_is_on_no_page(practice: Paths, client: str) -> None:
    report = _facts(practice.processed, client, "clinician")
    private = [one.text for one in report.words if not one.may_be_shown]
    pages = page_text(shown(practice, client)) + page_text(
        shown(practice, client, "client")
    )
    shown_too = {one.text for one in report.words if one.may_be_shown}
    for text in private:
        if len(text) > 12 and text not in shown_too:
            assert text not in pages


# --- edge pages -----------------------------------------------------------------------


def test_without_scores_the_page_says_so_and_starts_with_signs(practice: Paths) -> None:
    blocks = shown(practice, TOLD["no_scores"])
    assert first(blocks, Tiles) is None
    assert first(blocks, SignTable) is not None
    assert any(
        isinstance(block, Paragraph) and "No scores" in block.text for block in blocks
    )


def test_one_score_is_shown_and_not_judged(practice: Paths) -> None:
    tiles = first(shown(practice, TOLD["one_score"]), Tiles).tiles
    assert tiles
    assert all(tile.baseline == "" for tile in tiles)
    assert {tile.status.shape for tile in tiles if tile.status} <= {"too_early"}


def test_nine_measures_all_get_a_tile(practice: Paths) -> None:
    assert len(first(shown(practice, TOLD["nine_measures"]), Tiles).tiles) == 9


def test_a_revised_goal_is_told_once_with_its_history(practice: Paths) -> None:
    ladders = [b for b in shown(practice, "A-1042") if isinstance(b, Ladder)]
    sleep = [ladder for ladder in ladders if "23:30" in ladder.title]
    assert len(sleep) == 1
    assert any("22:30" in line for line in sleep[0].history)


def test_looks_are_few_and_ranked(practice: Paths) -> None:
    for client in CLIENTS:
        looks = first(shown(practice, client), Looks)
        assert looks is None or 1 <= len(looks.items) <= 3


def test_every_page_after_the_first_has_its_own_title(practice: Paths) -> None:
    titles = [b.text for b in shown(practice, "A-1042") if isinstance(b, PageTitle)]
    assert len(titles) == len(set(titles)) == 3


# --- what a clinician would find wrong ------------------------------------------------


@pytest.mark.parametrize("client", CLIENTS)
def test_the_alliance_is_no_symptom_of_the_headline(
    practice: Paths, client: str
) -> None:
    text = first(shown(practice, client), Headline).text.lower()
    assert "alliance" not in text


@pytest.mark.parametrize("client", CLIENTS)
def test_a_scale_that_is_not_judged_has_no_status(practice: Paths, client: str) -> None:
    report = _facts(practice.processed, client, "clinician")
    tiles = first(shown(practice, client), Tiles)
    for facts, tile in zip(report.scales, tiles.tiles if tiles else (), strict=False):
        if not facts.status and not facts.is_stale:
            assert tile.status is None
        if facts.is_stale:
            assert tile.status.shape == "not_known"


def test_silence_opens_the_headline_and_asks_for_a_look(practice: Paths) -> None:
    blocks = shown(practice, "A-1012")  # overdue, though check-ins come
    assert first(blocks, Headline).text.startswith("No score since 2 September")
    looks = texts(as_data(next(b for b in walk(blocks) if isinstance(b, Looks))))
    assert any(text.startswith("Overdue") for text in looks)


def test_a_setback_opens_the_headline_and_the_second_sentence(practice: Paths) -> None:
    assert first(shown(practice, "A-1004"), Headline).text.startswith(
        "Setback in depression and anxiety since 28 September"
    )
    lead = next(
        block
        for block in shown(practice, "A-1004", "client")
        if isinstance(block, Paragraph) and block.tone == "lead"
    )
    assert "since September" in lead.text


@pytest.mark.parametrize("client", CLIENTS)
def test_no_look_and_no_win_is_told_twice(practice: Paths, client: str) -> None:
    for block in walk(shown(practice, client)):
        if isinstance(block, Looks):
            considered = [item.consider for item in block.items if item.consider]
            assert len(considered) == len(set(considered))
        if isinstance(block, Wins):
            titles = [item.title for item in block.items]
            assert len(titles) == len(set(titles))
            assert len({title.partition(":")[0] for title in titles}) >= len(titles) - 1


def walk(blocks: Iterable[Any]) -> Iterable[Any]:
    """Blocks and those inside columns."""
    for block in blocks:
        yield block
        if isinstance(block, Columns):
            yield from walk((*block.left, *block.right))


def test_a_sign_that_was_asked_about_is_never_called_not_known(practice: Paths) -> None:
    words = {
        (row.status.word, row.evidence.startswith("Not asked"))
        for client in CLIENTS
        for block in shown(practice, client)
        if isinstance(block, SignTable)
        for row in block.rows
        if row.status.shape == "not_known"
    }
    assert words == {("Not known", True), ("Not clear", False)}
