"""A practice adds a measure by putting one file into a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.measures import measures_markdown, read_measures, scales

EXAMPLES = Path(__file__).parent / "exports" / "measures"

SHORT = """
id = "mood3"
name = "Mood in three questions"

[items]
count = 3
min = 0
max = 10

[[scores]]
id = "total"
label = "Mood"
low = 0
high = 30
higher_is = "better"
"""


def _folder(tmp_path: Path, text: str = SHORT, name: str = "mood3.toml") -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_file_in_the_folder_is_a_measure(tmp_path: Path) -> None:
    measures = read_measures(_folder(tmp_path))
    assert len(measures) == 66
    assert measures["mood3"].is_own
    assert scales(measures)["mood3.total"].higher_is == "better"


def test_totals_alone_are_enough() -> None:
    known = scales(read_measures(EXAMPLES))
    assert known["bdi2.total"].high == 63
    assert known["bdi2.total"].band(20) == "moderate"
    assert known["bdi2.total"].reliable_change_source.endswith("unverified")
    assert known["hamd.total"].reliable_change is None
    assert known["shaps.total"].is_case(3)


def test_the_example_of_the_documentation_works(tmp_path: Path) -> None:
    page = measures_markdown(read_measures())
    blocks = page.split("```toml\n")[1:]
    example = next(b.split("```")[0] for b in blocks if b.startswith("id = "))
    measures = read_measures(_folder(tmp_path, example, "bdi2.toml"))
    assert measures["bdi2"].instrument == "BDI-II"


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    text = SHORT.replace('"mood3"', '"phq9"')
    with pytest.raises(AnalysisError, match=r"mood3\.toml.*'phq9' is taken by this"):
        read_measures(_folder(tmp_path, text))


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    _folder(tmp_path, SHORT, "a.toml")
    with pytest.raises(AnalysisError, match=r"b\.toml.*taken by .*a\.toml"):
        read_measures(_folder(tmp_path, SHORT, "b.toml"))


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('higher_is = "better"', 'higher_is = "up"', "one of better, worse, neither"),
        ("low = 0", 'low = "0"', "low in .scores. must be a number"),
        ('label = "Mood"', "", "label is missing in .scores."),
        ('label = "Mood"', 'label = "Mood"\ncolour = 1', "unknown key colour"),
        ("count = 3", 'count = "3"', "count in .items. must be a whole number"),
        ("high = 30", "high = 0", "low must be below high"),
        ('id = "total"', 'id = "Total"', "must be lower-case"),
        (
            'id = "total"',
            'id = "total"\nitems = [4]',
            "item 4, which the form does not",
        ),
        (
            'higher_is = "better"',
            'higher_is = "better"\n[[scores.bands]]\nlist = [[5, "low"]]',
            "bands must cover 0 to 30",
        ),
        (
            'higher_is = "better"',
            'higher_is = "better"\n[[scores.reliable_change]]\nvalue = 0\nbasis = "x"',
            "reliable_change must be above 0",
        ),
        (
            'higher_is = "better"',
            'higher_is = "better"\nverified = "one-source"\nsources = ["book"]',
            "source book is described nowhere",
        ),
        (
            'higher_is = "better"',
            'higher_is = "better"\n[[scores.cutoffs]]\nid = "x"\nop = "="\n'
            'value = 3\nmeaning = "y"',
            "one of >=, >, <=, <",
        ),
        ("[items]", "[items", "cannot be read"),
    ],
)
def test_a_mistake_names_file_key_and_what_is_allowed(
    tmp_path: Path, wrong: str, right: str, message: str
) -> None:
    with pytest.raises(AnalysisError, match=message) as refused:
        read_measures(_folder(tmp_path, SHORT.replace(wrong, right)))
    assert "mood3.toml" in str(refused.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = SHORT.replace('label = "Mood"', "colour = 1").replace(
        "low = 0", "low = true"
    )
    with pytest.raises(AnalysisError, match=r"3 problem") as refused:
        read_measures(_folder(tmp_path, text))
    assert "colour" in str(refused.value)
    assert "label is missing" in str(refused.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="is no folder"):
        read_measures(tmp_path / "nowhere")
