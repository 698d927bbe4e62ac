"""index.html of a month: the door to its reports, for a browser without a network."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Mapping, Sequence, Set
from datetime import date
from pathlib import Path

from analysis import store
from analysis.engine import client_id_of, safe_name
from analysis.errors import AnalysisError
from analysis.settings import Settings

_STYLE = """
body { font: 16px/1.5 "IBM Plex Sans", system-ui, sans-serif; color: #1B2430;
  margin: 2.5rem auto; max-width: 56rem; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 }
p { color: #4A5563; margin: .3rem 0 1.5rem }
table { border-collapse: collapse; width: 100% }
th { font-weight: 400; color: #4A5563; text-align: left; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid #1B2430 }
td { border-bottom: 1px solid #C6CCD3; padding: .4rem .6rem .4rem 0 }
td:first-child { font-weight: 600 }
a { color: #005A8C }
.demo { border: 1px solid #4A5563; padding: 0 .4rem }
"""


def write_index(
    tables: Path,
    out: Path,
    settings: Settings,
    first: date,
    until: date,
    *,
    is_demo: bool,
) -> None:
    """Write the page that lists what was made: ids, never names."""
    findings = store.read_table("findings", tables)
    at_risk = set(findings.loc[findings["kind"] == "risk_item", "client_id"])
    episodes = store.read_table("episodes", tables)
    latest = episodes.drop_duplicates("client_id", keep="last")
    clinicians = latest.set_index("client_id")["clinician_id"].dropna().to_dict()
    rows = [
        _row(folder, at_risk, clinicians)
        for folder in sorted((out / "clients").glob("*"))
        if folder.is_dir() and _is_ours(folder.name)
    ]
    text = _page(settings, first, until, rows, _practice(out), is_demo)
    temporary = out / ".index.html"
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, out / "index.html")


def take_from_index(out: Path, client: str, gone: Sequence[str]) -> None:
    """Take a client's line out of a page, and the links into folders that are gone."""
    path = out / "index.html"
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    line = re.escape(f"<tr><td>{html.escape(client)}</td>") + ".*?</tr>"
    text, n = re.subn(line, "", text, flags=re.DOTALL)
    for folder in gone:
        link = rf'( · )?<a href="{re.escape(folder)}/[^>]*>.*?</a>'
        text = re.sub(link, "", text, flags=re.DOTALL)
    if n:
        text = re.sub(
            r"(\d+) client\(s\)", lambda of: f"{int(of[1]) - n} client(s)", text
        )
    temporary = out / ".index.html"
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def _is_ours(name: str) -> bool:
    """Whether a folder stands for a client, and was not put there by hand."""
    try:
        client_id_of(name)
    except AnalysisError:
        return False
    return True


def _row(folder: Path, at_risk: Set[str], clinicians: Mapping[str, str]) -> str:
    client = client_id_of(folder.name)
    clinician = clinicians.get(client, "")
    first = "risk item" if client in at_risk else ""
    links = " · ".join(
        f'<a href="clients/{html.escape(safe_name(client))}/{pdf.name}">{word}</a>'
        for name, word in (("progress", "progress report"), ("handout", "handout"))
        if (pdf := folder / f"{name}.pdf").exists()
    )
    cells = (html.escape(client), html.escape(clinician), first, links)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _practice(out: Path) -> str:
    """Links to what speaks of the whole practice."""
    files = (
        ("caseload/caseload.pdf", "Caseload report (PDF)"),
        ("caseload/caseload.html", "Caseload report (interactive)"),
        ("quality/data_quality.pdf", "Data quality report"),
    )
    links = [
        f'<a href="{name}">{word}</a>' for name, word in files if (out / name).exists()
    ]
    return f"<p>{' · '.join(links)}</p>" if links else ""


def _page(
    settings: Settings,
    first: date,
    until: date,
    rows: list[str],
    practice_links: str,
    is_demo: bool,
) -> str:
    practice = html.escape(settings.practice.name)
    demo = ' <span class="demo">Demo · invented data</span>' if is_demo else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{practice}, {first:%B %Y}</title><style>{_STYLE}</style></head><body>"
        f"<main><h1>{practice}: {first:%B %Y}{demo}</h1>"
        f"<p>Data up to {until.day} {until:%B %Y}. Confidential. "
        f"{len(rows)} client(s).</p>{practice_links}"
        "<table><thead><tr><th>Client</th><th>Clinician</th><th>Flag</th>"
        f"<th>Reports</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
        "</main></body></html>\n"
    )
