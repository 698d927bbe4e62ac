"""A whole run with the network cut: nothing is asked for, nothing is missed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import canaries
import pytest

# What a browser would fetch from elsewhere when it opens a page.
_ASKS = re.compile(
    r"""(src|href|action)=["']?(https?:)?//|url\(["']?(https?:)?//|@import"""
)
_RUN = """
import socket, sys
from analysis.__main__ import main
try:  # the cut is real
    socket.create_connection(("192.0.2.1", 80), timeout=1)
    sys.exit("there is a network")
except OSError:
    pass
own = sys.argv[1:]
only = ["--client", "A-1", "--audience", "client"]
codes = [main(["reports", *only, *own]), main(["caseload", *own])]
if sys.platform == "linux":
    codes.append(main(["reports", *only, *own, "--engine", "plain", "--force"]))
print("exit codes", codes)
"""


def cut() -> list[str]:
    """A command that starts another one without any network, if there is one here."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare here (Linux, util-linux), so the network stays on")
    command = [unshare, "--map-root-user", "--net"]
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this system lets no user start a process without a network")
    return command


def test_import_and_reports_need_no_network_at_all(tmp_path: Path) -> None:
    command = cut()
    canaries.write_practice(tmp_path / "data" / "raw")
    ended = subprocess.run(
        [*command, sys.executable, "-c", _RUN],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "exit codes [3, 0, 0]" in ended.stdout, ended.stdout
    (month,) = (tmp_path / "reports").iterdir()
    assert (month / "clients" / "A-1" / "handout.pdf").read_bytes()[:5] == b"%PDF-"
    for page in (month / "index.html", month / "caseload" / "caseload.html"):
        assert not _ASKS.search(page.read_text(encoding="utf-8")), page.name
