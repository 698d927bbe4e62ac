"""A practice's colour can be read; its fonts and archive are what it set."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import page_samples as samples
import pikepdf
import pytest
from page_samples.parts import notebook
from page_samples.reading import opened, words

from analysis import page
from analysis.errors import AnalysisError
from analysis.look import contrast, read_look
from analysis.reports.identity import page_look
from analysis.settings import Practice, Settings, read_settings


def _settings(folder: Path = Path(), **practice: object) -> Settings:
    return Settings(practice=Practice(**practice), folder=folder)  # type: ignore[arg-type]


def test_a_colour_that_can_be_read_is_taken_and_none_is_needed() -> None:
    assert page_look(_settings(accent="#7a3e9d"))["accent"] == "#7A3E9D"
    assert page_look(_settings())["accent"] == ""


@pytest.mark.parametrize("pale", ["#E0A000", "#00B4D8", "#FFFFFF", "#7FB069"])
def test_a_pale_colour_is_refused_and_the_nearest_one_named(pale: str) -> None:
    with pytest.raises(AnalysisError, match="too pale to read") as caught:
        page_look(_settings(accent=pale))
    nearest = re.findall(r"#[0-9A-F]{6}", str(caught.value))[-1]
    assert page_look(_settings(accent=nearest))["accent"] == nearest
    ground = read_look().fill["handout"]  # the darkest it is printed on
    assert 4.5 <= contrast(nearest, ground) < 4.8  # no darker than it has to be


@pytest.mark.parametrize("wrong", ["blue", "#12345", "005A8C", "#GGGGGG"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(AnalysisError, match="must be a colour such as #005A8C"):
        page_look(_settings(accent=wrong))


def test_the_fonts_folder_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="is not there"):
        page_look(_settings(tmp_path, fonts="fonts"))
    (tmp_path / "fonts").mkdir()
    set_to = page_look(_settings(tmp_path, fonts="fonts"))["fonts"]
    assert set_to == str(tmp_path / "fonts")


def test_the_settings_file_takes_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        '[practice]\naccent = "#7A3E9D"\nfooter = "Charity 1"\narchival = true\n',
        encoding="utf-8",
    )
    practice = read_settings(path).practice
    assert (practice.accent, practice.footer) == ("#7A3E9D", "Charity 1")
    assert practice.archival


def test_the_colour_is_on_the_page_and_the_archive_standard_in_the_file() -> None:
    plain = samples.handout_frame()
    own = replace(plain, accent="#7A3E9D", archival=True)
    pdfs = [page.pdf_bytes(notebook(one, *samples.handout())) for one in (plain, own)]
    assert words(opened(pdfs[0])) == words(opened(pdfs[1]))
    purple = tuple(round(int("7A3E9D"[i : i + 2], 16) / 255, 2) for i in (0, 2, 4))
    assert [purple in _colours(pdf) for pdf in pdfs] == [False, True]
    files = [opened(pdf) for pdf in pdfs]
    meta = [file.Root.Metadata.read_bytes() for file in files]
    assert [b"pdfaid:part>2<" in one for one in meta] == [False, True]
    assert all(b"pdfuaid:part>1<" in one for one in meta)


def _colours(pdf: bytes) -> set[tuple[float, ...]]:
    """Fill colours of the first page, to two decimals."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return {
            tuple(round(float(part), 2) for part in one.operands)
            for one in pikepdf.parse_content_stream(file.pages[0])
            if str(one.operator) in ("sc", "scn", "rg") and len(one.operands) == 3
        }
