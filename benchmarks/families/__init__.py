"""Families of public benchmark files, each an adapter onto wayfare's own engine."""
