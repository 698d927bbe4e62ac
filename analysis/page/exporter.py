"""The nbconvert exporter: an executed notebook becomes a tagged PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode
from traitlets import Bool, Enum, Unicode, default

from analysis.errors import AnalysisError
from analysis.look.letters import Letters
from analysis.page.document import (
    arrange,
    frame_words,
    plain_frame,
    source_of,
    split_frame,
)
from analysis.page.encode import printable_data
from analysis.page.outputs import language_of, notebook_blocks
from analysis.page.typesetter import MissingGlyph, compile_pdf

# Letters the engine refused although a font lists them; more than this is a defect.
_MOST_RETRIES = 25


class NotebookRefused(AnalysisError, ConversionException):
    """An AnalysisError that nbconvert's own command reports as a failed file."""


class CairnPDFExporter(Exporter):
    """PDF/UA-1 through Typst: deterministic, offline, own fonts, no code shown."""

    export_from_notebook = "PDF (Cairn)"
    output_mimetype = "application/pdf"

    archival = Bool(False, help="Write PDF/A-2a as well as PDF/UA-1.").tag(config=True)
    more_fonts = Unicode("", help="A folder of further TTF or OTF fonts.").tag(
        config=True
    )
    language = Unicode("en", help="Language of a notebook without a Page block.").tag(
        config=True
    )
    paper = Enum(
        ["A4", "Letter"], "A4", help="Paper of a notebook without a Page block."
    ).tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> tuple[bytes, dict[str, Any]]:
        """The notebook as PDF bytes; cells that ended in an error refuse the whole."""
        notebook, resources = super().from_notebook_node(nb, resources, **kwargs)
        try:
            pdf, replaced = set_notebook(
                notebook,
                archival=self.archival,
                more_fonts=Path(self.more_fonts) if self.more_fonts else None,
                language=self.language,
                paper=self.paper,
            )
        except AnalysisError as problem:
            raise NotebookRefused(str(problem)) from problem
        if replaced:
            points = ", ".join(f"U+{code:04X}" for code in sorted(set(replaced)))
            self.log.warning("printed as □, no font has them: %s", points)
        resources["output_extension"] = ".pdf"
        resources["replaced_code_points"] = sorted(set(replaced))
        return pdf, resources


def pdf_bytes(
    notebook: NotebookNode, *, archival: bool = False, more_fonts: Path | None = None
) -> bytes:
    """An executed notebook as PDF/UA-1 bytes; the same notebook, the same bytes.

    archival: PDF/A-2a as well. more_fonts: a folder of further fonts.
    Raises AnalysisError when a cell ended in an error or an output cannot be set.
    """
    return set_notebook(notebook, archival=archival, more_fonts=more_fonts)[0]


def set_notebook(
    notebook: NotebookNode,
    *,
    archival: bool = False,
    more_fonts: Path | None = None,
    language: str = "en",
    paper: str = "A4",
) -> tuple[bytes, list[int]]:
    """PDF bytes, and the code points that had to be printed as □.

    language and paper count only for a notebook that brings no Page block.
    """
    words = frame_words(language_of(notebook, language))
    frame, body = split_frame(notebook_blocks(notebook, words))
    if not body:
        raise AnalysisError(
            "The notebook shows nothing to print. Run it first, with its outputs kept."
        )
    if frame is None:
        title = str(notebook.metadata.get("title", "")) or words["report"]
        frame = plain_frame(title, language=language, paper=paper)
    # what the practice has set stands in the frame; the exporter's options add to it
    archival = archival or bool(frame.get("archival"))
    named = frame.get("fonts")
    folders = _font_folders(more_fonts or (Path(named) if named else None))
    letters = Letters(folders)
    frame, body = printable_data((frame, body), letters)
    body = arrange(body, is_plain=frame["kind"] == "plain")
    source = source_of(frame, body, archival=archival)
    for _ in range(_MOST_RETRIES):
        try:
            pdf = compile_pdf(source, archival=archival, folders=folders)
            return pdf, letters.replaced
        except MissingGlyph as unshown:
            source = letters.without(source, unshown.text)
    raise AnalysisError("The page holds too many letters that no font can show.")


def _font_folders(more_fonts: Path | None) -> tuple[Path, ...]:
    if more_fonts is None:
        return ()
    if not more_fonts.is_dir():
        raise AnalysisError(
            f"The folder of further fonts, {more_fonts}, does not exist."
        )
    return (more_fonts,)
