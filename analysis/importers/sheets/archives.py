"""Workbooks are archives: what is looked at before anything of one is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

from analysis.importers.sheets.sheet import Refusal

# Unpacked, a workbook may be so large, and so many times larger than packed. A sheet
# of 100,000 rows and 100 columns takes about 200 MB.
MAX_UNPACKED = 512 * 1024**2
MAX_RATIO = 200
SMALL = 20 * 1024**2  # below this any ratio is harmless
MAX_ROWS, MAX_COLUMNS = 1_048_576, 2_000


# Where a declaration stands if there is one: in front of everything else.
_HEAD = 4096


def _declares(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a member begins with a document type declaration."""
    if member.flag_bits & 1 or not member.filename.endswith((".xml", ".rels", ".vml")):
        return False
    with archive.open(member) as part:
        head = part.read(_HEAD)
    return b"<!DOCTYPE" in head.replace(b"\x00", b"").upper()


def archive_refusal(data: bytes, needed: str) -> Refusal | None:
    """Why an archive is not opened; None where it may be.

    needed: the member without which it is no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            declares = any(_declares(archive, member) for member in members)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        OSError,
        RuntimeError,  # NotImplementedError among them
    ):
        return Refusal(
            "is a damaged workbook or archive. If it was downloaded, download it again."
        )
    if any(member.flag_bits & 1 for member in members):
        return Refusal("is encrypted. Remove the password and save it again.")
    size = sum(member.file_size for member in members)
    if size > MAX_UNPACKED or (size > SMALL and size > MAX_RATIO * len(data)):
        return Refusal(
            f"would unpack to {size // 1024**2:,} MB from {len(data) // 1024:,} KB, "
            "which no export does (a zip bomb). It was not opened."
        )
    if declares:
        return Refusal(
            "declares things of its own in its XML, which no spreadsheet program does "
            "and which can make it reach for other files. It was not opened. If you "
            "trust it, open it in Excel and save it again."
        )
    if needed not in {member.filename for member in members}:
        return Refusal("is an archive and no workbook. Unpack it first.")
    return None
