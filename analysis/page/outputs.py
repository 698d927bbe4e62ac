"""What a notebook shows, in order, as blocks: our own and what an analyst added."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from analysis import blocks
from analysis.errors import AnalysisError
from analysis.page.encode import break_long_words
from analysis.page.htmltable import has_table, table_blocks
from analysis.page.markdown import markdown_block
from analysis.page.pictures import png_block, svg_block

if TYPE_CHECKING:
    from nbformat import NotebookNode

Block = dict[str, Any]
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
# What Python prints for an object that has no text of its own, such as <Axes: …>.
_OBJECT_REPR = re.compile(r"\s*(\[?<[^\n]*>[^\n]*|Text\(.*\))\s*", re.DOTALL)


def notebook_blocks(notebook: NotebookNode, *, picture_words: str) -> list[Block]:
    """Everything the notebook shows, in order; code is never shown.

    picture_words: alt text for a picture that brings none.
    Raises AnalysisError when a cell ended in an error or an output cannot be read.
    """
    found: list[Block] = []
    for number, cell in enumerate(notebook.cells, start=1):
        try:
            found += _cell_blocks(cell, picture_words)
        except AnalysisError as problem:
            raise AnalysisError(
                f"Cell {number} of the notebook cannot be printed: {problem}."
            ) from problem
    return found


def _cell_blocks(cell: NotebookNode, picture_words: str) -> Iterable[Block]:
    if cell.cell_type == "markdown" and cell.source.strip():
        yield markdown_block(cell.source, cell.get("attachments"))
    if cell.cell_type != "code":
        return
    alt = str(cell.metadata.get("alt", "")) or picture_words
    for output in cell.get("outputs", []):
        yield from _output_blocks(output, alt)


def _output_blocks(output: NotebookNode, alt: str) -> Iterable[Block]:
    if output.output_type == "error":
        # the error's own text may quote client data: its kind is enough here
        raise AnalysisError(
            f"it ended in {output.ename}. Open the notebook, mend the cell, run again"
        )
    if output.output_type == "stream":
        # warnings and progress bars (stderr) are for the analyst, not for the reader
        if output.name == "stdout":
            yield from _printed(output.text)
        return
    data = output.get("data", {})
    own_alt = str(output.get("metadata", {}).get("alt", "")) or alt
    if blocks.MIME in data:
        yield checked_block(data[blocks.MIME])
        return
    for mime, reader in _READERS.items():
        if mime in data and (mime != "text/html" or has_table(_joined(data[mime]))):
            yield from reader(_joined(data[mime]), own_alt)
            return


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _printed(text: str, alt: str = "") -> Iterable[Block]:
    text = _TERMINAL_CODES.sub("", _joined(text)).strip("\n")
    if text.strip():
        yield {"block": "Printed", "text": break_long_words(text, 60)}


def _represented(text: str, alt: str) -> Iterable[Block]:
    if not _OBJECT_REPR.fullmatch(text):
        yield from _printed(text)


# Best first: a drawing says more than the text that stands in for it.
_READERS: Mapping[str, Callable[[str, str], Iterable[Block]]] = {
    "image/svg+xml": lambda text, alt: [svg_block(text, alt)],
    "image/png": lambda text, alt: [png_block(text, alt)],
    "image/jpeg": lambda text, alt: [png_block(text, alt, "image/jpeg")],
    "text/html": lambda text, alt: table_blocks(text),
    "text/markdown": lambda text, alt: [markdown_block(text)],
    "text/latex": _printed,
    "text/plain": _represented,
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
