"""Several sites' summaries as one report, from folders, files or an object store."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import analysis
from analysis.blocks import as_data
from analysis.caseload.network import Network, network_of
from analysis.caseload.summary import read_summary
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths, writable
from analysis.pipeline.summary import Summary

SUMMARY_NAME = "caseload-share.json"
# A summary is a few kilobytes; what is larger is none.
_MOST_BYTES = 20_000_000


def run_network(paths: Paths, sources: Sequence[str], rule: str, out: Path) -> Summary:
    """Read site summaries (never a site's tables) and write the network's report.

    sources: files, folders that hold them at any depth, or addresses that fsspec reads
    (s3://…, needs the extra `cluster`).
    """
    found = [
        read_summary(text, name) for source in sources for name, text in _texts(source)
    ]
    network = network_of(found, rule)
    folder = writable(out, "--out")
    pdf, table = folder / "network.pdf", folder / "network.csv"
    pdf.write_bytes(_pdf(network, paths))
    table.write_text(_csv(network), encoding="utf-8-sig", newline="")
    said = f"{len(network.sites)} site(s): {pdf} and {table} written."
    return Summary(lines=[said])


def _texts(source: str) -> Iterator[tuple[str, str]]:
    if "://" in source:
        yield from _remote(source)
        return
    path = Path(source)
    files = [path] if path.is_file() else sorted(path.rglob(SUMMARY_NAME))
    if not files:
        raise AnalysisError(
            f"{source} holds no {SUMMARY_NAME}. A site writes one with "
            "`python -m analysis caseload --share`."
        )
    for file in files:
        if file.stat().st_size > _MOST_BYTES:
            raise AnalysisError(f"{file} is too large to be a site summary.")
        yield str(file), file.read_text(encoding="utf-8")


def _remote(source: str) -> Iterator[tuple[str, str]]:
    try:
        import fsspec
    except ImportError as problem:
        raise AnalysisError(
            "Reading from an object store needs more packages: "
            "`pip install cairn[cluster]`."
        ) from problem
    try:
        store, root = fsspec.core.url_to_fs(source)
        files = [root] if store.isfile(root) else sorted(store.find(root))
        chosen = [f for f in files if f == root or f.endswith("/" + SUMMARY_NAME)]
        texts = [(f, store.cat_file(f).decode("utf-8")) for f in chosen]
    except (OSError, ValueError, ImportError) as problem:
        raise AnalysisError(
            f"{source} could not be read ({type(problem).__name__}). Look at the "
            "address, and at the keys your store asks for."
        ) from problem
    if not texts:
        raise AnalysisError(f"{source} holds no {SUMMARY_NAME}.")
    yield from texts


def _pdf(network: Network, paths: Paths) -> bytes:
    # charts and fonts take a second to load, which other verbs need not wait for
    from analysis.page.document import arrange, source_of, split_frame
    from analysis.page.typesetter import compile_pdf
    from analysis.show.network import blocks

    locale = paths.read_settings().practice.locale
    shown = [as_data(b) for b in blocks(network, locale, analysis.__version__)]
    frame, body = split_frame(shown)
    if frame is None:
        raise TypeError("the report has no page")
    return compile_pdf(source_of(frame, arrange(body, is_plain=False)))


def _csv(network: Network) -> str:
    """Every rate as a row; a hidden one is empty."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(
        ["level", "site", "programme", "outcome", "count", "of", "share", "low", "high"]
    )
    for one in (*network.rates, *network.by_programme):
        counts = ("", "") if one.rate is None else (one.rate.count, one.rate.of)
        shares = [
            "" if x is None else f"{x:.4f}" for x in (one.share, one.low, one.high)
        ]
        level = "site" if one.site else "network"
        names = (_plain(one.site), _plain(one.programme or ""))
        rows.writerow([level, *names, one.outcome, *counts, *shares])
    return text.getvalue()


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r") else text
