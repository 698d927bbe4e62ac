"""Pictures of the demo's pages: small ones to compare with, larger for the gallery.

    python tests/page_pictures.py      makes both anew; look at them before committing

Typst draws them itself from the package's own fonts: no fonts of a machine and no
outside tool decide how they look.
"""

from __future__ import annotations

import io
import sys
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import nbformat.v4 as v4
import numpy as np
import typst
from PIL import Image, ImageFilter

from analysis import demo, pipeline, reports
from analysis.blocks import MIME, as_data
from analysis.look.letters import Letters
from analysis.page.document import arrange, frame_words, source_of, split_frame
from analysis.page.encode import printable_data
from analysis.page.outputs import notebook_blocks
from analysis.page.typesetter import ROOT, load_fonts
from analysis.pipeline.paths import Paths
from analysis.show import PARTS
from analysis.show.frame import page_of, words_for

TESTS = Path(__file__).parent
REFERENCES = TESTS / "page_references"
GALLERY = TESTS.parent / "docs" / "pictures"
MONTH = "2026-10"

# A dozen clients unlike each other: client, reader, page from 1.
COMPARED = (
    ("A-1002", "clinician", 1),  # one kind of finding on four scales
    ("A-1004", "clinician", 1),  # a setback, a name from right to left
    ("A-1004", "clinician", 2),
    ("A-1005", "clinician", 2),  # a setback made good
    ("A-1005", "client", 1),
    ("A-1006", "clinician", 2),  # five scores, an early dip
    ("A-1006", "client", 1),
    ("A-1008", "client", 1),
    ("A-1015", "clinician", 1),  # a risk item flagged now
    ("A-1017", "clinician", 1),  # a risk item left blank
    ("A-1020", "clinician", 2),  # one score
    ("A-1021", "clinician", 1),  # no scores
    ("A-1021", "client", 1),
    ("A-1023", "clinician", 2),  # sixty scores
    ("A-1024", "clinician", 1),  # nine measures
    ("A-1026", "client", 1),
    ("A-1042", "clinician", 2),
    ("A-1042", "clinician", 3),
    ("A-1042", "clinician", 4),
)
# What the gallery shows: file name in docs/pictures, and where it comes from.
SHOWN = {
    "progress-1": ("A-1042", "clinician", 1),
    "progress-2": ("A-1042", "clinician", 2),
    "progress-3": ("A-1042", "clinician", 3),
    "progress-setback": ("A-1004", "clinician", 2),
    "progress-risk": ("A-1015", "clinician", 1),
    "handout": ("A-1042", "client", 1),
    "handout-setback": ("A-1006", "client", 1),
}
SMALL_PPI, LARGE_PPI = 56, 100
SMALL_GREYS, LARGE_COLOURS = 16, 192
# A pixel differs when its grey, blurred over its neighbours, is this far off (of 255).
OFF = 28
# Letters drawn a hair elsewhere stay below this share; a moved line does not.
MOST_OFF = 0.0015


@cache
def pages(practice: Paths, client: str, audience: str, ppi: int) -> tuple[bytes, ...]:
    """Every page of one report as PNG bytes."""
    report = reports.read_client_month(
        client,
        MONTH,
        audience,  # type: ignore[arg-type]
        processed=str(practice.processed),
        receipt="0123abcd",
    )
    words = words_for(report)
    blocks = [page_of(report, words)]
    for part in PARTS[audience].values():
        blocks += part(report, words)
    outputs = [v4.new_output("display_data", {MIME: as_data(one)}) for one in blocks]
    notebook = v4.new_notebook(cells=[v4.new_code_cell("", outputs=outputs)])
    frame, body = split_frame(notebook_blocks(notebook, frame_words("en")))
    frame, body = printable_data((frame, body), Letters(()))
    source = source_of(frame, arrange(body, is_plain=False))
    compiler = typst.Compiler(
        root=str(ROOT), font_paths=load_fonts(), ignore_system_fonts=True
    )
    drawn = compiler.compile(source.encode("utf-8"), format="png", ppi=ppi)
    return tuple(drawn) if isinstance(drawn, list) else (drawn,)


def small(practice: Paths, client: str, audience: str, page: int) -> Image.Image:
    """A page in a few greys, as it is kept for comparing."""
    drawn = pages(practice, client, audience, SMALL_PPI)[page - 1]
    return _grey(Image.open(io.BytesIO(drawn)))


def _grey(picture: Image.Image) -> Image.Image:
    levels = 255 / (SMALL_GREYS - 1)
    grey = np.asarray(picture.convert("L"), float)
    return Image.fromarray((np.round(grey / levels) * levels).astype(np.uint8))


def name_of(client: str, audience: str, page: int) -> str:
    """File name of a page kept for comparing."""
    return f"{client}-{audience}-{page}.png"


def share_off(kept: Image.Image, drawn: Image.Image) -> float:
    """Share of pixels that differ; 1 for pages of different size."""
    if kept.size != drawn.size:
        return 1.0
    return float((_distance(kept, drawn) > OFF).mean())


def _distance(kept: Image.Image, drawn: Image.Image) -> np.ndarray:
    blur = ImageFilter.BoxBlur(1)
    one, other = (np.asarray(p.filter(blur), float) for p in (kept, drawn))
    return np.abs(one - other)


def difference(kept: Image.Image, drawn: Image.Image) -> Image.Image:
    """As kept, as drawn now, and now with what differs in red, side by side."""
    if kept.size != drawn.size:
        kept = kept.resize(drawn.size)
    marked = np.stack([np.asarray(drawn)] * 3, axis=2)
    marked[_distance(kept, drawn) > OFF] = (220, 30, 30)
    width, height = drawn.size
    sheet = Image.new("RGB", (3 * width + 16, height), (90, 90, 90))
    for place, picture in enumerate((kept, drawn, Image.fromarray(marked))):
        sheet.paste(picture.convert("RGB"), (place * (width + 8), 0))
    return sheet


def _save_gallery(practice: Paths) -> None:
    GALLERY.mkdir(exist_ok=True)
    for name, (client, audience, page) in SHOWN.items():
        drawn = pages(practice, client, audience, LARGE_PPI)[page - 1]
        picture = Image.open(io.BytesIO(drawn)).convert("RGB")
        few = picture.quantize(LARGE_COLOURS, dither=Image.Dither.NONE)
        few.save(GALLERY / f"{name}.png", optimize=True)


def _save_references(practice: Paths) -> None:
    REFERENCES.mkdir(exist_ok=True)
    for old in REFERENCES.glob("*.png"):
        old.unlink()
    for one in COMPARED:
        few = small(practice, *one).quantize(SMALL_GREYS, dither=Image.Dither.NONE)
        few.save(REFERENCES / name_of(*one), optimize=True, bits=4)


def demo_practice(folder: Path) -> Paths:
    """The demo practice, imported and analysed as of the end of October 2026."""
    paths = Paths(
        raw=folder / "data" / "raw",
        processed=folder / "data" / "processed",
        reports=folder / "reports",
        settings=folder / "settings.toml",
    )
    demo.write_demo(paths.raw)
    pipeline.run_import(paths, date(2026, 11, 23), lambda line: None)
    pipeline.run_analyse(paths)
    return paths


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        made = demo_practice(Path(scratch))
        _save_references(made)
        _save_gallery(made)
    sys.stdout.write(f"{len(COMPARED)} pages in {REFERENCES}, gallery in {GALLERY}\n")
