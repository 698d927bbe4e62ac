"""What an analyst adds: tables, markdown, pictures, printed output."""

from __future__ import annotations

import base64
import io
import struct

import nbformat.v4 as v4
import numpy as np
import page_samples as samples
import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbformat import NotebookNode
from page_samples.parts import notebook
from page_samples.reading import children, elements, opened, tags, words

from analysis import blocks as b
from analysis import page
from analysis.errors import AnalysisError
from analysis.page.htmltable import table_blocks
from analysis.page.markdown import markdown_block
from analysis.page.pictures import png_block, svg_block, svg_of_pixels


def shown(*data: dict[str, str], **metadata: str) -> NotebookNode:
    outputs = [v4.new_output("display_data", data=one) for one in data]
    cell = v4.new_code_cell("x", outputs=outputs, metadata=metadata)
    return v4.new_notebook(cells=[cell])


def texts(table: dict, part: str = "rows") -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in table[part]]


def figure() -> Figure:
    drawn = Figure(figsize=(4, 2))
    drawn.subplots().plot([1, 3, 2])
    return drawn


def png() -> str:
    stream = io.BytesIO()
    figure().savefig(stream, format="png", dpi=100)
    return base64.b64encode(stream.getvalue()).decode()


# --- tables ---------------------------------------------------------------------------


def test_a_frame_keeps_its_cells_heads_and_row_names() -> None:
    frame = pd.DataFrame(
        {"score": [1.5, 10.0], "note": ["a\nb", "c"]}, index=["x", "y"]
    )
    (table,) = table_blocks(frame.to_html())
    assert texts(table, "head") == [["", "score", "note"]]
    assert texts(table) == [["x", "1.5", "a\nb"], ["y", "10.0", "c"]]
    name, score, note = table["rows"][0]
    assert name["bold"]
    assert score["right"]
    assert not note["right"]


def test_merged_heads_and_rows_of_a_multiindex_fill_the_grid() -> None:
    frame = pd.DataFrame(
        np.arange(8).reshape(4, 2),
        index=pd.MultiIndex.from_product([["a", "b"], [1, 2]]),
        columns=pd.MultiIndex.from_product([["PHQ-9"], ["before", "after"]]),
    )
    (table,) = table_blocks(frame.to_html())
    assert table["columns"] == 4
    top = table["head"][0]
    assert [cell["colspan"] for cell in top if cell["text"] == "PHQ-9"] == [2]
    assert table["rows"][0][0]["rowspan"] == 2
    covered = sum(
        cell["colspan"] * cell["rowspan"] for row in table["rows"] for cell in row
    )
    assert covered == 4 * 4


def test_a_styler_keeps_fill_colour_weight_and_caption() -> None:
    frame = pd.DataFrame({"n": [1, 9]})
    styled = frame.style.set_caption("Counted").highlight_max(color="#CFE3EF")
    styled = styled.map(lambda n: "font-weight: bold; color: #A84300", subset=["n"])
    (table,) = table_blocks(styled.to_html())
    assert table["caption"] == "Counted"
    last = table["rows"][1][1]
    assert (last["fill"].upper(), last["colour"].upper()) == ("#CFE3EF", "#A84300")
    assert last["bold"]


@pytest.mark.parametrize(
    "html",
    [
        "<table></table>",
        "<table><tr></tr><tr><td>1<td>2</table>",
        "<table><tr><td rowspan=9 colspan=9>x</td></tr><tr><td>y</td></tr></table>",
        "<table><tr><td colspan=0>x</td></tr></table>",
        "<table><tr><td colspan='x'><table><tr><td>in</table></td></tr></table>",
        "<table><thead><tr><th>a</th></tr></thead></table>",
    ],
)
def test_odd_tables_are_set_not_refused(html: str) -> None:
    assert page.pdf_bytes(shown({"text/html": html}))


def test_a_table_too_wide_is_cut_and_each_part_has_the_row_names() -> None:
    wide = pd.DataFrame(
        np.ones((2, 14)), index=["x", "y"], columns=[f"measure_{n}" for n in range(14)]
    )
    parts = table_blocks(wide.to_html())
    assert len(parts) > 1
    assert all(texts(part)[0][0] == "x" for part in parts)
    heads = [head for part in parts for head in texts(part, "head")[0][1:]]
    assert heads == list(wide.columns)


def test_a_long_table_repeats_its_head_on_every_page() -> None:
    long = pd.DataFrame({"number": range(150), "word": "w"})
    html = long.to_html(max_rows=None)
    pdf = opened(page.pdf_bytes(shown({"text/html": html})))
    assert len(pdf.pages) >= 3
    assert words(pdf).count("numberword") == len(pdf.pages)
    assert tags(pdf).count("THead") == 1


def test_a_table_enters_the_tag_tree_with_its_heads() -> None:
    frame = pd.DataFrame({"a": [1], "b": [2]})
    pdf = opened(page.pdf_bytes(shown({"text/html": frame.to_html()})))
    rows = [children(element) for element in elements(pdf) if element.S == "/TR"]
    assert rows == [["TH"] * 3, ["TD"] * 3]


# --- markdown -------------------------------------------------------------------------


def kinds(text: str) -> list[str]:
    return [node["kind"] for node in markdown_block(text)["nodes"]]


def test_markdown_becomes_nodes_of_text() -> None:
    text = "# Head\n\ntext **b** *i* `c` ~~s~~\n\n- a\n- b\n\n> q\n\n```\nx\n```\n\n---"
    assert kinds(text) == ["heading", "paragraph", "list", "quote", "code", "rule"]
    paragraph = markdown_block("a **b** [l](https://x.org) &amp; \\*")["nodes"][0]
    found = [node["kind"] for node in paragraph["nodes"]]
    assert found[:4] == ["text", "strong", "text", "link"]


def test_only_web_and_mail_links_stay_links() -> None:
    for target in ("javascript:alert(1)", "file:///etc/passwd", "../secret.pdf"):
        node = markdown_block(f"[word]({target})")["nodes"][0]["nodes"][0]
        assert node["kind"] != "link"
    node = markdown_block("[word](mailto:a@b.org)")["nodes"][0]["nodes"][0]
    assert node["url"] == "mailto:a@b.org"


def test_pictures_of_markdown_come_from_the_cell_or_are_named() -> None:
    attached = {"a.png": {"image/png": png()}}
    node = markdown_block("![It fell](attachment:a.png)", attached)["nodes"][0]
    assert (node["kind"], node["alt"]) == ("picture", "It fell")
    outside = markdown_block("![It fell](/etc/passwd)")["nodes"][0]
    assert outside["nodes"][0]["text"] == "[It fell]"


def test_heads_of_an_analyst_never_outrank_the_page() -> None:
    given = notebook(samples.progress_frame(), b.Headline("One"), b.Section("Two"))
    given.cells.append(v4.new_markdown_cell("# Own\n\n#### Deep\n\n#\n\ntext"))
    assert [t for t in tags(opened(page.pdf_bytes(given))) if t[0] == "H"] == [
        "H1",
        "H2",
        "H2",
        "H3",
    ]


def test_a_notebook_without_a_page_block_becomes_a_plain_page() -> None:
    cells = [v4.new_markdown_cell("## Second first\n\ntext\n\n### Third")]
    plain = v4.new_notebook(cells=cells, metadata={"title": "Own work"})
    pdf = opened(page.pdf_bytes(plain))
    assert str(pdf.docinfo.Title) == "Own work"
    assert [t for t in tags(pdf) if t[0] == "H"] == ["H1", "H2"]
    assert "Confidential" not in words(pdf)


# --- pictures -------------------------------------------------------------------------


def test_an_svg_keeps_its_natural_size() -> None:
    stream = io.StringIO()
    figure().savefig(stream, format="svg")
    block = svg_block(stream.getvalue(), "It fell.")
    assert block["width_mm"] == pytest.approx(4 * 25.4, abs=0.1)
    assert block["height_mm"] == pytest.approx(2 * 25.4, abs=0.1)


def test_a_png_keeps_the_size_its_resolution_gives() -> None:
    block = png_block(png(), "It fell.")
    assert block["width_mm"] == pytest.approx(4 * 25.4, abs=0.3)


def test_a_jpeg_is_read_too() -> None:
    # SOI, then a frame header (SOF0): length 17, 8 bits, 20 high, 30 wide
    raw = b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 20, 30) + b"\x03" * 9
    block = png_block(base64.b64encode(raw).decode(), "x", "image/jpeg")
    assert block["width_mm"] == pytest.approx(30 * 25.4 / 100)


def test_pictures_are_figures_with_alt_text_from_the_cell_or_a_plain_word() -> None:
    for metadata, alt in (({"alt": "It fell."}, "It fell."), ({}, "Picture added")):
        pdf = opened(page.pdf_bytes(shown({"image/png": png()}, **metadata)))
        (found,) = [element for element in elements(pdf) if element.S == "/Figure"]
        assert str(found.Alt).startswith(alt)


@pytest.mark.parametrize(
    "svg",
    [
        "<svg nonsense",
        "<html/>",
        "<!DOCTYPE s [<!ENTITY a 'b'>]><svg "
        "xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
    ],
)
def test_a_broken_drawing_is_refused_by_its_cell(svg: str) -> None:
    with pytest.raises(AnalysisError, match=r"Cell 1 .*not a readable SVG"):
        page.pdf_bytes(shown({"image/svg+xml": svg}))


def test_links_in_a_drawing_to_files_are_taken_out() -> None:
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'>"
        "<image href='file:///etc/passwd' width='5'/>"
        '<image xlink:href="/look/secret.png" '
        "xmlns:xlink='http://www.w3.org/1999/xlink'/></svg>"
    )
    block = svg_block(svg, "x")
    assert "passwd" not in block["svg"]
    assert "secret" not in block["svg"]
    assert page.pdf_bytes(shown({"image/svg+xml": svg}))


def test_pixels_become_a_drawing_that_needs_no_file() -> None:
    svg = svg_of_pixels(b"\x89PNG", "image/png", 30, 10)
    assert "data:image/png;base64," in svg
    assert svg_block(svg, "logo")["width_mm"] == pytest.approx(30)


# --- printed output -------------------------------------------------------------------


def test_printed_output_is_shown_and_warnings_are_not() -> None:
    streams = [
        v4.new_output("stream", name="stdout", text="mean \x1b[31m12\x1b[0m\n"),
        v4.new_output("stream", name="stderr", text="FutureWarning"),
    ]
    cell = v4.new_code_cell("x", outputs=streams)
    text = words(opened(page.pdf_bytes(v4.new_notebook(cells=[cell]))))
    assert "mean12" in text
    assert "FutureWarning" not in text


def test_what_python_prints_for_objects_is_left_out() -> None:
    kept = {"text/plain": "count    3"}
    dropped = {"text/plain": "<Axes: title='Jane'>"}
    several = {"text/plain": "[<matplotlib.lines.Line2D object at 0x7f>]"}
    text = words(opened(page.pdf_bytes(shown(dropped, kept, several))))
    assert "count3" in text
    assert "Axes" not in text
    assert "Line2D" not in text


def test_the_richest_form_of_an_output_is_shown() -> None:
    frame = pd.DataFrame({"a": [1]})
    both = {"text/plain": "plain form", "text/html": frame.to_html()}
    text = words(opened(page.pdf_bytes(shown(both))))
    assert "plainform" not in text
    only_html = {
        "text/plain": "<IPython.core.display.HTML object>",
        "text/html": "<style>p{}</style><p>said <b>so</b></p><script>x()</script>",
    }
    assert "saidso" in words(opened(page.pdf_bytes(shown(only_html))))
    no_table = {"text/plain": "plain form", "text/html": "<div>x</div>"}
    assert "plainform" in words(opened(page.pdf_bytes(shown(no_table))))


def test_an_output_only_a_browser_can_show_is_named_not_dropped() -> None:
    output = {"application/vnd.plotly.v1+json": {}, "text/html": "<script>x</script>"}
    text = words(opened(page.pdf_bytes(shown(output))))
    assert "interactiveoutput" in text


def test_what_stands_in_for_alt_text_speaks_the_language_of_the_page() -> None:
    frame = samples.progress_frame(language="de", region="DE")
    given = notebook(frame, b.Headline("Eins"))
    given.cells += shown({"image/png": png()}).cells
    found = elements(opened(page.pdf_bytes(given)))
    (alt,) = [str(element.Alt) for element in found if element.S == "/Figure"]
    assert alt.startswith("Vom Auswertungsteam")
