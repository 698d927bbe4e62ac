"""Pictures of the desk for first-day.md, from the demo practice: docs/pictures/desk-*.

Needs the extras `app` and `dev` and Debian's chromium; run it after a change of the
page: python docs/first_day.py
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"
FAULTY = Path(__file__).parents[1] / "tests/exports/bad/s11_out_of_range_items.csv"
WIDTH = 1000
PATIENCE = 180_000


def main() -> None:
    """Open a desk on an empty folder, walk through it, and take its pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        process = subprocess.Popen(
            [sys.executable, "-m", "analysis", "app", "--no-browser", "--port", "8950"],
            cwd=home,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            address = re.search(r"http\S+", "".join(_told(process)))
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": WIDTH, "height": 800})
            page.set_default_timeout(PATIENCE)
            page.goto(address[0] if address else "")
            walk(page)
            browser.close()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def _told(process: subprocess.Popen[str]) -> list[str]:
    """The two lines that end with the address."""
    return [next(process.stderr or iter(())) for _ in range(2)]


def walk(page: Any) -> None:
    """The five steps, and a picture of each thing to see."""
    demo = page.get_by_role("button", name="Try with the demo practice")
    demo.wait_for()
    take(page, "start", 560)
    page.set_input_files("#exports-input", FAULTY)
    page.get_by_role("row", name=FAULTY.name).wait_for()
    page.get_by_role("progress").wait_for(state="detached")
    take(page, "read", 1080)
    demo.click()
    page.get_by_role("button", name="Preview the report of A-1042").wait_for()
    page.evaluate("document.querySelector('#choose').scrollIntoView()")
    take(page, "choose", 760)
    page.get_by_role("button", name="Preview the report of A-1042").click()
    page.locator(".sheets img").first.wait_for()
    page.evaluate("document.querySelector('#preview').scrollIntoView()")
    take(page, "preview", 800)


def take(page: Any, name: str, height: int) -> None:
    """One picture: the upper part of what the window shows, in few colours."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_timeout(800)
    path = PICTURES / f"desk-{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(200, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    main()
