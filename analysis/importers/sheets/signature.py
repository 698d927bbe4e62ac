"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re
from typing import Literal

from analysis.importers.sheets.sheet import Refusal

Kind = Literal["empty", "text", "workbook", "json", "opendocument", "spss", "stata"]

# The largest file that is read: more than a decade of a large service.
MAX_BYTES = 2 * 1024**3
TOO_LARGE = f"is larger than {MAX_BYTES // 1024**3} GB. Split it by year and try again."
# The first bytes of files that hold no table we read, and what to do about them.
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "is an encrypted workbook or one of the old Excel format. Open it in Excel, "
        "remove the password and save it as .xlsx or as CSV",
    ),
    (b"%PDF", "is a PDF, which holds pages and no table. Export CSV or Excel instead"),
    (b"\x1f\x8b", "is compressed (gzip). Unpack it first"),
    (b"7z\xbc\xaf", "is a compressed archive. Unpack it first"),
    (b"Rar!", "is a compressed archive. Unpack it first"),
    (b"BZh", "is compressed (bzip2). Unpack it first"),
    (b"\xfd7zXZ", "is compressed (xz). Unpack it first"),
    (b"SQLite format 3", "is a database file. Export its tables as CSV"),
    (
        b"\x1c\x00\x00\x00\x00\x00\x00\x00ENCRYPTEDSAV",
        "is an encrypted SPSS file. Open it in SPSS and save it without a password",
    ),
    (b"PAR1", "is a Parquet file. Export CSV or Excel instead"),
    (b"\x89PNG", "is a picture. Export CSV or Excel instead"),
    (b"\xff\xd8\xff", "is a picture. Export CSV or Excel instead"),
    (b"GIF8", "is a picture. Export CSV or Excel instead"),
    (b"{\\rtf", "is a text document. Export CSV or Excel instead"),
    (b"MZ", "is a program. It was not opened"),
    (b"\x7fELF", "is a program. It was not opened"),
)
_MARKUP = re.compile(rb"\s*(<!doctype|<html|<table|<\?xml|<head|<body|<meta)", re.I)


def kind_of(head: bytes, size: int) -> Kind | Refusal:
    """What the file is. head: its first 4 KB."""
    if not size:
        return "empty"
    if size > MAX_BYTES:
        return Refusal(TOO_LARGE)
    for start, what in _OTHERS:
        if head.startswith(start):
            return Refusal(f"{what}.")
    if head.startswith(b"PK\x03\x04"):
        is_open = b"mimetypeapplication/vnd.oasis.opendocument" in head[:200]
        return "opendocument" if is_open else "workbook"
    if head.startswith((b"$FL2", b"$FL3")):
        return "spss"
    if head.startswith(b"<stata_dta>"):
        return "stata"
    start = head.removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(start):
        return Refusal(
            "is a web page (HTML or XML), whatever its name says. Export CSV, or open "
            "it in Excel and save it as .xlsx."
        )
    if start.lstrip()[:1] in (b"{", b"["):
        return "json"
    return "text"
