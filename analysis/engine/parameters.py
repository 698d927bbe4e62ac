"""Parameters are checked against the notebook before anything runs."""

from __future__ import annotations

import ast
import difflib
import io
import json
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError

_TAG = "parameters"
_CHOICES = "one of:"
_WORDS: Mapping[str, str] = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "list": "a list",
    "dict": "a mapping",
}


@dataclass(frozen=True)
class Declared:
    """One parameter as the notebook's parameters cell declares it."""

    name: str
    kinds: tuple[str, ...]  # names of JSON-like types; empty: any
    may_be_none: bool
    of: str = ""  # of a list: the type of its parts
    choices: tuple[str, ...] = ()


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that the notebook does not take; change nothing.

    papermill answers a misspelt name with a mere warning, and runs a name that is no
    identifier as code. Types are those of the defaults in the cell tagged
    `parameters`, or of their annotations; a comment `# one of: a, b` lists the values
    allowed. Values are never converted: an id stays text. Raises AnalysisError with
    every problem at once.
    """
    declared = declared_parameters(notebook)
    problems = []
    for name, value in parameters.items():
        if not isinstance(name, str) or not name.isidentifier():
            problems.append("a parameter's name must be a Python name")
        elif name not in declared:
            problems.append(_unknown(name, declared))
        else:
            problems += _value_problems(declared[name], value)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(
            f"{notebook.name} does not take these parameters:\n{listed}"
        )


def declared_parameters(notebook: Path) -> Mapping[str, Declared]:
    """What the cell tagged `parameters` declares, in its order."""
    try:
        stamp = notebook.stat().st_mtime_ns
    except OSError as problem:
        raise AnalysisError(
            f"The notebook {notebook} cannot be read ({problem.strerror})."
        ) from problem
    return _declared(notebook, stamp)


@lru_cache(maxsize=64)
def _declared(notebook: Path, _stamp: int) -> Mapping[str, Declared]:
    source = _parameters_source(notebook)
    try:
        statements = ast.parse(source).body
    except SyntaxError as problem:
        raise AnalysisError(
            f"The parameters cell of {notebook.name} cannot be read (its line "
            f'{problem.lineno}). It takes plain lines such as: month = "2026-10"'
        ) from problem
    comments = _comments(source)
    found = {}
    for statement in statements:
        for declared in _of_statement(statement, comments):
            found[declared.name] = declared
    return found


def _parameters_source(notebook: Path) -> str:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [c for c in cells if _TAG in c.get("metadata", {}).get("tags", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise AnalysisError(
            f"{notebook} is no Jupyter notebook of format 4. Open it in JupyterLab and "
            "save it again."
        ) from problem
    if not tagged:
        raise AnalysisError(
            f"{notebook.name} has no cell tagged `{_TAG}`. Add that tag to the cell "
            "with the defaults (JupyterLab: the gear at the right)."
        )
    source = tagged[0]["source"]
    return source if isinstance(source, str) else "".join(source)


def _comments(source: str) -> Mapping[int, str]:
    """The comment of each line, without its mark."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _of_statement(node: ast.stmt, comments: Mapping[int, str]) -> list[Declared]:
    comment = comments.get(node.end_lineno or node.lineno, "")
    choices: tuple[str, ...] = ()
    if comment.startswith(_CHOICES):
        # a remark may follow the values: "one of: a, b; empty: as in the settings"
        parts = comment[len(_CHOICES) :].partition(";")[0].split(",")
        choices = tuple(part.strip() for part in parts if part.strip())
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        kinds, may_be_none, of = _annotated(node.annotation)
        return [Declared(node.target.id, kinds, may_be_none, of, choices)]
    if isinstance(node, ast.Assign):
        names = [target for target in node.targets if isinstance(target, ast.Name)]
        kinds, may_be_none = _of_default(node.value)
        return [Declared(n.id, kinds, may_be_none, "", choices) for n in names]
    return []


def _annotated(node: ast.expr) -> tuple[tuple[str, ...], bool, str]:
    """Types, whether None is one, and the type of a list's parts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _annotated(ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.Constant) and node.value is None:
        return (), True, ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _annotated(node.left), _annotated(node.right)
        return left[0] + right[0], left[1] or right[1], left[2] or right[2]
    if isinstance(node, ast.Subscript):
        outer, inner = ast.unparse(node.value), ast.unparse(node.slice)
        if outer.endswith("Optional"):
            kinds, _, of = _annotated(node.slice)
            return kinds, True, of
        return _known(outer), False, inner if inner in _WORDS else ""
    return _known(ast.unparse(node)), False, ""


def _known(name: str) -> tuple[str, ...]:
    name = {"List": "list", "Dict": "dict", "tuple": "list"}.get(name, name)
    return (name,) if name in _WORDS else ()


def _of_default(node: ast.expr) -> tuple[tuple[str, ...], bool]:
    try:
        default = ast.literal_eval(node)
    except ValueError:
        return (), True  # computed: nothing can be said about it
    if default is None:
        return (), True
    return _known(type(default).__name__), False


def _unknown(name: str, declared: Mapping[str, Declared]) -> str:
    close = difflib.get_close_matches(name, declared, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(declared)}"
    return f"{name} is not known; {hint}"


def _value_problems(declared: Declared, value: Any) -> list[str]:
    if value is None:
        return [] if declared.may_be_none else [_wanted(declared)]
    if declared.kinds and not any(_is(value, kind) for kind in declared.kinds):
        return [_wanted(declared)]
    if declared.of and not all(_is(part, declared.of) for part in value):
        return [f"{declared.name} must be a list of {_WORDS[declared.of]}"]
    parts = value if isinstance(value, list) else [value]
    if declared.choices and not all(str(p) in declared.choices for p in parts):
        return [f"{declared.name} must be one of {', '.join(declared.choices)}"]
    return _json_problems(declared.name, value)


def _wanted(declared: Declared) -> str:
    words = [_WORDS[kind] for kind in declared.kinds] or ["a value, not None"]
    return f"{declared.name} must be {' or '.join(words)}"


def _is(value: Any, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value).__name__ == kind


def _json_problems(name: str, value: Any) -> list[str]:
    """A value must survive the way to another process and into a UTF-8 file."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        return [f"{name} must be plain text, numbers, lists or mappings in Unicode"]
    return []
