"""Compiled inner loops of the search; numba and numpy only."""
