"""An unknown file to the draft of its profile: asked, written, and tried at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from analysis import importers
from analysis.errors import AnalysisError
from analysis.importers import Draft, Question, Told
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary, Tell

Ask = Callable[[Question], str]


@dataclass(frozen=True)
class ProfileOptions:
    """What the command line may say about an unknown file.

    told: answers by key of their question. table: which of several tables, from 1.
    """

    out: Path | None = None
    force: bool = False
    table: int = 1
    told: Mapping[str, str] = field(default_factory=dict)


def run_profile(
    paths: Paths,
    file: Path,
    today: date,
    tell: Tell,
    options: ProfileOptions = ProfileOptions(),
    ask: Ask | None = None,
) -> Summary:
    """Draft a profile for one file and show what an import by it would read.

    ask: puts a question to the person at the terminal; None where nobody is there.
    Nothing of the file is kept but names of columns.
    """
    settings = paths.read_settings()
    if not file.is_file():
        raise AnalysisError(f"{file} is no file. Name the export to look at.")
    look = importers.look_at(
        file, paths.raw, settings, paths.read_measures(settings), today
    )
    if look.is_read and options.out is None:
        return _already_read(file, look)
    out = options.out or Path(f"{file.stem}.toml")
    _may_be_written(out, options.force)
    draft = look.draft(Told(options.told), options.table)
    if ask is not None:
        draft = _asked(look, draft, options, ask)
    _write(out, importers.profile_text(draft, file.name))
    return _summary(file, out, look, draft)


def _already_read(file: Path, look: importers.FileLook) -> Summary:
    kind = look.preview.format
    lines = [
        f"{file.name} needs no profile: it is read as it stands ({kind}).",
        *_indented(look.preview.lines),
        "Put it into data/raw and import. To draft a profile all the same, give --out.",
    ]
    return Summary(lines)


def _may_be_written(out: Path, force: bool) -> None:
    if out.suffix != ".toml":
        raise AnalysisError(f"{out}: the name of a profile ends in .toml.")
    if out.exists() and not force:
        raise AnalysisError(
            f"{out} is there already. Give another name with --out, or --force to "
            "write over it."
        )


def _asked(
    look: importers.FileLook, draft: Draft, options: ProfileOptions, ask: Ask
) -> Draft:
    """Ask one question after the other; what is left open is asked once only."""
    told = dict(options.told)
    left: set[str] = set()
    problem = ""
    while True:
        question = next((q for q in draft.questions if q.key not in left), None)
        if question is None:
            return draft
        given = ask(replace(question, text=f"{problem} {question.text}".strip()))
        given = given.strip()
        problem = look.wrong(question, given)
        if problem:
            continue
        left.add(question.key)
        if question.key == "client" and given.lower().startswith("everyone"):
            told["everyone"] = given.partition("=")[2].strip().strip('"“”')
        elif given:
            told[question.key] = given
        draft = look.draft(Told(told), options.table)


def _write(out: Path, text: str) -> None:
    part = out.with_name(f".part-{out.name}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, out)
    except OSError as problem:
        raise AnalysisError(
            f"{out} cannot be written ({problem.strerror}). Give another with --out."
        ) from problem


def _summary(file: Path, out: Path, look: importers.FileLook, draft: Draft) -> Summary:
    """Columns, what would be read, what is still open, and what to do next."""
    lines = [f"{file.name}: {draft.n_rows} rows, {len(draft.names)} columns."]
    lines += importers.columns_table(draft)
    lines.append(f"The draft stands in {out}.")
    tried = look.tried(out)
    lines.append("An import by it would read (nothing has been read or written yet):")
    lines += _indented(tried.lines)
    if draft.questions:
        lines.append(f"Still to say ({len(draft.questions)}):")
        lines += [f"  ? {_with_choices(question)}" for question in draft.questions]
        lines.append(f'Write the answers into {out} (lines that begin with "# ?").')
    lines.append(
        f"Then move {out} into data/raw beside the export, or import with "
        f"--profile {out}."
    )
    return Summary(lines)


def _with_choices(question: Question) -> str:
    choices = f" [{', '.join(question.choices)}]" if question.choices else ""
    return f"{question.text}{choices}"


def _indented(lines: tuple[str, ...]) -> list[str]:
    return [f"  {line}" for line in lines]
