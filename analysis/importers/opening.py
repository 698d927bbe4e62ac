"""A raw file to the tables or records in it, whatever it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.importers.layout import Rules
from analysis.importers.profile import Profile
from analysis.importers.sheets.delimited import Declared, read_delimited
from analysis.importers.sheets.documents import read_documents
from analysis.importers.sheets.opendocument import read_opendocument
from analysis.importers.sheets.records import Knows
from analysis.importers.sheets.sheet import Document, Refusal, Said, Sheet
from analysis.importers.sheets.signature import kind_of
from analysis.importers.sheets.statistics import read_statistics
from analysis.importers.sheets.workbook import read_workbook
from analysis.importers.systems.mapped import fits

# Names of columns that systems give, and that hold no answer.
TECHNICAL = frozenset(
    (
        "Variable / Field Name",
        "Form Name",
        "Field Type",
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "StartDate",
        "EndDate",
        "Finished",
        "ResponseId",
        "RecordedDate",
        "submitdate",
        "lastpage",
        "startlanguage",
        "Start time",
        "Completion time",
        "Respondent ID",
        "Collector ID",
        "connectionId",
        "timeStampStart",
        "columnName",
        "fullQuestion",
        "weekday",
        "mood",
        "activities",
        "DATE",
        "PATIENT",
        "CODE",
        "DESCRIPTION",
        "VALUE",
    )
)
_EXCEL = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Opened:
    """The tables of a file."""

    parts: tuple[Sheet | Document, ...]


def open_file(
    data: bytes, name: str, digest: str, rules: Rules, profiles: Sequence[Profile] = ()
) -> Opened | Refusal:
    """Open a file by what its first bytes say."""
    kind = kind_of(data[:4096], len(data))
    if isinstance(kind, Refusal):
        return kind
    if kind == "empty":
        return Refusal("is empty: it holds zero bytes.")
    knows = _knows(rules, profiles)
    if kind == "opendocument":
        return _opened(read_opendocument(data, name, digest, knows))
    if kind == "workbook":
        sheets = read_workbook(data, name, digest, knows)
        if isinstance(sheets, Refusal):
            return sheets
        return _opened(_mismatch(sheets, name))
    if kind == "json":
        documents = read_documents(data, name, digest)
        return documents if isinstance(documents, Refusal) else Opened((documents,))
    if kind in ("spss", "stata"):
        return _opened(read_statistics(data, name, digest, kind))
    for profile in profiles:
        if profile.declared != Declared():
            sheets = read_delimited(data, name, digest, knows, profile.declared)
            if not isinstance(sheets, Refusal) and any(
                fits(s, profile) for s in sheets
            ):
                return _opened(sheets)
            if profile.files:
                return _opened(sheets)
    return _opened(read_delimited(data, name, digest, knows))


def _opened(sheets: Sequence[Sheet] | Refusal) -> Opened | Refusal:
    return sheets if isinstance(sheets, Refusal) else Opened(tuple(sheets))


def _knows(rules: Rules, profiles: Sequence[Profile]) -> Knows:
    own = frozenset(name for profile in profiles for name in profile.names)

    def knows(cell: str) -> bool:
        word = cell.strip()
        return word in own or word in TECHNICAL or rules.vocabulary.knows(cell)

    return knows


def _mismatch(sheets: Sequence[Sheet], name: str) -> tuple[Sheet, ...]:
    """Say that a file is a workbook where its name says something else."""
    if name.lower().endswith(_EXCEL) or not sheets:
        return tuple(sheets)
    said = Said("It is an Excel workbook, whatever its name says; it was read as one.")
    return (replace(sheets[0], said=(said, *sheets[0].said)), *sheets[1:])
