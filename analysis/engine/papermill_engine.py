"""papermill's `--engine cairn`: its own engine, on forked kernels.

papermill imports this module while it is itself imported: nothing here may ask for it
before it is used.
"""

from __future__ import annotations

from typing import Any

_KERNEL = "cairn"  # the kernel spec that is installed with this package


class CairnEngine:
    """What papermill asks of an engine, each question passed on to its own."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run the notebook in a kernel forked off a warmed-up process."""
        return _own().execute_notebook(nb, _KERNEL, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> Any:
        """The kernel the notebook was written for."""
        return _own().nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> Any:
        """The language the notebook is written in."""
        return _own().nb_language(nb, language)


def _own() -> Any:
    from papermill.engines import NBClientEngine

    return NBClientEngine
