"""The readings of all files put together: people, repeats, and the tidy tables."""
