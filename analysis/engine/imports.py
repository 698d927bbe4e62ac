"""What notebooks import, read from their source; nothing is run."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from pathlib import Path


def imported_by(notebooks: Iterable[Path]) -> tuple[str, ...]:
    """Modules that notebooks import at the top level of a cell, each once.

    `from a import b` gives a and a.b, as b may be a module of its own.
    """
    found: list[str] = []
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found += _modules_in("".join(cell["source"]))
    return tuple(dict.fromkeys(found))


def _modules_in(source: str) -> list[str]:
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a cell with magics: it imports for itself
        return []
    found: list[str] = []
    for node in statements:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found
