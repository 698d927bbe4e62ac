"""Wording files: how a line is read, chosen and filled, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.errors import AnalysisError
from analysis.tables import Formats
from analysis.wording import AUDIENCES, Wording, WordingError, languages, read_wording
from analysis.wording.template import Voice, fields_of, parse, render

VOICE = Voice(Formats("en_GB", year=2026), ("none", "one", "two", "three"))


def _said(entry, **fields) -> str:
    return render(parse(entry), fields, VOICE)


def test_a_placeholder_is_filled_and_formatted():
    line = "{instrument} {latest} since {since:day}, gain {points:signed}"
    fields = {"instrument": "PHQ-9", "latest": 6.0, "since": date(2026, 7, 20)}
    assert _said(line, points=-0.3, **fields) == "PHQ-9 6 since 20 July, gain −0.3"


@pytest.mark.parametrize(
    ("spec", "value", "text"),
    [
        ("", 38.5, "38.5"),
        ("", "as typed", "as typed"),
        ("", date(2025, 7, 20), "20 July 2025"),
        (":size", -4.0, "4"),
        (":whole", 8.4, "8"),
        (":one", 0.25, "0.3"),
        (":percent", 0.665, "67\u00a0%"),
        (":short", date(2026, 8, 3), "3 Aug"),
        (":full", date(2026, 8, 3), "3 August 2026"),
        (":month", date(2026, 8, 3), "August"),
        (":list", ["a", "b", "c"], "a, b and c"),
        (":word", 2, "two"),
        (":word", 12, "12"),
        (":Word", 2, "Two"),
        (":cap", "worry", "Worry"),
        (":low", "Thinking differently", "thinking differently"),
    ],
)
def test_every_format_writes_a_value_as_readers_know_it(spec, value, text):
    assert _said(f"{{x{spec}}}", x=value) == text


def test_scores_have_the_decimals_of_their_scale():
    assert _said("{x}", x=3.1667, step=1 / 6) == "3.17"
    assert _said("{x}", x=3.1667, step=1.0) == "3.2"


def test_a_field_chooses_the_line():
    entry = {"by": "held", "true": "held", "false": "lost", "missing": "not known"}
    assert [_said(entry, held=h) for h in (True, False, None)] == [
        "held",
        "lost",
        "not known",
    ]


def test_other_takes_what_no_line_names_and_empty_text_has_its_own():
    entry = {"by": "name", "Anxiety": "worry", "empty": "nothing", "other": "{name}"}
    assert _said(entry, name="Anxiety") == "worry"
    assert _said(entry, name="Sleep") == "Sleep"
    assert _said(entry, name="") == "nothing"


def test_a_count_chooses_by_the_plural_of_its_language():
    entry = {"plural": "n", "zero": "no week", "one": "one week", "other": "{n} weeks"}
    said = [_said(entry, n=n) for n in (0, 1, 2, 8)]
    assert said == ["no week", "one week", "2 weeks", "8 weeks"]
    del entry["zero"]
    assert _said(entry, n=0) == "0 weeks"


def test_a_tilde_is_a_space_that_never_breaks_but_not_in_a_clients_words():
    assert _said("8~weeks, {what}", what="a~b") == "8\u00a0weeks, a~b"


def test_line_breaks_of_a_file_are_spaces():
    assert _said("one\n   two") == "one two"


def test_words_in_braces_from_a_client_are_not_read_again():
    assert _said("{what}", what="{secret}") == "{secret}"


def test_a_field_not_given_or_missing_is_an_error():
    with pytest.raises(WordingError, match="cutoff was not given"):
        _said("{cutoff}")
    with pytest.raises(WordingError, match="cutoff is missing"):
        _said("{cutoff}", cutoff=None)
    with pytest.raises(WordingError, match="no line for this value of held"):
        _said({"by": "held", "true": "x"}, held=False)


def test_an_error_never_holds_a_clients_words():
    with pytest.raises(WordingError) as caught:
        _said({"by": "what", "x": "y"}, what="a secret of a client")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{a.b}", "no plain name"),
        ("{a[0]}", "no plain name"),
        ("{a!r}", "no known format"),
        ("{a:.2f}", "no known format"),
        ({"by": "x"}, "lines to pick from"),
        ({"plural": "n", "one": "x"}, "`other`"),
        ({"x": "y"}, "expected"),
        (3, "expected"),
    ],
)
def test_a_faulty_line_is_refused_when_it_is_read(entry, problem):
    with pytest.raises(ValueError, match=problem):
        parse(entry)


def test_all_fields_of_a_line_are_known_beforehand():
    entry = {"by": "held", "true": "{a}", "false": {"plural": "n", "other": "{b:day}"}}
    assert fields_of(parse(entry)) == {"held", "a", "n", "b"}


def test_an_unknown_key_is_an_error():
    with pytest.raises(WordingError, match=r"no line .look\.nothing."):
        read_wording("clinician").sentence("look.nothing")


def test_readers_and_languages_without_a_file_are_refused():
    with pytest.raises(AnalysisError, match="clinician, client, lead"):
        read_wording("insurer")
    with pytest.raises(AnalysisError, match=r"there is no client wording in fr"):
        read_wording("client", "fr")
    with pytest.raises(AnalysisError, match="not known"):
        read_wording("client", "klingon")


def test_a_locale_chooses_its_language_and_writes_its_dates():
    day = date(2026, 8, 3)
    assert read_wording("clinician", "en_US").formats.full_day(day) == "August 3, 2026"
    assert read_wording("clinician", "de_AT").language == "de"
    assert languages() == ("en", "de")


def test_a_word_the_file_does_not_list_stays_as_the_measure_says():
    words = read_wording("clinician", "de")
    assert words.term("band", "moderate") == "mittel"
    assert words.term("band", "of our own") == "of our own"


def _keys(words: Wording) -> set[str]:
    return set(words.lines)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_second_language_is_complete_and_asks_for_no_other_field(audience):
    english, german = read_wording(audience), read_wording(audience, "de")
    assert _keys(german) == _keys(english)
    for key in _keys(english):
        assert german.fields_of(key) <= english.fields_of(key), key
    assert german.lists["omitted"] == english.lists["omitted"]
    assert set(english.terms["status"]) == set(german.terms["status"])
    assert set(english.terms["sign"]) == set(german.terms["sign"])
    assert english.terms["shape"] == german.terms["shape"]
    assert english.terms.get("clause") == german.terms.get("clause")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_second_language_is_marked_as_not_reviewed(audience):
    from importlib import resources

    text = resources.files("analysis.wording").joinpath(f"de/{audience}.toml")
    assert "NEEDS REVIEW" in text.read_text("utf-8")
