"""The rules of a plan, judged one section at a time.

Shares nothing with the search: the modules here import `data` and numpy only, and are written
from `docs/reference/rules.md`.
"""
