"""The package opens where the modules of Unix are not to be had, as on Windows."""

from __future__ import annotations

import subprocess
import sys

WITHOUT_UNIX = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "resource", "pwd", "grp", "termios"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
from analysis import engine, page, pipeline, reports, show
import analysis.__main__
print("opened")
"""


def test_the_package_opens_without_the_modules_of_unix():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_UNIX],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "opened\n", done.stderr
