"""Pages look as they were last looked at; a difference is written as a picture."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from page_pictures import (
    COMPARED,
    GALLERY,
    MOST_OFF,
    REFERENCES,
    SHOWN,
    difference,
    name_of,
    share_off,
    small,
)
from PIL import Image, ImageDraw

from analysis.pipeline.paths import Paths

RENEW = "python tests/page_pictures.py"


def _kept(name: str) -> Image.Image:
    return Image.open(REFERENCES / name).convert("L")


@pytest.mark.slow
@pytest.mark.parametrize(("client", "audience", "page"), COMPARED)
def test_a_page_looks_as_it_was_last_looked_at(
    practice: Paths, client: str, audience: str, page: int
) -> None:
    name = name_of(client, audience, page)
    kept, drawn = _kept(name), small(practice, client, audience, page)
    off = share_off(kept, drawn)
    if off > MOST_OFF:
        folder = Path(tempfile.gettempdir()) / "cairn-page-differences"
        folder.mkdir(exist_ok=True)
        difference(kept, drawn).save(folder / name)
        pytest.fail(
            f"{name}: {off:.2%} of the page differs (up to {MOST_OFF:.2%} is allowed). "
            f"Kept, drawn now, and what differs in red: {folder / name}. If the new "
            f"page is right, renew the pictures with `{RENEW}` and look at them.",
            pytrace=False,
        )


def test_the_comparison_sees_what_a_reader_sees_and_forgives_what_none_does() -> None:
    kept = _kept(name_of("A-1042", "clinician", 2))
    values = np.asarray(kept).astype(int)
    noise = np.random.default_rng(1).integers(-12, 13, values.shape)
    noisy = Image.fromarray(np.clip(values + noise, 0, 255).astype(np.uint8))
    assert share_off(kept, noisy) <= MOST_OFF
    moved = Image.fromarray(np.roll(np.asarray(kept), 3, axis=0))  # a line lower
    assert share_off(kept, moved) > MOST_OFF
    crossed = kept.copy()
    ImageDraw.Draw(crossed).line([(60, 120), (300, 200)], fill=0, width=2)
    assert share_off(kept, crossed) > MOST_OFF
    assert share_off(kept, kept.crop((0, 0, 99, 99))) == 1.0
    assert difference(kept, crossed).size[0] > 3 * kept.size[0]


def test_kept_pictures_are_those_compared_and_small() -> None:
    files = sorted(path.name for path in REFERENCES.glob("*.png"))
    assert files == sorted(name_of(*one) for one in COMPARED)
    assert sum((REFERENCES / name).stat().st_size for name in files) < 1_500_000
    assert len({client for client, _, _ in COMPARED}) >= 12


def test_the_gallery_shows_what_its_page_names() -> None:
    page = (GALLERY.parent / "gallery.md").read_text(encoding="utf-8")
    for name in SHOWN:
        assert f"(pictures/{name}.png)" in page
        assert (GALLERY / f"{name}.png").stat().st_size < 150_000
