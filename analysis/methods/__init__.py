"""Published methods as pure numeric functions: arrays and frames in, the same out.

Nothing here knows a client, a measure or a page. Each module names its sources; the
reference figures it is held against stand in its tests.
"""
