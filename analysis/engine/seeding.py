"""Random numbers that start alike: the same inputs give the same page."""

from __future__ import annotations

# Runs inside a notebook's kernel, apart from the notebook's names. Seeds when the first
# cell starts: a kernel draws random numbers of its own before.
_SOURCE = """
def seed(*_):
    import random, numpy
    random.seed({seed})
    numpy.random.seed({seed})
    shell.events.unregister("pre_execute", seed)

shell.events.register("pre_execute", seed)
"""


def seeding_source(seed: int) -> str:
    """Python source that seeds `shell`'s random numbers as its next cell starts."""
    return _SOURCE.format(seed=seed)
