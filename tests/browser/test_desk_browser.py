"""The desk in a real Chromium: from dropped exports to an opened PDF."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from analysis import demo

pytest.importorskip("voila", reason="the extra `app` is not installed: make app")
psutil = pytest.importorskip("psutil", reason="psutil is not installed")
sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install playwright"
)
axe_playwright = pytest.importorskip(
    "axe_playwright_python.sync_playwright",
    reason="axe is not installed: pip install axe-playwright-python",
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# They share one window and a server on a fixed port, which two test processes cannot do
# side by side: run them alone, CAIRN_DESK=1 pytest tests/browser/test_desk_browser.py
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "CAIRN_DESK" not in os.environ, reason="asked for with CAIRN_DESK=1, alone"
    ),
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium here: apt-get install chromium"
    ),
]
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BAD = Path(__file__).parents[1] / "exports" / "bad"
# A busy machine is no defect.
PATIENCE = 90_000
CLIENTS = 4


@dataclass
class Site:
    """A desk that runs, and everything that browsers asked of it."""

    address: str
    home: Path
    process: subprocess.Popen[bytes]
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return self.address.partition("/?")[0]

    def children(self, word: str) -> list[Any]:
        """Processes below the desk whose command holds a word, the oldest first."""
        found = [
            one
            for one in psutil.Process(self.process.pid).children(recursive=True)
            if word in " ".join(one.cmdline())
        ]
        return sorted(found, key=lambda one: one.create_time())


def _address(log: Path) -> str:
    """Where the desk says it is, within a minute."""
    for _ in range(600):
        if found := re.search(r"http\S+", log.read_text()):
            return found[0]
        time.sleep(0.1)
    raise TimeoutError("the desk did not open")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("home")
    demo.write_demo(home / "exports", clients=CLIENTS)
    (home / "settings.toml").write_text('[practice]\nname = "Test practice"\n')
    command = ["-m", "analysis", "app", "--no-browser", "--port", "8930"]
    log = home / "terminal.log"  # a pipe nobody reads would fill, and the desk wait
    with (
        log.open("w") as terminal,
        subprocess.Popen(
            [sys.executable, *command],
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=terminal,
        ) as process,
    ):
        yield Site(_address(log), home, process)
        process.send_signal(signal.SIGINT)
        process.wait(60)
    told = log.read_text()
    assert "The desk is closed" in told
    # nothing of a client on the terminal, nothing left in the system's folder
    assert "A-10" not in told
    assert not [*Path("/tmp").glob(f"cairn-*-{process.pid}-*")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            args=OPTIONS,
            accept_downloads=True,
            viewport={"width": 1200, "height": 900},
        )
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()


def opened(browser: Any, site: Site, **size: int) -> Any:
    tab = browser.new_page()
    if size:
        tab.set_viewport_size(size)
    tab.on("request", lambda request: site.asked.append(request.url))
    tab.on("pageerror", lambda error: site.said.append(str(error)))
    tab.on(
        "console",
        lambda message: message.type == "error" and site.said.append(message.text),
    )
    tab.goto(site.address)
    tab.get_by_role("button", name="Try with the demo practice").wait_for()
    return tab


@pytest.fixture(scope="module")
def window(browser: Any, site: Site) -> Any:
    """One window for all: a kernel takes seconds to open."""
    return opened(browser, site)


@pytest.fixture
def tab(window: Any, site: Site) -> Iterator[Any]:
    """The window at its first page."""
    site.said.clear()
    window.get_by_role("button", name="Reports", exact=True).click()
    yield window
    assert not site.said


@pytest.fixture
def ready(tab: Any, site: Site) -> Any:
    """The page of a practice that has exports, and clients to choose from."""
    if not [*(site.home / "data" / "raw").glob("*.csv")]:
        tab.set_input_files("#exports-input", [*(site.home / "exports").glob("*.csv")])
    tab.locator("table.clients").wait_for()
    tab.get_by_role("button", name="Choose all").click()
    return tab


def reports_gone(site: Site) -> None:
    shutil.rmtree(site.home / "reports", ignore_errors=True)


def violations(tab: Any) -> list[str]:
    found = axe_playwright.Axe().run(tab).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def tab_to(tab: Any, name: str) -> None:
    """Press Tab until the thing of that name has the focus."""
    told = "() => document.activeElement.getAttribute('aria-label')"
    told += " ?? document.activeElement.textContent"
    for _ in range(80):
        tab.keyboard.press("Tab")
        if name in tab.evaluate(told):
            return
    raise AssertionError(f"Tab does not reach {name}")


# --- the whole way --------------------------------------------------------------------


def test_the_whole_way_from_exports_to_an_opened_pdf(tab: Any, site: Site) -> None:
    bad = [BAD / "s11_out_of_range_items.csv", BAD / "s17_empty.csv"]
    files = [*(site.home / "exports").glob("*.csv"), *bad]
    program = site.home / "run.exe"
    program.write_bytes(b"MZ")
    assert violations(tab) == []
    tab.set_input_files("#exports-input", [*files, program])
    tab.locator("table.clients").wait_for()
    # what was read, what was not, why, and what to do
    row = tab.get_by_role("row", name="s11_out_of_range_items.csv")
    assert "Partly read" in row.inner_text()
    assert "out of range" in row.inner_text()
    row.get_by_role("button", name="Show the rows set aside").click()
    row.locator("li", has_text="Row 6: ").wait_for()
    assert "Not read" in tab.get_by_role("row", name="s17_empty.csv").inner_text()
    assert "run.exe was not added" in tab.get_by_role("alert").first.inner_text()
    for name in ("s11_out_of_range_items.csv", "s17_empty.csv"):
        tab.get_by_role("button", name=f"Take out {name}").click()
        tab.get_by_role("button", name="Yes, take it out").click()
        tab.get_by_role("row", name=name).wait_for(state="detached")
    tab.locator("table.clients").wait_for()
    # one report, in the page
    first = tab.locator("table.clients tbody tr").first
    client = first.locator("bdi").first.inner_text()
    first.get_by_role("button", name="Preview").click()
    picture = tab.locator(".sheets img").first
    picture.wait_for()
    assert picture.get_attribute("alt").startswith("Page 1 of ")
    assert (
        tab.evaluate("() => document.querySelector('.sheets img').naturalWidth") > 900
    )
    assert violations(tab) == []
    # all of them
    tab.get_by_role("button", name=re.compile("^Make [0-9]+ report")).click()
    done = tab.get_by_text(re.compile("^Done: "))
    done.wait_for()
    assert "Done: " in done.inner_text()
    opens = tab.get_by_role("button", name=f"Open the progress report of {client}")
    with tab.expect_popup() as popup:
        opens.click()
    assert popup.value.url.startswith(f"blob:{site.origin}/")
    popup.value.close()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save", exact=True).click()
    packed = zipfile.ZipFile(download.value.path())
    assert f"{client}-progress.pdf" in packed.namelist()
    for name in packed.namelist():
        with pikepdf.open(packed.open(name)) as pdf:
            assert len(pdf.pages) >= 1
    # nothing of a client in an address or a title, nothing from elsewhere
    assert not [url for url in site.asked if re.search(r"A-\d{4}", url)]
    assert all(
        url.startswith((site.origin, f"blob:{site.origin}", "data:"))
        for url in site.asked
    )
    assert tab.title() == "Cairn"
    assert "token" not in tab.url


def test_the_keyboard_is_enough(ready: Any) -> None:
    with ready.expect_file_chooser():
        ready.focus("#exports-input")
        ready.keyboard.press("Enter")
    tab_to(ready, "Choose nobody")
    ready.keyboard.press("Enter")
    ready.get_by_text(re.compile(r"^0 of \d+ clients chosen")).wait_for()
    tab_to(ready, "Choose A-")
    ready.keyboard.press("Space")
    ready.get_by_text(re.compile(r"^1 of \d+ clients chosen")).wait_for()
    tab_to(ready, "Preview the report of")
    ready.keyboard.press("Enter")
    ready.locator(".sheets img").first.wait_for()
    assert "progress report of" in ready.evaluate(
        "() => document.activeElement.innerText"
    )
    tab_to(ready, "For the client: handout")
    ready.keyboard.press("Enter")
    ready.get_by_role("heading", name="For the client: handout of").wait_for()
    tab_to(ready, "Make 2 report(s)")
    ready.keyboard.press("Enter")
    ready.get_by_text(re.compile("^Done: ")).wait_for()
    for name in ("Caseload", "Settings", "Reports"):
        ready.get_by_role("button", name=name, exact=True).focus()
        ready.keyboard.press("Enter")
        assert ready.evaluate("() => document.activeElement.textContent") == name


def test_a_narrow_screen_needs_no_scrolling_sideways(ready: Any) -> None:
    ready.set_viewport_size({"width": 360, "height": 740})
    for name in ("Reports", "Caseload", "Settings"):
        ready.get_by_role("button", name=name, exact=True).click()
        wide = "() => document.documentElement.scrollWidth - window.innerWidth"
        assert ready.evaluate(wide) <= 0, name
        assert violations(ready) == []
    ready.set_viewport_size({"width": 1200, "height": 900})


def test_settings_are_written_and_a_wrong_one_is_explained(
    tab: Any, site: Site
) -> None:
    tab.get_by_role("button", name="Settings", exact=True).click()
    tab.get_by_label("Name of the practice").fill("Harbour & <b>Hill</b>")
    tab.get_by_label("Logo", exact=True).set_input_files(
        {"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"no picture"}
    )
    tab.get_by_role("button", name="Save settings").click()
    assert "logo" in tab.get_by_role("alert").inner_text()
    assert "Test practice" in (site.home / "settings.toml").read_text()
    tab.get_by_label("Logo", exact=True).set_input_files([])
    tab.get_by_role("button", name="Save settings").click()
    tab.get_by_text("Saved. The next reports use it.").wait_for()
    assert 'name = "Harbour & <b>Hill</b>"' in (site.home / "settings.toml").read_text()


# --- what breaks ----------------------------------------------------------------------


def test_a_killed_step_says_what_to_do_and_goes_on(ready: Any, site: Site) -> None:
    reports_gone(site)
    go = ready.get_by_role("button", name=re.compile("^Make [0-9]+ report"))
    go.click()
    ready.get_by_text(re.compile(r"^[1-9]\d* of \d+ made")).wait_for()
    site.children("analysis.desk.work")[0].kill()
    ended = ready.get_by_text("ended from outside")
    ended.wait_for()
    made = int(re.search(r"(\d+) were made", ended.inner_text())[1])  # type: ignore[index]
    assert made >= 1
    go.click()
    done = ready.get_by_text(re.compile("^Done: "))
    done.wait_for()
    same = int(re.search(r"(\d+) up to date", done.inner_text())[1])  # type: ignore[index]
    assert same >= made


def test_stop_keeps_what_is_made(ready: Any, site: Site) -> None:
    reports_gone(site)
    ready.get_by_role("button", name=re.compile("^Make [0-9]+ report")).click()
    ready.get_by_text(re.compile(r"^[1-9]\d* of \d+ made")).wait_for()
    ready.get_by_role("button", name="Stop").click()
    ready.get_by_text(re.compile(r"^Stopped\. [1-9]")).wait_for()
    assert [*(site.home / "reports").glob("*/clients/*/*.pdf")]
    assert not site.children("analysis.desk.work")


def test_the_caseload_stands_in_the_page_and_can_be_filtered(ready: Any) -> None:
    ready.get_by_role("button", name="Caseload", exact=True).click()
    ready.get_by_role("button", name=re.compile("the caseload report|it again")).click()
    frame = ready.frame_locator("iframe")
    frame.get_by_role("heading", level=1).wait_for()
    assert violations(ready) == []


def test_two_thousand_clients_are_searched_at_once(tab: Any) -> None:
    took = tab.evaluate(
        """async () => {
        const { Choose } = await import("/voila/templates/cairn/static/choose.js");
        const clients = Array.from({ length: 2000 }, (_, i) => ({
            id: `A-${i}`, name: `Client ${i}`, clinician: `C-${i % 40}`,
            flags: i % 3 ? [] : ["plateau"], made: [] }));
        const line = { ask: async () => ({ clients, clinicians: { "C-1": "One" } }) };
        const choose = new Choose(line, {}, () => {}, () => {});
        document.querySelector("main").prepend(choose.body);
        const start = performance.now();
        const flags = { plateau: ["Plateau", "plateau"] };
        await choose.show({ flags, months: ["2026-10"] });
        for (const text of ["1", "19", "199", "1999"]) {
            choose.search.value = text;
            choose.search.dispatchEvent(new Event("input"));
        }
        const rows = choose.body.querySelectorAll("tbody tr").length;
        choose.body.remove();
        return [performance.now() - start, rows, choose.chosen.size];
    }"""
    )
    milliseconds, rows, chosen = took
    assert (rows, chosen) == (1, 2000)
    assert milliseconds < 2000  # five lists drawn; a tenth of it on a quiet machine


def test_a_killed_kernel_is_told_and_the_desk_opens_again(
    ready: Any, site: Site
) -> None:
    os.kill(site.children("ipykernel_launcher")[-1].pid, signal.SIGKILL)
    ready.get_by_role("heading", name="The desk has stopped").wait_for()
    assert violations(ready) == []
    ready.keyboard.press("Enter")
    ready.get_by_role("button", name="Try with the demo practice").wait_for()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/desk/caseload?month=2026-10", {}),
        ("/api/kernels", {}),
        ("/", {"Host": "evil.example"}),
        ("/", {"Origin": "http://evil.example"}),
        ("/voila/files/desk.ipynb", {}),
    ],
)
def test_nobody_gets_in_without_the_key(
    site: Site, path: str, headers: dict[str, str]
) -> None:
    request = urllib.request.Request(site.origin + path, headers=headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as refusal:
        assert refusal.code in (403, 404)
        assert refusal.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in refusal.headers["Content-Security-Policy"]
        assert b"kernel" not in refusal.read()
