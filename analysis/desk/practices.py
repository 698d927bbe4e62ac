"""The practices a desk can show: the user's own, and the invented one beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.pipeline.paths import Paths

_NAMES = ("raw", "processed", "reports", "settings")
# Beside data/raw and kept out of git: everything in it may be removed at any time.
_DEMO = "demo-desk"


@dataclass(frozen=True)
class Desks:
    """Where both practices stand, as absolute paths, and the folder we started in."""

    own: Paths
    demo: Paths
    home: Path

    @classmethod
    def of(cls, paths: Paths) -> Desks:
        """Both practices of these folders; the demo shares the settings."""
        own = Paths(
            paths.raw.resolve(),
            paths.processed.resolve(),
            paths.reports.resolve(),
            paths.settings.resolve(),
        )
        folder = own.raw.parent / _DEMO
        demo = replace(
            own,
            raw=folder / "raw",
            processed=folder / "processed",
            reports=folder / "reports",
        )
        return cls(own, demo, Path.cwd())

    def paths(self, *, is_demo: bool) -> Paths:
        """The folders of one of them."""
        return self.demo if is_demo else self.own

    def plain(self) -> dict[str, str]:
        """As text, for another process."""
        own = {name: str(getattr(self.own, name)) for name in _NAMES}
        return {**own, "home": str(self.home)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, str]) -> Desks:
        """What `plain` wrote."""
        raw, processed, reports, settings = (Path(plain[name]) for name in _NAMES)
        own = Paths(raw, processed, reports, settings)
        return replace(cls.of(own), home=Path(plain["home"]))
