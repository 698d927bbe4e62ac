"""A forked process that is a Jupyter kernel, for any program that starts kernels."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from analysis.engine.fork_child import leave_parent


def run_kernel(parent: int, order: dict[str, Any]) -> None:
    """Be the kernel that was ordered until it is shut down; never returns.

    order: `argv` of the kernel's command line, `cwd`, `env`.
    """
    code = 1
    try:
        leave_parent(parent)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        _serve(order["argv"])
        code = 0
    finally:
        os._exit(code)


def _serve(argv: Sequence[str]) -> None:
    from ipykernel.kernelapp import IPKernelApp

    kernel = IPKernelApp.instance()
    kernel.initialize(list(argv))
    inline = sys.modules.get("matplotlib_inline.backend_inline")
    if inline:  # imported before there was a shell to tie it to
        inline._enable_matplotlib_integration()
    kernel.start()
