"""All measures there are: the shipped files and a practice's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.measures.checks import problems_in
from analysis.measures.figures import Source
from analysis.measures.reading import read_measure, read_sources, read_toml
from analysis.measures.record import Measure
from analysis.records import Scale

_FOLDER = Path(__file__).parent


class _Shipped(Mapping[str, Measure]):
    """The shipped measures; a file is read when its measure is first asked for."""

    def __init__(self) -> None:
        self._paths = {p.stem: p for p in sorted(_FOLDER.glob("[!_]*.toml"))}

    def __getitem__(self, measure_id: str) -> Measure:
        return _read_shipped(self._paths[measure_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@cache
def _read_shipped(path: Path) -> Measure:
    return read_measure(path, _shipped_sources())


@cache
def _shipped_sources() -> Mapping[str, Source]:
    return read_sources(read_toml(_FOLDER / "_sources.toml"))


_SHIPPED = _Shipped()


def read_measures(own: Path | None = None) -> Mapping[str, Measure]:
    """Every measure by its id: the shipped ones, then the practice's own.

    own: a folder with one TOML file for each measure of the practice. Raises
    AnalysisError naming file, key and what is allowed; also for an id that is taken.
    """
    if own is None:
        return _SHIPPED
    if not own.is_dir():
        raise AnalysisError(
            f"{own} is no folder. Make it, or mend `folder` in [measures] of "
            "settings.toml."
        )
    added: dict[str, Measure] = {}
    files: dict[str, str] = dict.fromkeys(_SHIPPED, "this toolkit")
    for path in sorted(own.glob("*.toml")):
        measure = _own(path)
        if measure.id in files:
            raise AnalysisError(
                f"{path}: the id {measure.id!r} is taken by {files[measure.id]}. "
                f'Choose another one, such as "{measure.id}_own".'
            )
        files[measure.id] = str(path)
        added[measure.id] = measure
    return {**_SHIPPED, **added}


def _own(path: Path) -> Measure:
    measure = dataclasses.replace(read_measure(path), is_own=True)
    problems = problems_in(measure)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(f"{path} has {len(problems)} problem(s):\n{listed}")
    return measure


def scales(
    measures: Mapping[str, Measure], intervals: Mapping[str, int] | None = None
) -> dict[str, Scale]:
    """Every scale of the measures by its id, such as phq9.total.

    intervals: usual days between two administrations by measure, where the practice
    has its own.
    """
    usual = intervals or {}
    return {
        scale.id: dataclasses.replace(scale, usual_interval_days=usual[measure.id])
        if measure.id in usual
        else scale
        for measure in measures.values()
        for scale in measure.scales
    }
