"""Typst: source in, PDF out. Alone in knowing the engine.

Compiling starts threads, so nothing here runs at import time: a process that forks
must be able to import this module and still hold a single thread.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import typst

from analysis.errors import AnalysisError
from analysis.look import font_files

# The template reads look/tokens.toml, so the root is the package folder.
ROOT = Path(__file__).parents[1]
ACCESSIBLE: list[typst.PDFStandard] = ["ua-1"]
ARCHIVAL: list[typst.PDFStandard] = ["a-2a", "ua-1"]
# No clock: the same notebook gives the same bytes on any day (SOURCE_DATE_EPOCH idea).
_EPOCH = 0
_UNSHOWN = re.compile(r"the text `(\".*?\")` could not be displayed")


class MissingGlyph(Exception):
    """A cluster of letters slipped through the check of the fonts."""

    def __init__(self, text: str) -> None:
        super().__init__("a letter no font has")
        self.text = text


@cache
def load_fonts(folders: tuple[Path, ...] = ()) -> typst.Fonts:
    """Our fonts and those of further folders; never the system's. Once per process."""
    sources = sorted({str(path.parent) for path in font_files(*folders)})
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sources,
    )


@cache
def _compiler(folders: tuple[Path, ...]) -> typst.Compiler:
    return typst.Compiler(
        root=str(ROOT), font_paths=load_fonts(folders), ignore_system_fonts=True
    )


def compile_pdf(
    source: str, *, archival: bool = False, folders: tuple[Path, ...] = ()
) -> bytes:
    """Compile Typst source to a tagged PDF.

    Raises MissingGlyph when the engine cannot show a letter, AnalysisError for
    anything else the engine refuses (a picture it cannot read, a missing alt text).
    """
    try:
        pdf = _compiler(folders).compile(
            source.encode("utf-8"),
            pdf_standards=ARCHIVAL if archival else ACCESSIBLE,
            timestamp=_EPOCH,
        )
    except typst.TypstError as problem:
        unshown = _UNSHOWN.search(problem.message)
        if unshown:
            raise MissingGlyph(_unescaped(unshown.group(1))) from None
        # the message may quote client text: only its first words are passed on
        reason = problem.message.split("`")[0].split('"')[0].strip()
        raise AnalysisError(
            f"The page could not be set: {reason}. Run the notebook without the cell "
            "added last to find the output that causes it."
        ) from None
    if not isinstance(pdf, bytes):
        raise TypeError("the engine gave no single PDF")
    return pdf


def _unescaped(quoted: str) -> str:
    """The text in the engine's debug notation."""
    inner = quoted[1:-1]
    return re.sub(
        r"\\u\{([0-9a-f]+)\}|\\(.)",
        lambda m: chr(int(m.group(1), 16)) if m.group(1) else m.group(2),
        inner,
    )
