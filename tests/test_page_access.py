"""Accessibility: what a screen reader and a PDF/UA checker find in the pages."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import page_samples as samples
import pikepdf
import pytest
from page_samples.parts import notebook
from page_samples.reading import children, elements, opened, tags, words

from analysis import blocks as b
from analysis import page

SAMPLES = {
    "progress": samples.progress,
    "handout": samples.handout_notebook,
    "caseload": samples.caseload,
}


@cache
def sample(name: str) -> pikepdf.Pdf:
    return opened(page.pdf_bytes(SAMPLES[name]()))


@pytest.fixture(params=sorted(SAMPLES))
def pdf(request: pytest.FixtureRequest) -> pikepdf.Pdf:
    return sample(request.param)


def set_blocks(*shown: object) -> pikepdf.Pdf:
    return opened(page.pdf_bytes(notebook(samples.progress_frame(), *shown)))


def test_a_page_says_it_is_tagged_universal_and_what_it_is_called(pdf):
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    metadata = pdf.open_metadata()
    assert metadata["pdfuaid:part"] == "1"
    assert "September 2026" in metadata["dc:title"]
    assert "A-1042" not in str(metadata)


def test_every_page_has_one_first_level_head():
    report = sample("progress")
    assert tags(report).count("H1") == len(report.pages) == 3
    assert tags(sample("handout")).count("H1") == 1
    assert tags(sample("caseload")).count("H1") == 2


def test_heads_never_skip_a_level(pdf):
    levels = [int(tag[1]) for tag in tags(pdf) if tag in ("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    steps = [later - now for now, later in pairwise(levels)]
    assert max(steps) <= 1


def test_heads_stand_beside_paragraphs_never_inside_one(pdf):
    for element in elements(pdf):
        if str(element.S) in ("/P", "/Span"):
            assert not {"H1", "H2", "H3"} & set(children(element))


def test_every_figure_has_its_finding_as_alt_text(pdf):
    figures = [element for element in elements(pdf) if element.S == "/Figure"]
    for figure in figures:
        assert str(figure.Alt).endswith(".")
    pictures = {"progress": 5, "handout": 1, "caseload": 0}
    counted = {name: tags(sample(name)).count("Figure") for name in SAMPLES}
    assert counted == pictures  # sparks, shapes and rules are decoration


def test_tables_have_column_heads_and_rows_of_equal_length():
    found = set()
    for name in ("progress", "caseload"):
        for element in elements(sample(name)):
            if element.S == "/Table":
                assert children(element)[:2] == ["THead", "TBody"]
            elif element.S == "/THead":
                row = (
                    element.K[0] if isinstance(element.K, pikepdf.Array) else element.K
                )
                found.add(tuple(children(row)))
    assert found == {("TH",) * 6, ("TH",) * 5, ("TH",) * 7, ("TH",) * 3}


def test_lists_are_lists():
    progress = sample("progress")
    lists = [children(element) for element in elements(progress) if element.S == "/L"]
    assert lists == [["LI"] * 3, ["LI"] * 4]  # worth a look, worth celebrating


def test_running_text_is_in_paragraphs():
    names = tags(set_blocks(b.Headline("One", "two"), b.Paragraph("Three.")))
    assert names == ["Document", "H1", "P", "P"]


def test_the_reading_order_is_the_order_of_the_blocks():
    text = words(sample("progress"))
    landmarks = [
        "belowtheircut-offs",
        "Riskitem",
        "PHQ-9·↓isbetter",
        "Worthalook",
        "Worthcelebrating",
        "Signsofprogress",
        "Thismonth",
        "Courses",
        "Higherisbetter",
        "Goals:onereached",
    ]
    places = [text.index(landmark) for landmark in landmarks]
    assert places == sorted(places)


def test_bookmarks_lead_to_every_head():
    with sample("progress").open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
        below = [str(item.title) for item in outline.root[0].children]
    assert titles[1:] == [
        "Courses: two of three symptom scores are still falling",
        "Signs of progress: seven of ten are moving",
    ]
    assert below[:2] == ["Worth a look", "Worth celebrating"]


def test_the_word_of_a_group_is_printed_once_and_told_in_every_row():
    status = b.Status("overdue", "Overdue")
    rows = tuple((b.Cell("", status=status), b.Cell(f"A-{n}")) for n in range(3))
    table = b.Table((b.Head("Flag"), b.Head("Client")), rows, group_starts=(0,))
    assert words(set_blocks(b.PageTitle("T"), table)).count("Overdue") == 3


def test_text_in_charts_is_text():
    assert "Cut-off10" in words(sample("progress")) or _form_words(sample("progress"))


def _form_words(pdf: pikepdf.Pdf) -> bool:
    """Chart text may stand in a form of its own: its fonts then map to Unicode."""
    forms = [
        form
        for one in pdf.pages
        for form in one.Resources.get("/XObject", {}).values()
        if form.get("/Subtype") == "/Form"
    ]
    return any("/Font" in form.get("/Resources", {}) for form in forms)


def test_a_picture_without_alt_text_is_decoration_and_one_with_it_is_not():
    chart = b.Chart("Title", samples.panel("It fell."))
    silent = b.Chart("Title", samples.panel(""))
    assert "Figure" in tags(set_blocks(b.PageTitle("T"), chart))
    assert "Figure" not in tags(set_blocks(b.PageTitle("T"), silent))
