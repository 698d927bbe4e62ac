"""The interactive caseload report in a real Chromium, without a network."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from caseload_report import HOSTILE, PLAIN, caseload_report, page, with_many_clients

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install playwright"
)
axe_playwright = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="axe is not installed: pip install axe-playwright-python",
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium here: apt-get install chromium"
    ),
    # the saved sheet names no style of its own, which its reader remarks upon
    pytest.mark.filterwarnings("ignore:Workbook contains no default style"),
]
# A machine without a display and without anything to talk to.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
N = len(HOSTILE) + len(PLAIN)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        # an empty folder of its own for everything the browser keeps
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            args=OPTIONS,
            accept_downloads=True,
            viewport={"width": 1200, "height": 900},
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "caseload.html"
    path.write_text(page(), encoding="utf-8")
    return path


class Said:
    """What the browser complained of, and what it asked for."""

    def __init__(self, tab: Any) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("console", self._message)
        tab.on("dialog", lambda dialog: self.complaints.append("dialog"))
        tab.on("request", lambda request: self.asked.append(request.url))

    def _message(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def opened(browser: Any, path: Path, **size: int) -> tuple[Any, Said]:
    tab = browser.new_page()
    if size:
        tab.set_viewport_size(size)
    said = Said(tab)
    tab.goto(path.as_uri())
    return tab, said


@pytest.fixture
def tab(browser: Any, file: Path) -> Iterator[Any]:
    tab, said = opened(browser, file)
    yield tab
    # whatever a test did: no error, nothing refused, nothing asked of a network
    assert not said.complaints
    assert {url.split(":")[0] for url in said.asked} <= {"file", "data", "blob"}
    tab.close()


def column(tab: Any, name: str) -> list[str]:
    cells = tab.locator(f"#watch-list tbody td.{name}")
    return [text.strip() for text in cells.all_text_contents()]


def ids(tab: Any) -> list[str]:
    return tab.locator("#watch-list tbody td.client bdi").all_text_contents()


def show_all(tab: Any) -> None:
    tab.get_by_label("clients a page").select_option("-1")


def head(tab: Any, name: str) -> Any:
    return tab.locator(f"#watch-list thead th.{name}")


def is_sorted(tab: Any, name: str, order: str) -> None:
    """Wait until the head says so: the rows are drawn at the same time."""
    said = sync_api.expect(head(tab, name))
    if order:
        said.to_have_attribute("aria-sort", order)
    else:
        said.not_to_have_attribute("aria-sort", re.compile("."))


def sort(tab: Any, name: str, order: str = "ascending") -> None:
    head(tab, name).click()
    is_sorted(tab, name, order)


# --- what stands there ----------------------------------------------------------------


def test_every_client_is_listed_once_as_exported(tab: Any) -> None:
    show_all(tab)
    assert sorted(ids(tab)) == sorted((*HOSTILE, *PLAIN))
    assert tab.locator("#watch-list tbody img").count() == 0


def test_the_most_urgent_stand_first_and_a_page_holds_25(tab: Any) -> None:
    assert column(tab, "flag")[0] == "Risk item"
    assert len(ids(tab)) == 25
    assert tab.locator(".dt-info").text_content() == f"1 to 25 of {N} clients"


def test_charts_are_drawn_in_the_face_of_the_printed_report(tab: Any) -> None:
    assert tab.locator("main svg.chart").count() >= 5
    assert tab.evaluate("document.fonts.check('12px \"IBM Plex Sans\"')")
    family = tab.locator("svg.chart text").first.evaluate(
        "text => getComputedStyle(text).fontFamily"
    )
    assert "IBM Plex Sans" in family


# --- sorting, filtering, finding ------------------------------------------------------


def test_a_column_sorts_up_down_and_back_to_urgency(tab: Any) -> None:
    show_all(tab)
    urgent_first = ids(tab)
    sort(tab, "client")
    # numbers in ids count as numbers
    assert [i for i in ids(tab) if i in PLAIN] == list(PLAIN)
    sort(tab, "client", "descending")
    assert [i for i in ids(tab) if i in PLAIN] == list(PLAIN[::-1])
    sort(tab, "client", "")
    assert ids(tab) == urgent_first


def test_dates_sort_as_dates(tab: Any) -> None:
    show_all(tab)
    sort(tab, "since")
    days = [int(text.split()[0]) for text in column(tab, "since")]
    assert days == sorted(days)


def test_filters_narrow_the_list_together(tab: Any) -> None:
    tab.get_by_label("Flag", exact=True).select_option(label="Plateau")
    assert set(column(tab, "flag")) == {"Plateau"}
    tab.get_by_label("Clinician", exact=True).select_option(label="L. Brandt")
    assert set(column(tab, "clinician")) == {"L. Brandt"}
    tab.get_by_label("Programme", exact=True).select_option(
        label="No programme recorded"
    )
    assert set(column(tab, "programme")) == {"No programme recorded"}
    tab.get_by_role("button", name="Clear filters and order").click()
    assert len(ids(tab)) == 25


def test_a_kind_finds_clients_who_have_it_as_a_further_flag(tab: Any) -> None:
    tab.get_by_label("Flag", exact=True).select_option(label="Overdue")
    assert PLAIN[-1] in ids(tab)
    row = tab.locator("#watch-list tbody tr", has_text=PLAIN[-1])
    assert "also: Overdue" in row.text_content()


@pytest.mark.parametrize("wanted", ["a-17", "<img", "=HYPERLINK", "0012"])
def test_a_client_is_found_by_part_of_the_id(tab: Any, wanted: str) -> None:
    tab.get_by_label("Client id").fill(wanted)
    assert len(ids(tab)) == 1
    assert wanted.lower() in ids(tab)[0].lower()


def test_nobody_found_is_said(tab: Any) -> None:
    tab.get_by_label("Client id").fill("nobody of this name")
    assert "No client matches these filters." in tab.inner_text("#watch-list")


# --- by keyboard alone ----------------------------------------------------------------


def focused(tab: Any) -> str:
    return tab.evaluate(
        "(e => e.id || e.className || e.tagName)(document.activeElement)"
    )


def tab_to(tab: Any, name: str, most: int = 60) -> None:
    for _ in range(most):
        tab.keyboard.press("Tab")
        if name in focused(tab):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_the_list_is_filtered_and_sorted_by_keyboard_alone(tab: Any) -> None:
    tab.keyboard.press("Tab")
    assert focused(tab) == "skip"
    tab_to(tab, "filter-kind")
    tab.keyboard.type("Plat")
    assert set(column(tab, "flag")) == {"Plateau"}
    tab_to(tab, "find-client")
    tab.keyboard.type("A-")
    assert set(ids(tab)) <= set(PLAIN)
    tab_to(tab, "clear")
    tab.keyboard.press("Enter")
    assert len(ids(tab)) == 25
    tab_to(tab, "dt-column-order")  # the first head: flag
    tab_to(tab, "dt-column-order")
    tab.keyboard.press("Enter")
    is_sorted(tab, "client", "ascending")
    tab_to(tab, "dt-paging-button next")
    tab.keyboard.press("Enter")
    assert len(ids(tab)) == N - 25


def test_focus_is_seen(tab: Any) -> None:
    tab_to(tab, "filter-kind")
    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert tab.evaluate(style) == "solid"


# --- saving ---------------------------------------------------------------------------

# What a spreadsheet would run, by the first letter that counts.
FORMULA = re.compile(r"^\s*[=+\-@]")


def saved(tab: Any, name: str) -> bytes:
    with tab.expect_download() as download:
        tab.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def test_csv_holds_the_chosen_rows_in_their_order(tab: Any) -> None:
    tab.get_by_label("Flag", exact=True).select_option(label="Plateau")
    sort(tab, "client")
    text = saved(tab, "Save as CSV").decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(text, newline=""))
    assert heads[:4] == ["Flag", "Client", "Clinician", "Programme"]
    assert heads[-3:] == ["Since", "Last score", "Next look"]
    assert {row[0] for row in rows} == {"Plateau"}
    assert len(rows) == len(ids(tab))
    assert all(re.fullmatch(r"2026-06-\d\d", row[-3]) for row in rows)


def test_no_cell_of_the_csv_is_a_formula(tab: Any) -> None:
    text = saved(tab, "Save as CSV").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == N + 1
    assert not [cell for row in rows for cell in row if FORMULA.match(cell)]
    found = {row[1].removeprefix("'") for row in rows[1:]}
    assert found == {*HOSTILE, *PLAIN}
    # the ids that would have been run are marked as text
    assert {row[1] for row in rows if row[1].startswith("'")} == {
        f"'{client}" for client in HOSTILE if FORMULA.match(client)
    }


def test_every_cell_of_the_sheet_is_text_as_exported(tab: Any) -> None:
    content = saved(tab, "Save as Excel")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert {row[1].value for row in rows} == {*HOSTILE, *PLAIN}
    kinds = {cell.data_type for row in rows for cell in row if cell.value is not None}
    # text, never a formula ("f") or a number ("n": 0012 would lose its zeros)
    assert kinds <= {"s", "inlineStr"}


# --- print, narrow screens, access ----------------------------------------------------


def test_print_holds_the_whole_list_and_no_controls(tab: Any) -> None:
    tab.get_by_label("Clinician", exact=True).select_option(label="L. Brandt")
    chosen = tab.locator(".dt-info").text_content()
    tab.get_by_role("button", name="Clear filters and order").click()
    assert chosen != tab.locator(".dt-info").text_content()
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    assert len(ids(tab)) == N
    for hidden in ("nav", ".filters", ".dt-paging", ".skip"):
        assert not tab.locator(hidden).first.is_visible()
    assert tab.locator("#watch-list").is_visible()
    tab.emulate_media(media="screen")
    tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert len(ids(tab)) == 25


def test_the_printed_pages_hold_every_client(tab: Any, tmp_path: Path) -> None:
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("no pdftotext here: apt-get install poppler-utils")
    path = tmp_path / "printed.pdf"
    tab.pdf(path=str(path), prefer_css_page_size=True)
    text = subprocess.run(
        [pdftotext, "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert all(re.search(rf"{client}\b", text) for client in PLAIN)
    assert "Save as CSV" not in text


def test_a_narrow_screen_scrolls_down_only(browser: Any, file: Path) -> None:
    tab, _ = opened(browser, file, width=390, height=844)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.close()


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("share", [False, True])
def test_axe_finds_nothing(
    browser: Any, tmp_path: Path, width: int, *, share: bool
) -> None:
    path = tmp_path / "caseload.html"
    path.write_text(page(caseload_report(share=share)), encoding="utf-8")
    tab, said = opened(browser, path, width=width, height=900)
    found = axe_playwright.Axe().run(tab)
    assert [v["id"] for v in found.response["violations"]] == []
    assert not said.complaints
    tab.close()


# --- a large practice -----------------------------------------------------------------


def test_twenty_thousand_clients_open_sort_and_save_quickly(
    browser: Any, tmp_path: Path
) -> None:
    path = tmp_path / "large.html"
    path.write_text(page(with_many_clients(caseload_report(), 30_000)), "utf-8")
    tab, said = opened(browser, path)
    tab.set_default_timeout(20_000)
    sort(tab, "client")
    assert ids(tab)[0] == "A-1000000"
    sheet = openpyxl.load_workbook(
        io.BytesIO(saved(tab, "Save as Excel")), read_only=True
    ).active
    assert sum(1 for _ in sheet.iter_rows()) == 20_001
    assert not said.complaints
    tab.close()
