"""Benchmarks: ``python -m benchmarks place|roads|send-day ...``; alone, the usual set."""

from __future__ import annotations

import sys
from importlib import import_module

USAGE = """usage: python -m benchmarks CASE ...

  place southend|rutland|newport|grid [--seconds S|--steps N] [--seeds 1-3] [--json]
  roads [--porto FOLDER] [--only CASE]
  send-day FOLDER ...

Each takes --help. Without a case: roads, then Rutland and Southend, 60 s with seed 1 each."""


def main(words: list[str]) -> int:
    """Hand the words on to the benchmark they name."""
    if words in ([], ["all"]):
        return max(
            main(["roads"]),
            main(["place", "rutland", "--seeds", "1"]),
            main(["place", "southend", "--seeds", "1"]),
        )
    case, *rest = words
    if case == "place":
        from benchmarks.place import main as run_place

        return run_place(rest)
    if case in ("roads", "send-day"):
        # These read the command line themselves.
        module = import_module(f"benchmarks.{case.replace('-', '_')}")
        run = getattr(module, "main", None)
        if run is None:
            print(f"{case} is a reader only: there is nothing to run.", file=sys.stderr)
            return 2
        sys.argv = [f"benchmarks {case}", *rest]
        return int(run() or 0)
    print(USAGE, file=sys.stdout if case in ("-h", "--help") else sys.stderr)
    return 0 if case in ("-h", "--help") else 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
