"""Notebook in, PDF out: the same bytes each time, code never, errors refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib
import nbformat
import nbformat.v4 as v4
import page_samples as samples
import pytest
from nbconvert.exporters import get_exporter
from page_samples.parts import notebook
from page_samples.reading import opened, words

from analysis import blocks as b
from analysis import page
from analysis.errors import AnalysisError
from analysis.page.exporter import set_notebook


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(
    ("frame", "body", "pages"),
    [
        (samples.progress_frame, samples.progress_1, 1),
        (samples.progress_frame, samples.progress_3, 1),
        (samples.handout_frame, samples.handout, 1),
        (samples.caseload_frame, samples.caseload_1, 1),
        (samples.caseload_frame, samples.caseload_2, 1),
    ],
)
def test_each_sample_page_fits_its_page_on_both_papers(frame, body, pages, paper):
    pdf = opened(page.pdf_bytes(notebook(frame(paper=paper), *body())))
    assert len(pdf.pages) == pages
    width, height = (float(x) for x in list(pdf.pages[0].MediaBox)[2:])
    millimetres = (round(width / 72 * 25.4), round(height / 72 * 25.4))
    assert millimetres == {"A4": (210, 297), "Letter": (216, 279)}[paper]


def test_the_same_notebook_gives_the_same_bytes_even_in_another_process(tmp_path):
    made = page.pdf_bytes(samples.progress())
    assert page.pdf_bytes(samples.progress()) == made
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import page_samples, hashlib\n"
        "from analysis import page\n"
        "sys.stdout.buffer.write(page.pdf_bytes(page_samples.progress()))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True
    )
    assert other.stdout == made


def test_importing_the_page_starts_no_thread():
    # a process that forks must hold a single thread; typesetting starts several
    code = (
        "import analysis.page.exporter, pathlib\n"
        "tasks = pathlib.Path('/proc/self/task')\n"
        "print(len(list(tasks.iterdir())) if tasks.exists() else 1)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        env={"OPENBLAS_NUM_THREADS": "1", "PATH": ""},
    )
    assert run.stdout.strip() == "1"


def test_nbconvert_finds_the_exporter_and_writes_a_pdf_from_any_folder(
    tmp_path, monkeypatch
):
    path = tmp_path / "executed.ipynb"
    nbformat.write(samples.handout_notebook(), path)
    monkeypatch.chdir(tmp_path)
    exporter = get_exporter("cairnpdf")()
    pdf, resources = exporter.from_filename(str(path))
    assert pdf.startswith(b"%PDF-1.7")
    assert exporter.file_extension == resources["output_extension"] == ".pdf"
    assert pdf == page.pdf_bytes(samples.handout_notebook())


@pytest.mark.slow
def test_the_nbconvert_command_makes_a_pdf_beside_the_notebook(tmp_path):
    nbformat.write(samples.handout_notebook(), tmp_path / "executed.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "cairnpdf", "executed.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "executed.pdf").read_bytes().startswith(b"%PDF")


def test_code_is_never_printed():
    cell = v4.new_code_cell("secret_name = 'xyzzy'", outputs=[])
    shown = v4.new_output("stream", name="stdout", text="printed")
    cell.outputs = [shown]
    text = words(opened(page.pdf_bytes(v4.new_notebook(cells=[cell]))))
    assert "printed" in text
    assert "xyzzy" not in text


def test_a_cell_that_ended_in_an_error_refuses_the_pdf_without_quoting_data():
    failed = v4.new_output(
        "error", ename="ValueError", evalue="Jane Doe is odd", traceback=[]
    )
    cells = [v4.new_markdown_cell("hello"), v4.new_code_cell("x", outputs=[failed])]
    with pytest.raises(AnalysisError, match=r"Cell 2 .* ended in ValueError") as caught:
        page.pdf_bytes(v4.new_notebook(cells=cells))
    assert "Jane" not in str(caught.value)


def test_a_notebook_that_shows_nothing_is_refused():
    with pytest.raises(AnalysisError, match="nothing to print"):
        page.pdf_bytes(v4.new_notebook(cells=[v4.new_code_cell("1 + 1")]))
    with pytest.raises(AnalysisError, match="nothing to print"):
        page.pdf_bytes(notebook(samples.progress_frame()))


@pytest.mark.parametrize(
    "data",
    [
        {"block": "Hologram"},
        {"block": "Paragraph", "text": "x", "colour": "red"},
        {"block": "Headline"},
        ["no block"],
    ],
)
def test_an_unknown_block_or_field_is_named_not_guessed(data):
    output = v4.new_output("display_data", data={b.MIME: data})
    cell = v4.new_code_cell("x", outputs=[output])
    with pytest.raises(AnalysisError, match=r"^Cell 1 .*(block|fields)"):
        page.pdf_bytes(v4.new_notebook(cells=[cell]))


def test_a_block_from_an_older_version_takes_the_defaults_of_ours():
    data = {"block": "Paragraph", "text": "older"}
    output = v4.new_output("display_data", data={b.MIME: data})
    cell = v4.new_code_cell("x", outputs=[output])
    text = words(opened(page.pdf_bytes(v4.new_notebook(cells=[cell]))))
    assert "older" in text


def test_the_demo_mark_stands_on_every_page_of_every_kind():
    for frame, body in (
        (samples.progress_frame, [*samples.progress_1(), *samples.progress_2()]),
        (samples.handout_frame, samples.handout()),
        (samples.caseload_frame, samples.caseload_2()),
    ):
        marked = opened(page.pdf_bytes(notebook(frame(is_demo=True), *body)))
        plain = opened(page.pdf_bytes(notebook(frame(is_demo=False), *body)))
        assert words(marked).count("Demo·inventeddata") == len(marked.pages)
        assert "inventeddata" not in words(plain)


def test_page_numbers_and_confidential_follow_the_language_of_the_page():
    frame = samples.progress_frame(
        language="de", region="DE", page_word="Seite {page} von {pages}"
    )
    text = words(opened(page.pdf_bytes(notebook(frame, *samples.progress_3()))))
    assert "Vertraulich·Seite1von1" in text


def test_the_archival_option_writes_pdf_a_and_pdf_ua_together():
    exporter = page.CairnPDFExporter(archival=True)
    frame = samples.progress_frame(date="2026-10-01")
    pdf, _ = exporter.from_notebook_node(notebook(frame, *samples.progress_3()))
    archived = opened(pdf)
    metadata = archived.open_metadata()
    assert metadata["pdfaid:part"] == "2"
    assert metadata["pdfaid:conformance"] == "A"
    assert metadata["pdfuaid:part"] == "1"
    assert metadata["xmp:CreateDate"].startswith("2026-10-01")
    assert page.pdf_bytes(samples.handout_notebook(), archival=True)


def test_a_date_that_is_none_is_refused():
    frame = samples.progress_frame(date="1 October")
    with pytest.raises(AnalysisError, match="2026-10-01"):
        page.pdf_bytes(notebook(frame, *samples.progress_3()))


def test_a_logo_and_an_unsafe_link_in_it_do_no_harm():
    logo = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='10'>"
        "<rect width='30' height='10'/><image href='file:///etc/passwd'/></svg>"
    )
    frame = samples.progress_frame(logo_svg=logo)
    assert page.pdf_bytes(notebook(frame, *samples.progress_3()))


def test_a_further_font_folder_must_exist(tmp_path):
    with pytest.raises(AnalysisError, match="does not exist"):
        page.pdf_bytes(samples.handout_notebook(), more_fonts=tmp_path / "none")
    assert page.pdf_bytes(samples.handout_notebook(), more_fonts=tmp_path)


def test_a_further_font_folder_adds_its_letters():
    # N'Ko is not among our scripts; DejaVu Sans, which matplotlib brings, has it
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    shown = notebook(samples.progress_frame(), b.Paragraph("\u07ca"))
    _, without = set_notebook(shown)
    _, replaced = set_notebook(shown, more_fonts=folder)
    assert (without, replaced) == ([0x7CA], [])


def test_fonts_are_embedded_and_only_ours():
    pdf = opened(page.pdf_bytes(samples.progress()))
    names = set()
    for one in pdf.pages:
        for font in one.Resources.Font.values():
            descendant = font.DescendantFonts[0]
            names.add(str(descendant.BaseFont).split("+")[-1])
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
    assert names <= {"IBMPlexSans", "IBMPlexSans-SemiBold", "IBMPlexSans-Regular"}


def test_replaced_letters_come_back_as_code_points_only():
    shown = b.Paragraph("hieroglyph \U00013000 end")
    _, replaced = set_notebook(notebook(samples.progress_frame(), shown))
    assert replaced == [0x13000]
