"""Broken profiles: every problem named, nobody's words repeated, no traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_helpers import measures, of_files

from analysis.errors import AnalysisError
from analysis.importers.profile_reading import read_profile
from analysis.importers.profile_shapes import _SHAPES

WORDS = "Anna Muster"
VALUES = [
    f'"{WORDS}"',
    "1",
    "-1.5",
    "true",
    "[]",
    "{}",
    f'["{WORDS}"]',
    f'{{ a = "{WORDS}" }}',
    "2025-01-01",
    "9999-12-31",
    "10:00:00",
    "nan",
    '""',
    "99999999999999999999",
]
SECTIONS = ["match", "file", "dates", "occasions", "columns", "answers", "notes"]
TABLE = "Nr,Tag,f1,note\n" + "".join(
    f"K{n},0{n}.02.2025,{n},{WORDS}\n" for n in range(1, 5)
)


@st.composite
def profiles(draw: st.DrawFn) -> str:
    """Any value at any place of a profile."""
    value = st.sampled_from(VALUES)
    lines = [f"{key} = {draw(value)}" for key in draw(st.sets(st.sampled_from(TOP)))]
    for section in draw(st.sets(st.sampled_from(SECTIONS))):
        keys = list(_SHAPES.get(section, {"client": 0, "date": 0, WORDS.split()[0]: 0}))
        chosen = draw(st.sets(st.sampled_from(keys)))
        lines += [f"[{section}]", *(f"{key} = {draw(value)}" for key in sorted(chosen))]
    if draw(st.booleans()):
        chosen = draw(st.sets(st.sampled_from(list(_SHAPES["forms"]))))
        lines += ["[[forms]]", *(f"{key} = {draw(value)}" for key in sorted(chosen))]
    return "\n".join(lines)


TOP = ["name", "table", "everyone", "prefix", "blank", "decimal", "missing", "drop"]


@settings(max_examples=80, deadline=None)
@given(profiles())
def test_any_profile_is_read_or_its_problems_are_named(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.toml"
        path.write_text(text, encoding="utf-8")
        said = ""
        try:
            read_profile(path, measures())
        except AnalysisError as problem:
            said = str(problem)
        assert WORDS not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('columns = "x"', "columns must be a section of columns"),
        ("forms = 1", "forms must be sections [[forms]]"),
        ("table = []", "table must be text"),
        ('[file]\ndelimiter = "ab"', "delimiter in [file] must be one sign"),
        ('[file]\nencoding = "none"', "encoding in [file] must be an encoding"),
        ("[occasions]\nstart = 9999-12-31", "start in [occasions] must be a date"),
        ('table = "goals"\n[columns]\nclient = "x"', "goal_id is needed"),
        ('table = "sessions"\n[columns]\nsex = "x"', "unknown key sex in [columns]"),
        ('[answers]\na = "b"', "answers must be a section of numbers"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError) as caught:
        read_profile(path, measures())
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "more",
    [
        "",
        "[file]\nheader_row = 3",
        '[columns]\nclient = "Nr"',
        '[columns]\nclient = "Nr"\ndate = "Tag"',
        '[columns]\ndate = "Tag"\n[[forms]]\nmeasure = "gad2"\ntotals = "f1"',
    ],
)
def test_a_profile_that_leaves_things_open_reads_nothing_and_says_what(
    more: str, tmp_path: Path
) -> None:
    profile = f'[match]\nfiles = ["t*"]\n{more}'
    result = of_files(tmp_path, {"t.csv": TABLE, "p.toml": profile})
    row = result.files.iloc[0]
    assert row["action"] in ("needs_config", "reject")
    assert row["accepted"] == 0
    assert "does not say" in row["messages"]
    assert WORDS not in row["messages"]
