"""Readers of outside files: one module per kind of source."""
