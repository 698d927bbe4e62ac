"""What a notebook shows, in order, as blocks: our own and what an analyst added."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from analysis import blocks
from analysis.errors import AnalysisError
from analysis.page.encode import break_long_words
from analysis.page.htmltable import has_table, table_blocks, visible_text
from analysis.page.markdown import markdown_block
from analysis.page.pictures import png_block, svg_block

if TYPE_CHECKING:
    from nbformat import NotebookNode

Block = dict[str, Any]
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
# What Python prints for an object that has no text of its own, such as <Axes: …>.
_OBJECT_REPR = re.compile(r"\s*(\[?<[^\n]*>[^\n]*|Text\(.*\))\s*", re.DOTALL)


def notebook_blocks(notebook: NotebookNode, words: Mapping[str, str]) -> list[Block]:
    """Everything the notebook shows, in order; code is never shown.

    words: what stands for a picture without alt text (picture) and for an output that
    only a browser can show (interactive).
    Raises AnalysisError when a cell ended in an error or an output cannot be read.
    """
    found: list[Block] = []
    for number, cell in enumerate(notebook.cells, start=1):
        try:
            found += _cell_blocks(cell, words)
        except AnalysisError as problem:
            raise AnalysisError(
                f"Cell {number} of the notebook cannot be printed: {problem}."
            ) from problem
    return found


def language_of(notebook: NotebookNode, fallback: str) -> str:
    """The language of the notebook's Page block; the fallback where it has none."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            block = output.get("data", {}).get(blocks.MIME)
            if isinstance(block, Mapping) and block.get("block") == "Page":
                return str(block.get("language", fallback))
    return fallback


def _cell_blocks(cell: NotebookNode, words: Mapping[str, str]) -> Iterable[Block]:
    if cell.cell_type == "markdown" and cell.source.strip():
        yield markdown_block(cell.source, cell.get("attachments"))
    if cell.cell_type != "code":
        return
    alt = str(cell.metadata.get("alt", "")) or words["picture"]
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            # the error's own text may quote client data: its kind is enough here
            raise AnalysisError(
                f"it ended in {output.ename}. Open the notebook, mend the cell, "
                "run again"
            )
        if output.output_type != "stream":
            yield from _shown(output, alt, words["interactive"])
        elif output.name == "stdout":
            # warnings and progress bars (stderr) are not for the reader
            yield from _printed(_joined(output.text))


def _shown(output: NotebookNode, alt: str, interactive: str) -> Iterable[Block]:
    """The best form of a displayed output that a page can hold."""
    data = output.get("data", {})
    alt = str(output.get("metadata", {}).get("alt", "")) or alt
    if blocks.MIME in data:
        yield checked_block(data[blocks.MIME])
        return
    forms = {mime: _joined(data[mime]) for mime in _READERS if mime in data}
    for mime, text in forms.items():
        if _says_something(mime, text):
            yield from _READERS[mime](text, alt)
            return
    seen = visible_text(forms.get("text/html", ""))
    if seen:
        yield from _printed(seen)
    elif any(mime.startswith("application/vnd.") for mime in data):
        yield checked_block({"block": "Paragraph", "text": interactive, "tone": "grey"})


def _says_something(mime: str, text: str) -> bool:
    if mime == "text/html":
        return has_table(text)
    return mime != "text/plain" or not _OBJECT_REPR.fullmatch(text)


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _printed(text: str, alt: str = "") -> Iterable[Block]:
    text = _TERMINAL_CODES.sub("", text).strip("\n")
    if text.strip():
        yield {"block": "Printed", "text": break_long_words(text, 60)}


# Best first: a drawing says more than the text that stands in for it.
_READERS: Mapping[str, Callable[[str, str], Iterable[Block]]] = {
    "image/svg+xml": lambda text, alt: [svg_block(text, alt)],
    "image/png": lambda text, alt: [png_block(text, alt)],
    "image/jpeg": lambda text, alt: [png_block(text, alt, "image/jpeg")],
    "text/html": lambda text, alt: table_blocks(text),
    "text/markdown": lambda text, alt: [markdown_block(text)],
    "text/latex": _printed,
    "text/plain": _printed,
}


def checked_block(data: Any) -> Block:
    """A block's data with every field present; nested blocks too.

    Raises AnalysisError for a kind or a field this version does not know.
    """
    if not isinstance(data, Mapping) or data.get("block") not in blocks.KINDS:
        raise AnalysisError("it shows a block this version of Cairn does not know")
    kind = blocks.KINDS[data["block"]]
    fields = {field.name: field for field in dataclasses.fields(kind)}
    unknown = set(data) - set(fields) - {"block"}
    missing = [
        name
        for name, field in fields.items()
        if name not in data and field.default is dataclasses.MISSING
    ]
    if unknown or missing:
        named = ", ".join(sorted([*unknown, *missing]))
        raise AnalysisError(f"its {kind.__name__} has other fields than ours: {named}")
    whole = {name: data.get(name, field.default) for name, field in fields.items()}
    if kind is blocks.Columns:
        for side in ("left", "right"):
            whole[side] = [checked_block(part) for part in whole[side]]
    return {"block": kind.__name__, **whole}
