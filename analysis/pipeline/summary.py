"""What a step says while it runs and how it ends."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

ALL_DONE = 0
USER_CAN_MEND = 2
SET_ASIDE = 3

_COUNTS = re.compile(r"(\d+) report\(s\) made, (\d+) unchanged, (\d+) failed")

Tell = Callable[[str], None]


def tell(line: str) -> None:
    """Say one line to the person at the terminal; never client data."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@dataclass
class Summary:
    """What was done, and what was set aside."""

    lines: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all done, 3 finished but something was set aside."""
        return SET_ASIDE if self.set_aside else ALL_DONE

    def one_line(self, verb: str) -> str:
        """Numbers only, for an e-mail: no id, no name, no path."""
        counts = _COUNTS.search("\n".join(self.lines))
        told = f"{counts[0]}, " if counts else ""
        if counts and counts[1] == counts[3] == "0":
            told += "nothing new, "
        aside = len(self.set_aside)
        return f"cairn {verb}: {told}{aside} set aside, exit {self.exit_code}"

    def text(self) -> str:
        """The closing lines."""
        aside = [f"  ! {line}" for line in self.set_aside]
        head = [f"Set aside ({len(aside)}):"] if aside else []
        return "\n".join([*self.lines, *head, *aside])
