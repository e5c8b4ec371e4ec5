"""Migrations of the store, forward only; each one is frozen once released."""
