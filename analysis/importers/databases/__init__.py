"""Databases as a source of exports: read only, and only what a profile names."""
