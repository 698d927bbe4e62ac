"""The command line: parses arguments, calls the pipeline, sets the exit code."""

from __future__ import annotations

import argparse
import getpass
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from analysis import engine, pipeline
from analysis.errors import AnalysisError
from analysis.importers import address_of, is_address
from analysis.pipeline.guard import guard_streams, private_files
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import USER_CAN_MEND, Summary, Tell, tell

Verb = Callable[[argparse.Namespace], Summary]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb. Exit: 0 done, 2 the user can mend it, 3 something set aside."""
    options = parser().parse_args(arguments)
    try:
        with private_files():
            summary = options.run(options)
    except AnalysisError as problem:
        print(f"cairn: {problem}", file=sys.stderr)
        return USER_CAN_MEND
    except KeyboardInterrupt:
        print("cairn: stopped. Run again: what is done stays done.", file=sys.stderr)
        return USER_CAN_MEND
    brief = options.summary
    text = summary.one_line(options.verb) if brief else summary.text()
    if text:
        print(text)
    return summary.exit_code


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    whole = argparse.ArgumentParser(
        prog="python -m analysis",
        description="Cairn: from therapy exports to progress and caseload reports.",
    )
    verbs = whole.add_subparsers(title="verbs", required=True, metavar="VERB")
    shared = _shared()
    for name, help_text, run, add in _VERBS:
        verb = verbs.add_parser(name, help=help_text, parents=[shared])
        add(verb)
        verb.set_defaults(run=run, verb=name)
    return whole


def _shared() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    default = Paths()
    shared.add_argument(
        "--raw",
        default=str(default.raw),
        help="folder with the raw exports, or the address of a database",
    )
    for name, meaning in (
        ("processed", "folder of the tidy tables"),
        ("reports", "folder the reports go to"),
        ("settings", "the practice's settings file"),
    ):
        shared.add_argument(
            f"--{name}", type=Path, default=getattr(default, name), help=meaning
        )
    shared.add_argument(
        "--summary", action="store_true", help="end with one line of numbers only"
    )
    return shared


def _paths(options: argparse.Namespace) -> Paths:
    places = (options.processed, options.reports, options.settings)
    if is_address(options.raw):
        return Paths(Paths().raw, *places, address_of(options.raw))
    return Paths(Path(options.raw), *places)


def _no_options(verb: argparse.ArgumentParser) -> None:
    """The shared options are all."""


def _add_import(verb: argparse.ArgumentParser) -> None:
    order = verb.add_mutually_exclusive_group()
    order.add_argument("--day-first", dest="day_first", action="store_true")
    order.add_argument("--month-first", dest="day_first", action="store_false")
    verb.set_defaults(day_first=None)
    verb.add_argument("--profile", type=Path, help="mapping profile (TOML)")
    verb.add_argument("--timezone", default="", help="the clinic's, as Europe/London")


def _import_options(options: argparse.Namespace) -> pipeline.ImportOptions:
    if options.profile and not options.profile.exists():
        raise AnalysisError(f"The profile {options.profile} is not there.")
    return pipeline.ImportOptions(
        profile=options.profile,
        day_first=options.day_first,
        timezone=options.timezone,
    )


def _import(options: argparse.Namespace) -> Summary:
    imports = _import_options(options)
    return pipeline.run_import(_paths(options), date.today(), tell, imports)


def _add_profile(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", type=Path, help="the export to look at")
    verb.add_argument("--out", type=Path, help="where the draft goes (.toml)")
    verb.add_argument("--force", action="store_true", help="write over a draft")
    verb.add_argument("--table", type=int, default=1, help="of a file with several")
    verb.add_argument("--client", default="", help="column that names the client")
    verb.add_argument("--everyone", default="", help="id of the one client in it")
    verb.add_argument("--date", default="", help="column of the day")
    order = verb.add_mutually_exclusive_group()
    order.add_argument("--day-first", dest="order", action="store_const", const="day")
    order.add_argument(
        "--month-first", dest="order", action="store_const", const="month"
    )
    verb.add_argument("--timezone", default="", help="of the times in the file")


def _profile(options: argparse.Namespace) -> Summary:
    told = {
        "client": options.client,
        "everyone": options.everyone,
        "date": options.date,
        "order": f"{options.order}-first" if options.order else "",
        "timezone": options.timezone,
    }
    chosen = pipeline.ProfileOptions(
        out=options.out,
        force=options.force,
        table=options.table,
        told={key: value for key, value in told.items() if value},
    )
    is_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    ask = _ask if is_terminal else None
    return pipeline.run_profile(
        _paths(options), options.file, date.today(), tell, chosen, ask
    )


def _ask(question: pipeline.Question) -> str:
    """Put one question at the terminal; Enter leaves it open."""
    choices = f"\n  one of: {', '.join(question.choices)}" if question.choices else ""
    sys.stderr.write(f"{question.text}{choices}\n  (Enter leaves it open) > ")
    sys.stderr.flush()
    return sys.stdin.readline()


def _add_analyse(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--until", type=date.fromisoformat, help="day, as 2026-10-31")


def _analyse(options: argparse.Namespace) -> Summary:
    return pipeline.run_analyse(_paths(options), options.until)


def _add_reports(verb: argparse.ArgumentParser) -> None:
    _add_import(verb)
    verb.add_argument("--month", default="", help="as 2026-10; default: the latest")
    verb.add_argument("--client", nargs="+", default=[], metavar="ID")
    verb.add_argument("--clinician", nargs="+", default=[], metavar="ID")
    verb.add_argument(
        "--audience", type=_audiences, default=(), help="clinician, client or both"
    )
    verb.add_argument("--jobs", type=int, default=0, help="reports made side by side")
    _add_engine(verb)
    verb.add_argument("--force", action="store_true", help="make unchanged ones anew")


def _add_engine(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--engine",
        default="auto",
        help="auto, fork or plain on this machine; tcp://… or tls://… for a cluster",
    )
    verb.add_argument(
        "--store", default="", help="storage that all machines of a cluster reach"
    )
    verb.add_argument(
        "--log-json", action="store_true", help="tell the progress as JSON lines"
    )


def _progress(options: argparse.Namespace) -> tuple[engine.Progress, Tell]:
    """What tells how a run goes on: for people, or one JSON object a line."""
    progress = engine.progress_for(json_lines=options.log_json)
    return progress, progress.note if options.log_json else tell


def _audiences(text: str) -> tuple[str, ...]:
    asked = tuple(part.strip() for part in text.split(",") if part.strip())
    if not asked or set(asked) - {"clinician", "client"}:
        raise argparse.ArgumentTypeError("takes clinician, client, or clinician,client")
    return asked


def _reports(options: argparse.Namespace) -> Summary:
    progress, say = _progress(options)
    chosen = pipeline.ReportOptions(
        month=options.month,
        clients=tuple(options.client),
        clinicians=tuple(options.clinician),
        audiences=options.audience,
        workers=options.jobs,
        engine=options.engine,
        store=options.store,
        force=options.force,
        imports=_import_options(options),
        progress=progress,
    )
    return pipeline.run_reports(_paths(options), chosen, date.today(), say)


def _add_caseload(verb: argparse.ArgumentParser) -> None:
    _add_import(verb)
    verb.add_argument("--month", default="", help="last month of a year, as 2026-10")
    verb.add_argument("--from", dest="since", default="", help="first month")
    verb.add_argument("--to", dest="until", default="", help="last month")
    verb.add_argument("--programme", default="", help="only this one")
    verb.add_argument("--clinician", default="", help="this clinician's own view")
    verb.add_argument("--rule", type=_rules, default=(), help="nhs, corc or nhs,corc")
    verb.add_argument("--share", action="store_true", help="for outside the practice")
    verb.add_argument("--force", action="store_true", help="make it anew")
    _add_engine(verb)


def _rules(text: str) -> tuple[str, ...]:
    asked = tuple(part.strip() for part in text.split(",") if part.strip())
    if not asked or set(asked) - {"nhs", "corc"}:
        raise argparse.ArgumentTypeError("takes nhs, corc, or nhs,corc")
    return asked


def _caseload(options: argparse.Namespace) -> Summary:
    if bool(options.since) != bool(options.until):
        raise AnalysisError("--from and --to are given together.")
    months = 12
    if options.since:
        months = pipeline.months_between(options.since, options.until)
    chosen = pipeline.CaseloadOptions(
        month=options.until or options.month,
        months=months,
        programme=options.programme,
        rules=options.rule,
        share=options.share,
        clinician=options.clinician,
    )
    progress, say = _progress(options)
    how = pipeline.ReportOptions(
        force=options.force,
        engine=options.engine,
        store=options.store,
        imports=_import_options(options),
        progress=progress,
    )
    return pipeline.run_caseload(_paths(options), chosen, how, date.today(), say)


def _add_network(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "sources", nargs="+", metavar="SITE", help="site summary, folder or s3://…"
    )
    verb.add_argument("--rule", choices=("nhs", "corc"), default="nhs")
    verb.add_argument("--out", type=Path, default=Path("reports/network"))


def _network(options: argparse.Namespace) -> Summary:
    return pipeline.run_network(
        _paths(options), options.sources, options.rule, options.out
    )


def _add_check(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--privacy", action="store_true", help="search for names and words of clients"
    )
    verb.add_argument(
        "--staged", action="store_true", help="look at what git is about to commit"
    )


def _check(options: argparse.Namespace) -> Summary:
    if options.staged:
        return pipeline.run_staged_check(_paths(options))
    return pipeline.run_check(_paths(options), date.today(), privacy=options.privacy)


def _add_forget(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("client", nargs="*", metavar="CLIENT", help="ids, as exported")
    verb.add_argument(
        "--overdue", action="store_true", help="everybody past keep_months"
    )
    verb.add_argument("--dry-run", action="store_true", help="count, remove nothing")
    verb.add_argument(
        "--take-back", action="store_true", help="let the next import read them again"
    )


def _forget(options: argparse.Namespace) -> Summary:
    chosen = pipeline.ForgetOptions(
        clients=tuple(dict.fromkeys(options.client)),
        overdue=options.overdue,
        take_back=options.take_back,
        dry_run=options.dry_run,
    )
    return pipeline.run_forget(_paths(options), chosen, date.today())


def _add_export(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--out", type=Path, required=True, help="a new folder")
    verb.add_argument(
        "--pseudonymise", action="store_true", help="ids become keyed pseudonyms"
    )
    verb.add_argument(
        "--shift-dates", action="store_true", help="move each client's days by weeks"
    )


def _export(options: argparse.Namespace) -> Summary:
    chosen = pipeline.ExportOptions(
        options.out, options.pseudonymise, options.shift_dates
    )
    return pipeline.run_export(_paths(options), chosen)


def _add_deliver(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--month", default="", help="as 2026-10; default: the latest")
    verb.add_argument("--merge", action="store_true", help="one file per clinician")
    verb.add_argument("--encrypt", action="store_true", help="ask for a password")


def _deliver(options: argparse.Namespace) -> Summary:
    paths = _paths(options)
    password = ""
    if options.encrypt or paths.read_settings().reports.encrypt:
        password = os.environ.get(pipeline.PASSWORD_VARIABLE, "") or getpass.getpass(
            "Password for the files: "
        )
        if not password:
            raise AnalysisError("No password was given: nothing was written.")
    chosen = pipeline.Delivery(options.month, options.merge, password)
    return pipeline.run_deliver(paths, chosen)


def _add_verify(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("folder", nargs="?", type=Path, help="reports/<month>")


def _verify(options: argparse.Namespace) -> Summary:
    return pipeline.run_verify(_paths(options), options.folder)


def _add_demo(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--clients", type=int, default=40)
    verb.add_argument("--seed", type=int, default=7)
    verb.add_argument("--out", type=Path, default=Paths().demo)


def _demo(options: argparse.Namespace) -> Summary:
    return pipeline.run_demo(options.out, options.clients, options.seed, tell)


def _add_measures(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("measure", nargs="?", default="", help="print this one in full")


def _measures(options: argparse.Namespace) -> Summary:
    return pipeline.run_measures(_paths(options), options.measure)


def _add_app(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--port", type=int, default=8899, help="the first one tried")
    verb.add_argument(
        "--no-browser", action="store_true", help="print the address, open nothing"
    )


def _app(options: argparse.Namespace) -> Summary:
    if importlib.util.find_spec("voila") is None:
        raise AnalysisError(
            "The desk in the browser needs the extra `app`. Run `make app`, which "
            "installs it, or: pip install -r requirements/app.txt"
        )
    tell("Opening your desk: about ten seconds.")
    # Voilà is imported by those only who have it
    from analysis.desk.serving import run_desk

    run_desk(_paths(options), options.port, tell, opens_browser=not options.no_browser)
    return Summary()


def _add_lab(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--no-browser", action="store_true", help="open nothing")


def _lab(options: argparse.Namespace) -> Summary:
    return pipeline.run_lab(Path.cwd(), tell, opens_browser=not options.no_browser)


def _bench(options: argparse.Namespace) -> Summary:
    return pipeline.run_bench(tell)


_VERBS: tuple[tuple[str, str, Verb, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("import", "data/raw to tidy tables", _import, _add_import),
    ("profile", "draft a mapping profile for an unknown file", _profile, _add_profile),
    ("analyse", "tidy tables to scores, trends, findings", _analyse, _add_analyse),
    ("reports", "import and analyse if stale, then the PDFs", _reports, _add_reports),
    ("caseload", "the practice lead's report", _caseload, _add_caseload),
    ("network", "several sites' shared summaries as one", _network, _add_network),
    (
        "check",
        "look at data, settings, environment; say what to do",
        _check,
        _add_check,
    ),
    ("forget", "remove a client everywhere, and prove it", _forget, _add_forget),
    ("export", "tables for analysts, without names", _export, _add_export),
    ("deliver", "encrypted copies, or one file per clinician", _deliver, _add_deliver),
    ("verify", "check a month's reports against their manifest", _verify, _add_verify),
    ("demo", "write the invented practice as raw exports", _demo, _add_demo),
    ("measures", "list the measures, or print one", _measures, _add_measures),
    ("app", "the desk in the browser, on this computer only", _app, _add_app),
    ("lab", "JupyterLab with the notebooks, outputs kept out of git", _lab, _add_lab),
    ("bench", "measure speed and accuracy", _bench, _no_options),
)


if __name__ == "__main__":
    guard_streams()
    sys.exit(main())
