"""What a file says beside the pages it is there for, as text to search."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from analysis.errors import AnalysisError

# A list or log beyond this is no file of ours; it is named instead of read.
_LARGEST_BYTES = 64 * 1024 * 1024


def readable(path: Path, *, is_executed: bool = False) -> str:
    """All text of a file that may hold no words of a client.

    Of a PDF what it says of itself: information, XMP, names of attachments
    (bookmarks are headings of its pages). Of an executed notebook its metadata and
    code: the outputs are the client's own report.
    Raises AnalysisError where the file cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise AnalysisError(f"{path} is too large to be searched. Look at it.")
        if path.suffix == ".pdf":
            return "\n".join(_about_pdf(path))
        data = _unpacked(path) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as problem:
        raise AnalysisError(
            f"{path} could not be read and was not searched. Look at it yourself."
        ) from problem
    text = data.decode("utf-8", "replace")
    if "\x00" in text[:64] and text[:2] != "PK":  # UTF-16, as Windows' tools write
        text = data.decode("utf-16", "replace")
    if is_executed and path.suffix == ".ipynb":
        return _about_notebook(text)
    return text


def _unpacked(path: Path) -> bytes:
    """A compressed log; one that grows beyond measure is named instead of read."""
    with gzip.open(path) as file:
        data = file.read(_LARGEST_BYTES + 1)
    if len(data) > _LARGEST_BYTES:
        raise AnalysisError(f"{path} is too large to be searched. Look at it.")
    return data


def _about_pdf(path: Path) -> Iterator[str]:
    try:
        with pikepdf.open(path) as pdf:
            for value in pdf.docinfo.values():
                yield str(value)
            if "/Metadata" in pdf.Root:
                yield pdf.Root.Metadata.read_bytes().decode("utf-8", "replace")
            yield from pdf.attachments
    except pikepdf.PasswordError:
        return  # encrypted for whoever has the password
    except pikepdf.PdfError as problem:
        raise AnalysisError(
            f"{path} is no whole PDF and was not searched. Delete it and run again."
        ) from problem


def _about_notebook(text: str) -> str:
    try:
        notebook = json.loads(text)
        cells = notebook.get("cells", [])
        about = [notebook.get("metadata"), *(cell.get("metadata") for cell in cells)]
        code = ["".join(cell.get("source", ())) for cell in cells]
    except (ValueError, AttributeError):
        return text  # no notebook: all of it is searched
    return "\n".join([json.dumps(about, ensure_ascii=False), *code])
