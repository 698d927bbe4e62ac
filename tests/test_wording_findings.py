"""Every kind of finding has its words, for every reader and in every language."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from sample_courses import PHQ, UNTIL
from sample_findings import NAMES, VALUES, findings

from analysis.blocks import SHAPES
from analysis.records import EVIDENCE, Finding
from analysis.wording import (
    Wording,
    WordingError,
    fields,
    look,
    look_together,
    question,
    read_wording,
    stretch,
    watch_line,
    win,
)
from analysis.wording.findings import COMMON
from analysis.wording.standing import about

LANGUAGES = ("en", "de")
READERS = [(a, lang) for a in ("clinician", "client") for lang in LANGUAGES]
PARTS = {
    "clinician": {
        "look": ("title", "why", "evidence", "consider"),
        "win": ("title", "evidence"),
    },
    "client": {"stretch": ("title", "text"), "win": ("title", "evidence")},
}
LOOKS = [k for k in EVIDENCE if read_wording("clinician").has(f"look.{k}.title")]
WINS = [kind for kind in EVIDENCE if kind not in LOOKS]


def _words(audience: str, language: str = "en") -> Wording:
    return read_wording(audience, language).at(UNTIL)


def _told(words: Wording, kind: str) -> list[str]:
    """The keys by which this reader is told a kind of finding."""
    groups = PARTS[words.audience]
    keys = [
        f"{group}.{kind}.{part}" for group, parts in groups.items() for part in parts
    ]
    return [key for key in keys if words.has(key)]


@pytest.mark.parametrize(("audience", "language"), READERS)
@pytest.mark.parametrize("kind", EVIDENCE)
def test_a_kind_is_worded_or_left_out_on_purpose(kind, audience, language):
    words = _words(audience, language)
    is_between = words.has(f"between.{kind}")
    assert words.omits(kind) == (not _told(words, kind) and not is_between)
    assert words.has(f"question.{kind}") == (not words.omits(kind))


@pytest.mark.parametrize(("audience", "language"), READERS)
@pytest.mark.parametrize("kind", EVIDENCE)
def test_a_line_asks_only_for_what_its_finding_carries(kind, audience, language):
    words = _words(audience, language)
    carried = {*EVIDENCE[kind], *about(words, PHQ), *COMMON, "since"}
    for key in [*_told(words, kind), f"question.{kind}"]:
        if words.has(key):
            assert words.fields_of(key) <= carried, key


def test_what_a_report_celebrates_is_worded_as_a_win():
    from analysis.reports import client, wins

    assert set(WINS) == set(wins.KINDS)
    assert set(LOOKS) == set(client.URGENCY)


def _assert_sentence(text: str, *, may_be_empty: bool = False) -> None:
    assert text or may_be_empty
    assert not re.search(r"[{}]|\b(None|nan)\b|  | ,| \.|\.\.", text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVIDENCE)
def test_a_clinician_reads_whole_sentences_whatever_the_finding_holds(kind, language):
    words = _words("clinician", language)
    for finding, scale in findings(kind):
        known = {"until": UNTIL, "names": NAMES}
        _assert_sentence(question(words, finding, scale, **known))
        if kind in WINS:
            told = win(words, finding, scale, **known)
            _assert_sentence(told.title)
            _assert_sentence(told.evidence)
        else:
            seen = look(words, finding, scale, **known)
            assert seen.status.shape in SHAPES
            for part in (seen.title, seen.why, seen.evidence, seen.consider):
                _assert_sentence(part)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVIDENCE)
def test_a_client_reads_whole_sentences_whatever_the_finding_holds(kind, language):
    words = _words("client", language)
    if words.omits(kind):
        return
    for finding, scale in findings(kind):
        _assert_sentence(question(words, finding, scale, until=UNTIL))
        if kind in WINS:
            told = win(words, finding, scale, until=UNTIL)
            _assert_sentence(told.title)
            assert told.evidence == ""
        elif not words.has(f"between.{kind}"):
            for text in stretch(words, finding, scale, until=UNTIL):
                _assert_sentence(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LOOKS)
def test_the_watch_list_says_every_flag_in_a_few_words(kind, language):
    words = _words("lead", language)
    for finding, scale in findings(kind):
        line = watch_line(
            words,
            kind,
            finding.grade,
            finding.date,
            finding.evidence,
            scale,
            names=NAMES,
        )
        _assert_sentence(line)
        assert len(line) < 60


def test_a_client_is_never_told_of_risk_items_or_of_being_off_track():
    assert read_wording("client").lists["omitted"] == (
        "risk_item",
        "not_on_track",
        "overdue",
    )


def _finding(kind: str, **evidence) -> Finding:
    plain = {field: VALUES[field] for field in EVIDENCE[kind]}
    return Finding(kind, PHQ.id, UNTIL, "likely", {**plain, **evidence})


def test_a_plateau_reads_as_on_the_page_aimed_at():
    seen = look(_words("clinician"), _finding("plateau"), PHQ, until=UNTIL)
    assert seen.title == "Depression: plateau, likely, 8\u00a0weeks"
    assert seen.why == "All 8 scores since 30 September are 11 or 12."
    assert seen.evidence == (
        "Gain a week 0.0\u00a0points (90\u00a0% interval −0.3 to\u00a0+0.4). "
        "A score of 9 or less would lift this flag."
    )
    assert seen.consider == "look together at what keeps depression going now."


def test_what_lifts_a_flag_follows_the_direction_of_the_scale():
    words = _words("clinician")
    better = next(scale for _, scale in findings("setback") if scale != PHQ)
    seen = look(words, _finding("setback", confirmed=False), better, until=UNTIL)
    assert "fell from about" in seen.why
    assert seen.evidence == (
        "Not yet confirmed by a second score. "
        "A score of 9 or more would lift this flag."
    )


def test_a_field_that_a_finding_lacks_is_an_error_not_a_gap():
    bare = Finding("plateau", PHQ.id, UNTIL, "likely", {"weeks": 8})
    with pytest.raises(WordingError, match="was not given"):
        look(_words("clinician"), bare, PHQ, until=UNTIL)


def test_measures_are_called_by_their_instruments():
    known = fields(
        _words("clinician"), _finding("overdue"), None, until=UNTIL, names=NAMES
    )
    assert known["measures"] == ["PHQ-9", "GAD-7"]


def test_a_clients_words_are_printed_as_typed():
    what = "{statement} ~ $x$ <b>"
    told = win(
        _words("clinician"),
        _finding("small_win", rule="step_done", what=what),
        None,
        until=UNTIL,
    )
    assert told.title == what


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_consider_is_a_change_of_treatment(language):
    words = _words("clinician", language)
    forbidden = re.compile(
        r"medic|dose|drug|refer|discharg|step up|intensif|switch|stop therapy"
        r"|medik|dosis|überweis|entlass|abbrech",
        re.IGNORECASE,
    )
    for kind in LOOKS:
        for finding, scale in findings(kind):
            seen = look(words, finding, scale, until=UNTIL, names=NAMES)
            assert not forbidden.search(seen.consider)


TOGETHER = [
    k for k in EVIDENCE if read_wording("clinician").has(f"look_together.{k}.why")
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TOGETHER)
def test_one_kind_on_several_scales_reads_as_one_sentence(kind, language):
    words = _words("clinician", language)
    told = [(finding, scale) for finding, scale in findings(kind) if scale is not None]
    for (one, scale), (other, second) in pairwise(told):
        item = look_together(words, [(one, scale), (other, second)], until=UNTIL)
        assert about(words, scale)["noun"] in item.title
        assert about(words, second)["noun"] in item.title
        assert item.why.count(scale.instrument) >= 1
        for text in (item.title, item.why, item.consider):
            assert text
        for text in (item.why, item.evidence, item.consider):
            assert not re.search(r"\s[.;,]|[;,]\.|\.\.|\{", text), text


def test_a_plateau_on_three_scales_names_each_span_and_what_would_lift_it():
    words = _words("clinician")
    spans = [(PHQ, 11.0, 15.0, 5.0), (PHQ, 8.0, 8.0, None)]
    told = [
        (
            Finding(
                "plateau",
                scale.id,
                date(2026, 7, 1),
                "likely",
                {**_PLATEAU, "lowest": low, "highest": high, "lifts_at": lifts},
            ),
            scale,
        )
        for scale, low, high, lifts in spans
    ]
    item = look_together(words, told, until=UNTIL)
    assert item.why.replace("\u00a0", " ") == (
        "PHQ-9 between 11 and 15 since 1 July; PHQ-9 level at 8 since 1 July."
    )
    assert item.evidence.replace("\u00a0", " ") == (
        "The flag would lift with PHQ-9 5 or less."
    )


_PLATEAU = {name: VALUES[name] for name in EVIDENCE["plateau"]}
