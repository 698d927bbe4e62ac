"""Check a folder of reports against its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.engine.files import DRAFTS, digest_of
from analysis.engine.manifest import Entry, read_reports

# What a report may stand as, by its word in the manifest; the last only for some.
_FORMS = {"pdf": "PDF", "executed": "executed notebook", "html": "HTML page"}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the manifest says."""

    report: str  # its id, or the path of a file that no report accounts for
    what: str

    def __str__(self) -> str:
        return f"{self.report}: {self.what}"


def verify(manifest: Path) -> list[Difference]:
    """Compare every report with its hash in the manifest; empty: all as it says.

    PDFs below the folder that the manifest does not know are told too.
    """
    reports = read_reports(manifest)
    found = [
        Difference(name, what)
        for name, entry in sorted(reports.items())
        for what in _differences(entry, manifest.parent)
    ]
    known = {entry["pdf"] for entry in reports.values()}
    for path in sorted(manifest.parent.rglob("*.pdf")):
        relative = path.relative_to(manifest.parent)
        if relative.as_posix() not in known and relative.parts[0] != DRAFTS:
            found.append(Difference(relative.as_posix(), "not in the manifest"))
    return found


def _differences(entry: Entry, folder: Path) -> list[str]:
    if entry["state"] == "failed":
        stands = (folder / entry["pdf"]).exists()
        older = "; an older report still stands there" if stands else ""
        return [f"could not be made: {entry['reason']}{older}"]
    found = []
    for name, kind in _FORMS.items():
        if name not in entry:
            continue
        digest = digest_of(folder / entry[name])
        if digest is None:
            found.append(f"the {kind} is missing")
        elif digest != entry[f"{name}_sha256"]:
            found.append(f"the {kind} was changed")
    return found
