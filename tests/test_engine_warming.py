"""A process that was warmed up for reports can be forked without harm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.engine.surroundings import environment
from analysis.pipeline.reporting import WARM_UP

_LOOK = """
import json, os, sys
from analysis.engine.warming import thread_count, warm_up
culprit = warm_up(sys.argv[1:], [])
paths = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
held = [os.readlink(path) for path in paths if os.path.isfile(path)]
print(json.dumps([culprit, thread_count(), held]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="forks, which is for Linux")
def test_warming_up_leaves_one_thread_and_no_open_file_to_share(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-P", "-c", _LOOK, *WARM_UP],
        env=environment(),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    culprit, threads, held = json.loads(found.stdout)
    assert (culprit, threads) == ("", 1)
    # forks share an open file's place of reading; matplotlib lets its own fonts go
    assert [path for path in held if "mpl-data" not in path] == []
