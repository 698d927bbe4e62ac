"""What a client reads: short words, whole numbers, no jargon, good news first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from reading_age import textstat
from sample_courses import ALL, FULL, HIGHER, PHQ, PLATEAU, UNTIL, WORSE
from sample_findings import findings
from test_wording_courses import Stand

from analysis.records import EVIDENCE
from analysis.wording import Wording, lead, question, read_wording, stretch, win
from analysis.wording.handout import chart_alt, chart_notes, chart_words
from analysis.wording.template import Text, parse

LANGUAGES = ("en", "de")
# US grade 6 ends at age 12: an upper bound for age 11 on several formulas at once
# (look, tone); a lower bound would force long sentences.
HARDEST = {
    "gunning_fog": 6.0,
    "flesch_kincaid_grade": 5.0,
    "dale_chall_readability_score": 6.9,
}
# SMOG counts over thirty sentences and says nothing of fewer.
HARDEST_SMOG = 7.0
EASIEST_FLESCH = 80.0
# Lines that stand alone in a single sentence are held to a looser bound: formulas are
# made for passages.
HARDEST_LINE = 8.0


def _words(language: str = "en") -> Wording:
    return read_wording("client", language).at(UNTIL)


# Lines of every report, for the clinician's charts; the client's chart has its own.
_SHARED = ("chart.", "alt.")


def _plain_lines(words: Wording) -> dict[str, str]:
    """Every line without a placeholder, by key; choices give each of theirs."""
    found: dict[str, str] = {}

    def collect(key: str, template) -> None:
        if not isinstance(template, Text):
            for name, option in template.options.items():
                collect(f"{key}.{name}", option)
            return
        if not any(field for _, field, _ in template.parts):
            found[key] = "".join(literal for literal, _, _ in template.parts)

    for key, template in words.lines.items():
        if not key.startswith(_SHARED):
            collect(key, template)
    return found


def _stands() -> list[Stand]:
    return [
        Stand(FULL, "improving"),
        Stand(replace(PLATEAU, scale=replace(PHQ, label="Anxiety")), "plateau", UNTIL),
        Stand(HIGHER, "holding"),
        Stand(WORSE, "worsening", date(2026, 5, 25)),
    ]


def _sentences(words: Wording) -> list[str]:
    """Running text of every handout that these courses and findings can give."""
    stands = _stands()
    said = [lead(words, stands[n:], goals_reached=n) for n in range(len(stands))]
    for kind in EVIDENCE:
        if words.omits(kind):
            continue
        for finding, scale in findings(kind):
            said.append(question(words, finding, scale, until=UNTIL))
            if words.has(f"stretch.{kind}.title"):
                said += stretch(words, finding, scale, until=UNTIL)
            elif words.has(f"win.{kind}.title"):
                said.append(win(words, finding, scale, until=UNTIL).title)
    for low, high in ((4, 5), (3, 3)):
        told = {"low": low, "high": high, "is_same": low == high}
        said.append(words.sentence("doing.skills", **told))
    prefixes = ("doing.", "between.", "handout.", "lead.", "goals.")
    plain = _plain_lines(words)
    said += [line for key, line in plain.items() if key.startswith(prefixes)]
    return sorted({text for text in said if text})


def _drawn(words: Wording) -> list[str]:
    """Words of the client's chart."""
    said: list[str] = []
    for one in ALL.values():
        said += chart_words(words, one).values()
        said += [text for _, text in chart_notes(words, one)]
        said.append(chart_alt(words, one))
    return said


PASSAGES = {
    "stretch": lambda words: [
        text
        for kind in ("plateau", "setback", "early_dip", "deterioration", "sudden_loss")
        for finding, scale in list(findings(kind))[:1]
        for text in stretch(words, finding, scale, until=UNTIL)[1:]
    ],
    "lead": lambda words: [lead(words, _stands(), goals_reached=1)],
    "all": _sentences,
}


@pytest.mark.parametrize("passage", PASSAGES)
def test_a_child_of_eleven_can_read_it_by_several_formulas_at_once(passage):
    text = " ".join(
        line if line.endswith((".", "?")) else f"{line}."
        for line in PASSAGES[passage](_words())
    )
    for formula, most in HARDEST.items():
        assert getattr(textstat, formula)(text) <= most, formula
    assert textstat.flesch_reading_ease(text) >= EASIEST_FLESCH
    if textstat.sentence_count(text) >= 30:
        assert textstat.smog_index(text) <= HARDEST_SMOG


def test_no_single_sentence_is_hard():
    for text in _sentences(_words()):
        for sentence in re.split(r"(?<=[.?!]) ", text):
            assert textstat.flesch_kincaid_grade(sentence) <= HARDEST_LINE, sentence
            assert len(sentence.split()) <= 24, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_forbidden_word_stands_in_any_line(language):
    words = _words(language)
    forbidden = [re.escape(word) for word in words.lists["forbidden"]]
    pattern = re.compile(rf"\b({'|'.join(forbidden)})\b", re.IGNORECASE)
    for text in [*_sentences(words), *_drawn(words), *_plain_lines(words).values()]:
        found = pattern.search(text)
        assert not found, f"{found} in {text!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_instrument_is_named(language):
    for text in [*_sentences(_words(language)), *_drawn(_words(language))]:
        assert not re.search(r"PHQ|GAD|WHO-5|SRS|OCI|PCL", text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_has_two_numbers_at_most_and_no_decimals(language):
    for text in [*_sentences(_words(language)), *_drawn(_words(language))]:
        numbers = re.findall(r"\d+(?:[.,]\d+)?", text)
        assert len(numbers) <= 2, text
        assert not any("." in n or "," in n for n in numbers), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_hard_comes_with_what_to_do_when_unsafe(language):
    words = _words(language)
    for kind in ("setback", "early_dip", "deterioration"):
        finding, scale = next(findings(kind))
        text = stretch(words, finding, scale, until=UNTIL)[1]
        assert ("unsafe" in text) or ("nicht sicher" in text)


def test_a_level_stretch_is_told_with_its_meaning():
    finding, _ = next(findings("plateau"))
    worry = replace(PHQ, label="Anxiety")
    assert stretch(_words(), finding, worry, until=UNTIL) == (
        "A level stretch is part of the way",
        "Worry has been level since August, for 8 weeks now. Many people have a "
        "stretch like this. It is a good place to stop, look around and choose the "
        "next path together.",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_scale_has_one_for_all_other_scales(language):
    words = _words(language)
    by_name = {
        key: template
        for key, template in words.lines.items()
        if getattr(template, "field", "") == "name"
    }
    assert by_name
    for key, template in by_name.items():
        assert "other" in template.options, key


def test_a_client_reads_whole_numbers():
    assert _words().formats.score(38.5) == "39"


def test_the_readability_check_sees_a_hard_sentence():
    hard = "Clinically significant deterioration necessitates multidisciplinary review."
    assert textstat.flesch_kincaid_grade(hard) > HARDEST_LINE
    assert isinstance(parse("x"), Text)
