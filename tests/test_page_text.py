"""Client text on a page: printed as typed, harmless, and never the end of a run."""

from __future__ import annotations

import page_samples as samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_samples.parts import notebook
from page_samples.reading import opened, words

from analysis import blocks as b
from analysis import page
from analysis.look import letters as look_letters
from analysis.look.letters import MISSING, Letters
from analysis.page.encode import break_long_words, literal, quoted
from analysis.page.exporter import set_notebook

HOSTILE = [
    "#panic(1)",
    "$x^2$",
    "@label",
    "*bold*",
    "_under_",
    "`raw`",
    "<lab>",
    "// comment",
    "/* open",
    '"); #panic("',
    "trailing backslash \\",
    '\\u{41} \\n \\"',
    "<script>alert(1)</script>",
    "<iframe src=file:///etc/passwd>",
    "= head\n- item\n+ item\n/ term: x",
    "{{ jinja }} {% raw %}",
    "\\input{/etc/passwd}",
    "\u202egnp.exe",
    '#read("/look/tokens.toml")',
    "--- ... ~ '' \"\"",
    "\x00\x07\x1b[31m",
    "![x](/etc/passwd)",
    '#import "@preview/x:1.0.0"',
]


def printed(*shown: object) -> str:
    return words(opened(page.pdf_bytes(notebook(samples.progress_frame(), *shown))))


@pytest.mark.parametrize("note", HOSTILE)
def test_a_note_full_of_markup_is_printed_as_typed(note: str) -> None:
    text = printed(b.Paragraph(note, "own_words"))
    expected = Letters().printable(note)
    assert "".join(expected.split()) in text


def test_markup_in_every_field_of_every_block_is_text() -> None:
    bad = '#panic("x") \\" *a* $b$'
    status = b.Status("setback", bad)
    tile = b.Tile(bad, bad, bad, bad, None, status, bad)
    shown = [
        b.Headline(bad, bad),
        b.PageTitle(bad, bad),
        b.Section(bad, bad),
        b.GroupRule(bad),
        b.RiskStrip("now", bad, (bad,), ("yes",), bad, bad),
        b.Tiles((tile,), bad),
        b.Looks((b.Look(status, bad, bad, bad, bad, bad),)),
        b.Wins((b.Win(bad, bad),)),
        b.Marked((status,)),
        b.GoalLines((b.GoalLine(bad, 1, 2, bad),), bad),
        b.Ladder(bad, status, bad, (b.Step(bad, bad),), None, bad, (bad,), bad, bad),
        b.SignTable(
            (bad,) * 6,
            (b.SignRow(status, bad, bad, None, bad, bad),),
        ),
        b.Chart(bad, samples.panel(bad), bad, status),
        b.Box(((bad, bad),)),
        b.Table((b.Head(bad),), ((b.Cell(bad),),), caption=bad),
        b.Bars((b.Bar(3, bad, bad),)),
        b.Rates((b.RateRow(bad, 0.5, 0.4, 0.6, 0.3, 0.7, bad, bad),), note=bad),
    ]
    frame = samples.progress_frame(practice=bad, header=bad, footer_left=bad, title=bad)
    for one in (frame, samples.handout_frame(practice=bad, header=bad)):
        assert page.pdf_bytes(notebook(one, *shown))
    assert printed(*shown).count("#panic(") > 30


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80), st.text(max_size=30))
def test_no_text_whatever_stops_a_report(note: str, name: str) -> None:
    status = b.Status("moving", "Moving")
    tile = b.Tile(name, name, "1", "2", None, status, note)
    goal = b.Ladder(name, status, name, (b.Step(note, name, "done"),), history=(note,))
    shown = [b.PageTitle(name, note), b.Paragraph(note), b.Tiles((tile,)), goal]
    assert page.pdf_bytes(notebook(samples.progress_frame(header=name), *shown))


@given(st.text())
def test_a_literal_ends_where_it_should_and_nowhere_else(text: str) -> None:
    coded = quoted(text)
    inside = coded[1:-1].replace("\\\\", "").replace('\\"', "").replace("\\n", "")
    assert coded[0] == coded[-1] == '"'
    assert '"' not in inside
    assert "\\" not in inside
    assert "\n" not in inside


def test_literals_of_data_are_read_back_as_data() -> None:
    data = {"a": [1, -2.5, True, None], "b": {}, "c": [], 'd"': "x\\y"}
    expected = '("a": (1, (-2.5), true, none,), "b": (:), "c": (), "d\\"": "x\\\\y",)'
    assert literal(data) == expected


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_is_no_plain_data_is_refused(bad: object) -> None:
    with pytest.raises(TypeError):
        literal({"x": bad})


NAMES = [
    "Zoë Čapek-Łukasz",
    "Kɔfi Ɓello Ŋandu Đặng",
    "עברית",
    "علي محمد",
    "山田太郎",
    "김철수",
    "नमस्ते",
    "สมชาย",
    "Γιώργος",
    "Дмитрий",
    "አበበ",
    "გიორგი",
    "தமிழ்",
    "😀👍🏽👩‍👩‍👧❤️🇬🇧",
    "● ▲ ★ ☑ → ↓ ≥ −",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_world_are_printed_with_nothing_replaced(name: str) -> None:
    tile = b.Tile(name, "PHQ-9", "1", "2", None, b.Status("moving", "x"), name)
    shown = notebook(samples.progress_frame(header=name), b.Tiles((tile,)))
    _, replaced = set_notebook(shown)
    assert replaced == []


def test_a_letter_no_font_has_becomes_a_box_and_is_told_by_code_point() -> None:
    letters = Letters()
    assert letters.printable("a\U00013000b") == f"a{MISSING}b"
    assert letters.replaced == [0x13000]


def test_control_characters_become_visible_signs() -> None:
    letters = Letters()
    assert letters.printable("a\x00b\x07\x7f\x85c") == "a␀b␇␡\nc"
    assert letters.replaced == [0x00, 0x07, 0x7F]


@pytest.mark.parametrize("override", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068")
def test_direction_overrides_are_taken_out(override: str) -> None:
    assert Letters().printable(f"ab{override}cd") == "abcd"


def test_line_ends_of_every_kind_end_a_line() -> None:
    assert Letters().printable("a\r\nb\rc\u2028d\u2029e\x0bf") == "a\nb\nc\nd\ne\nf"


def test_a_lone_surrogate_is_replaced() -> None:
    assert Letters().printable("a\ud800b") == f"a{MISSING}b"


def test_a_mark_its_letter_has_no_font_for_is_shown_apart() -> None:
    letters = Letters()
    assert letters.printable("ж\u0941") == f"ж{MISSING}"
    assert letters.replaced == [0x941]


@given(st.text())
def test_making_text_printable_twice_changes_nothing_more(text: str) -> None:
    once = Letters().printable(text)
    again = Letters()
    assert again.printable(once) == once
    assert again.replaced == []


def test_the_engine_has_the_last_word_on_a_letter_the_fonts_only_claim(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(look_letters, "_is_covered", lambda codes, folders: True)
    shown = notebook(samples.progress_frame(), b.Paragraph("x \U00013000 and \u07ca."))
    pdf, replaced = set_notebook(shown)
    assert pdf.startswith(b"%PDF")
    assert sorted(replaced) == [0x7CA, 0x13000]


def test_long_words_break_after_joints_and_only_when_too_long() -> None:
    assert break_long_words("short words stay", 8) == "short words stay"
    assert break_long_words("measurement_column", 12) == "measurement_\u200bcolumn"
    assert break_long_words("x" * 9, 8) == "xxxxxx\u200bxxx"


def test_a_word_of_four_hundred_letters_stays_on_the_page() -> None:
    word = "x" * 400
    pdf = opened(page.pdf_bytes(notebook(samples.progress_frame(), b.Paragraph(word))))
    assert words(pdf).count("x") >= 400
    assert len(pdf.pages) == 1
