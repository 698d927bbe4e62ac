"""Forked kernels by kernel name, for papermill as it is."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import nbformat
import papermill
import pytest
from engine_cases import write_notebook
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient.exceptions import DeadKernelError

from analysis import engine
from analysis.engine import provisioner
from analysis.engine.sockets import socket_path

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="forking is safe on Linux only"
)
SPEC = Path(engine.__file__).parent / "kernelspec"
CELLS = (
    "print(client_id)",
    "import os, sys; 'pandas' in sys.modules",
    "import pandas as pd; pd.DataFrame({'a': range(30)}).T",
    "pd.options.display.max_columns",
    "import matplotlib.pyplot as plt; plt.plot([1, 2]);",
    "import asyncio; await asyncio.sleep(0.01); 'awaited'",
    "!echo from the shell",
)


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    provisioner.close_servers()


@pytest.fixture(autouse=True)
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kernel spec and the entry point, as an installed package has them."""
    kernels = tmp_path / "jupyter" / "kernels" / "cairn"
    shutil.copytree(SPEC, kernels)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    runtime = tempfile.mkdtemp(prefix="cairn-test-")  # paths of sockets are short
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", runtime)
    name = json.loads((kernels / "kernel.json").read_text())["metadata"]
    name = name["kernel_provisioner"]["provisioner_name"]
    value = f"{provisioner.__name__}:ForkProvisioner"
    group = KernelProvisionerFactory.GROUP_NAME
    known = KernelProvisionerFactory.instance().provisioners
    monkeypatch.setitem(known, name, EntryPoint(name, value, group))
    yield
    shutil.rmtree(runtime)


def run_in(folder: Path, notebook: Path, kernel: str) -> nbformat.NotebookNode:
    return papermill.execute_notebook(
        str(notebook),
        str(folder / f"{kernel}.ipynb"),
        {"client_id": "A-1"},
        kernel_name=kernel,
        language="python",
        progress_bar=False,
    )


def test_papermill_gives_the_same_outputs_in_a_forked_kernel(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", *CELLS)
    forked = run_in(tmp_path, notebook, "cairn")
    plain = run_in(tmp_path, notebook, "python3")
    ours, theirs = (
        [cell.outputs for cell in run.cells if cell.cell_type == "code"]
        for run in (forked, plain)
    )
    warm = ours.pop(3), theirs.pop(3)
    # the forked kernel has pandas before the notebook asks for it; nothing else differs
    assert [outputs[0]["data"]["text/plain"] for outputs in warm] == ["True", "False"]
    assert ours == theirs


def test_kernels_know_nothing_of_each_other_and_die_alone(tmp_path: Path) -> None:
    first = write_notebook(tmp_path / "a.ipynb", "import builtins; builtins.word = 1")
    second = write_notebook(tmp_path / "b.ipynb", "print('word' in dir(__builtins__))")
    deadly = write_notebook(tmp_path / "c.ipynb", "import os; os._exit(3)", "2")
    run_in(tmp_path, first, "cairn")
    with pytest.raises(DeadKernelError):
        run_in(tmp_path, deadly, "cairn")
    last = run_in(tmp_path, second, "cairn")
    assert last.cells[-1].outputs[0].text == "False\n"


def test_a_forked_kernel_can_be_interrupted_restarted_and_ended() -> None:
    manager = KernelManager(kernel_name="cairn")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    assert manager.transport == "ipc"  # nothing passes over the network
    request = client.execute("import time; time.sleep(60)")
    time.sleep(0.3)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=10)
    assert reply["parent_header"]["msg_id"] == request
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    before = manager.provisioner.pid
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=30)
    assert manager.provisioner.pid != before
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    assert not manager.is_alive()
    assert not Path(f"/proc/{before}").exists()


def test_kernels_start_as_usual_where_forking_is_not_safe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(provisioner.ForkProvisioner, "_start", lambda *_: None)
    monkeypatch.setattr(provisioner, "_servers", {})
    manager = KernelManager(kernel_name="cairn")
    manager.start_kernel()
    assert manager.is_alive()
    manager.shutdown_kernel(now=True)


def test_a_kernel_whose_sockets_would_have_too_long_names_uses_ports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert socket_path().startswith(os.environ["JUPYTER_RUNTIME_DIR"])
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / ("long" * 20)))
    assert socket_path() == ""
