"""The layers of the package: imports go to earlier layers only, without circles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "analysis"

# A module imports from earlier lines only; modules of one line do not know each other.
LAYERS = [
    {"errors", "records", "blocks", "evidence", "membership"},
    {"schema", "settings", "look", "landing", "lock"},
    {"measures", "store", "state"},
    {"importers", "scoring", "slices"},
    {"episodes", "series", "methods"},
    {"change", "own_change", "trend"},
    {"signs", "findings", "simulator"},
    {"caseload", "quality"},
    {"analyse"},
    {"tables"},
    {"wording"},
    {"charts", "page"},
    {"validation"},
    {"reports"},
    {"show"},
    {"caseload_page"},
    {"engine"},
    {"privacy"},
    {"demo"},
    {"pipeline"},
    {"desk"},
    {"__main__"},
]
# `from analysis import score` is the one name the package itself offers.
FRONT_DOOR = "__init__"


def _layer(name: str) -> int:
    for number, names in enumerate(LAYERS):
        if name in names:
            return number
    raise AssertionError(f"analysis/{name} stands in no layer")


def _parts() -> list[str]:
    found = {path.stem for path in PACKAGE.glob("*.py")} - {FRONT_DOOR}
    found |= {
        path.name
        for path in PACKAGE.iterdir()
        if path.is_dir() and any(path.glob("*.py"))
    }
    return sorted(found)


def _files(part: str) -> list[Path]:
    folder = PACKAGE / part
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{part}.py"]


def _imports(path: Path) -> set[str]:
    """Parts of the package that one file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "analysis":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.startswith("analysis."):
                found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            found |= {n.split(".")[1] for n in names if n.startswith("analysis.")}
    return found - {"__version__"}


@pytest.mark.parametrize("part", _parts())
def test_a_part_imports_from_earlier_layers_only(part: str) -> None:
    for path in _files(part):
        for other in _imports(path) - {part}:
            assert _layer(other) < _layer(part), f"{path.name} imports {other}"


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def test_no_circles_inside_a_part() -> None:
    for part in _parts():
        names = {_module(path): path for path in _files(part)}
        graph = {}
        for name, path in names.items():
            text = ast.parse(path.read_text(encoding="utf-8"))
            targets = set()
            for node in ast.walk(text):
                if isinstance(node, ast.ImportFrom) and node.module:
                    for alias in node.names:
                        for target in (f"{node.module}.{alias.name}", node.module):
                            if target in names:
                                targets.add(target)
                                break
            graph[name] = targets - {name}
        _refuse_circles(graph)


def _refuse_circles(graph: dict[str, set[str]]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"circle: {' > '.join((*path, name))}"
        if name in done:
            return
        for target in graph.get(name, set()):
            visit(target, (*path, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def test_only_the_command_line_prints_and_only_the_pipeline_knows_the_clock() -> None:
    allowed = {"pipeline", "desk", "__main__", "engine"}
    for part in set(_parts()) - allowed:
        for path in _files(part):
            text = path.read_text(encoding="utf-8")
            for forbidden in ("date.today(", "datetime.now(", "Timestamp.now("):
                assert forbidden not in text, f"{path.name} reads the clock"
