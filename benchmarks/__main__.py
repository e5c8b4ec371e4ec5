"""Benchmarks: ``python -m benchmarks FAMILY FILE...``; alone, the usual set."""

from __future__ import annotations

import sys

from benchmarks.families import MODULES

USAGE = """usage: python -m benchmarks CASE ...

  darp FILE...             dial-a-ride
  pdptw FILE...            pick-up and delivery with windows
  hvrp FILE...             mixed fleets
  school-bus FOLDER...     school buses, mixed loads
  send-day FOLDER...       special-needs mornings
  place southend|rutland   a sample place's week
  county                   a synthetic county's day [--passengers 6000] [--sites 300]
      each with [--engine wayfare|ortools|pyvrp|vroom]... [--seconds S] [--seeds 1-5]
      [--threads 1|2] [--bound S] [--json] [--plans FOLDER] [--ledger FILE]
  judge FAMILY FILE PLAN   check a plan somebody made
  pass                     all of it, resumable [--instances FOLDER]... [--list]
  page                     write docs/benchmarks.md from benchmarks/results
  roads [--porto FOLDER] [--only CASE]
  steps [FOLDER]           what a step of the search costs with one rate card or another
  desk [PLACE]             what a planner waits for: effects of edits, routes on the map
  load [--folder F] [--place P] [--users 50] [--seconds 60] [--solve]
                           many people at the page of a place that has a plan
  pages [--folder F] [--place P] [--years 1 10] [--passengers N]
                           what each page costs, after years of nights; an import of N
  repair [PLACE]           repairs of a sample place's plan [--passengers N] [--sites N]
                           [--seconds S] [--each N] [--many N] [--seed N]
  month [PLACE]            a month of nights: repair only, the night, planned afresh
                           [--days N] [--steps N] [--passengers N] [--json F] [--chart F]
                           [--folder F] keeps it night by night [--turn CPU_S]
  night [PLACE]            one whole night, with 300 changes or --changes 0
                           [--passengers 6000] [--sites 300] [--seconds S] [--folder F]
  tender [--contracts N] [--firms N] [--bids N] [--seeds N] [--seconds S]

Each takes --help. Without a case: roads, then Rutland and Southend, 60 s with seed 1 each."""


def main(words: list[str]) -> int:
    """Hand the words on to the benchmark they name."""
    if words in ([], ["all"]):
        return max(
            main(["roads"]),
            main(["place", "rutland", "southend", "--threads", "2"]),
        )
    case, *rest = words
    if case in MODULES:
        from benchmarks.door import main as run_family

        return run_family(case, rest)
    if case == "pass":
        from benchmarks.passes import main as run_pass

        return run_pass(rest)
    if case == "page":
        from benchmarks.page import main as make_page

        return make_page(rest)
    if case == "judge":
        from benchmarks.door import judge

        return judge(rest)
    if case == "roads":
        from benchmarks.roads import main as run_roads

        # It reads the command line itself.
        sys.argv = ["benchmarks roads", *rest]
        return int(run_roads() or 0)
    if case == "tender":
        from benchmarks.tender import main as run_tender

        return run_tender(rest)
    if case == "load":
        from benchmarks.load import main as measure_load

        return measure_load(rest)
    if case == "pages":
        from benchmarks.saturation import main as measure_pages

        return measure_pages(rest)
    if case == "desk":
        from benchmarks.desk import main as run_desk

        return run_desk(rest)
    if case == "repair":
        from benchmarks.repair import main as run_repair

        return run_repair(rest)
    if case == "month":
        from benchmarks.month import main as run_month

        return run_month(rest)
    if case == "night":
        from benchmarks.whole_night import main as run_night

        return run_night(rest)
    if case == "steps":
        from benchmarks.steps import main as run_steps

        return run_steps(rest)
    print(USAGE, file=sys.stdout if case in ("-h", "--help") else sys.stderr)
    return 0 if case in ("-h", "--help") else 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
