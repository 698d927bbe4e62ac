"""Check a folder of reports against its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.engine.files import digest_of, outdated
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
    return found + _strangers(manifest.parent, {e["pdf"] for e in reports.values()})


def _strangers(folder: Path, known: set[str]) -> list[Difference]:
    """PDFs where reports stand that no run made; copies kept elsewhere are nobody's."""
    told = known | {outdated(Path(pdf)).as_posix() for pdf in known}
    homes = {Path(pdf).parts[0] for pdf in known if len(Path(pdf).parts) > 1}
    relatives = (path.relative_to(folder) for path in sorted(folder.rglob("*.pdf")))
    return [
        Difference(relative.as_posix(), "not in the manifest")
        for relative in relatives
        if relative.as_posix() not in told
        and (len(relative.parts) == 1 or relative.parts[0] in homes)
    ]


def _differences(entry: Entry, folder: Path) -> list[str]:
    if entry["state"] == "failed":
        kept = outdated(folder / entry["pdf"])
        older = f"; an older report is kept as {kept.name}" if kept.exists() else ""
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
