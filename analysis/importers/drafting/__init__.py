"""Unknown files: what their columns may hold, said as the draft of a profile."""
