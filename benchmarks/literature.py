"""Figures in print beside which the page shows wayfare, each with where it is from."""

from benchmarks.figures import Figure

INTRODUCTION = (
    "Made by `python -m benchmarks page` from the ledgers in `benchmarks/results`; not edited by hand. Every run, "
    "wayfare's and a rival's, has its own process, is limited and measured in CPU seconds, and its plan is judged by "
    "code that shares nothing with the search. Travel times are used as the files give them."
)

READING = (
    "A cell gives the mean cost over seeds, the worst where there are several, and the number of seeds. `3 broken` is "
    "a plan that breaks three rules (the most of its seeds): its cost is of a relaxed problem and is in no comparison. "
    "Gaps are to the best known cost in print, proven gaps to wayfare's own bound; a dash is unknown."
)

TITLES = {
    "darp": "Dial-a-ride",
    "pdptw": "Pick-up and delivery with windows",
    "hvrp": "Mixed fleets",
    "school-bus": "School buses, mixed loads",
    "send-day": "Special-needs mornings",
    "place": "Sample places, whole weeks",
    "county": "A synthetic county",
}

COUNTED_IN = {
    "darp": "distance",
    "pdptw": "distance",
    "hvrp": "distance at each type's price",
    "school-bus": "buses",
    "send-day": "pounds a morning",
    "place": "pounds a day",
    "county": "pounds a day",
}

WANTED = (
    "What wayfare is wanted to reach, CPU seconds of one thread, and what the runs below reached. Gaps are to the best "
    "known cost in print; an optimum counts up to 0.005 %, the rounding of figures in print. Each is wanted on all its "
    "files with five seeds: where fewer were run, what is said holds so far."
)

_PAIRED_TRIED = (
    "Tried: exchange of rests of two routes, sizes of ruin by what they earn, warmer and colder annealing, several "
    "annealings in turn, and a choice among all routes met by set partitioning, from the start or only late, among "
    "2 000 or 6 000 routes; on `R` its program lies 2.6 to 3.3 % under the plan and nothing is found, so it is given up "
    "there, which leaves a quarter more steps (R6b at 40 s 2.2 % in place of 2.8; docs/decisions/015). Next: exact "
    "pricing of routes at the prices of that choice."
)
_SEND_TRIED = (
    "Tried: several annealings in turn, memories of other sizes, ruins of 6 to 16 (docs/decisions/017), and the choice "
    "among all routes met, which found nothing in fifteen tries (docs/decisions/022): its program lies 1.8 % under the "
    "plan. Next: enumeration of all routes with a reduced cost under the gap of the proven bound."
)
_BUSES = {
    "RSRB01": 24,
    "RSRB02": 23,
    "RSRB03": 44,
    "RSRB04": 50,
    "RSRB05": 79,
    "RSRB06": 75,
    "CSCB01": 25,
    "CSCB02": 23,
    "CSCB03": 46,
    "CSCB04": 54,
}

FIGURES = (
    *(
        Figure(
            what=f"dial-a-ride `a` and `b`, {name}", family="darp", files="[ab]*.txt", seconds=seconds,
            kind=kind, wanted=wanted, tried=_PAIRED_TRIED, n_files=38,
        )
        for name, kind, seconds, wanted in (
            ("mean gap", "mean", 10.0, 0.15),
            ("worst gap", "worst", 10.0, 1.0),
            ("runs at the optimum", "optima", 60.0, 90.0),
            ("runs proven within 1 % of the optimum", "proven", 10.0, 70.0),
        )
    ),
    *(
        Figure(
            what="dial-a-ride `R`, mean gap", family="darp", files="R*.txt", seconds=seconds,
            kind="mean", wanted=wanted, tried=_PAIRED_TRIED, n_files=12,
        )
        for seconds, wanted in ((60.0, 1.5), (300.0, 0.5))
    ),
    *(
        Figure(
            what=f"school buses {name}", family="school-bus", files=name, seconds=20.0,
            kind="cost", wanted=wanted,
        )
        for name, wanted in _BUSES.items()
    ),
    *(
        Figure(
            what=f"special-needs morning {name}", family="send-day", files=name, seconds=seconds,
            kind="cost", wanted=wanted, tried=_SEND_TRIED,
        )
        for name, seconds, wanted in (
            ("day_0100_08", 15.0, 2_146.4),
            ("day_0900_40", 60.0, 15_980.0),
            ("day_0900_40", 300.0, 15_880.0),
        )
    ),
)  # fmt: skip

NOTES = {
    "darp": "Cordeau (2006), Ropke, Cordeau and Laporte (2007) (`a`, `b`: published optima) and "
    "Cordeau and Laporte (2003) (`R`; some best known costs are not confirmed). Cost: distance.",
    "pdptw": "Li and Lim (2001). Fewest vehicles come first, then distance; the cost is distance. "
    "A distance under the best known with more vehicles is not better.",
    "hvrp": "Golden et al. (1984) as Taillard (1999) limited the fleets. Cost: distance at each "
    "type's price, and fixed cost. Best known costs are rounded to two places.",
    "school-bus": "Park, Tae and Kim (2012), ride limit 2 700 s; `@5400` is the longer one. Cost: "
    "number of buses. Best known: the mixed-load solutions posted in 2012, re-checked.",
    "send-day": "Made for this project: a synthetic special-needs morning, cost in pounds. Best "
    "known: the best of the prototypes that came with the files.",
    "place": "Synthetic people on real roads; the cost is pounds of the service date by the exact "
    "price. The time is wall time of so many threads. No rival can state the case.",
    "county": "Synthetic people on the roads of a sample place; the base day is planned. The time "
    "is wall time of so many threads. No rival can state the case.",
}

LITERATURE = {
    "darp": [
        "Measured by the prototype of this search (an hour's work, the floor): `a`/`b`, 42 files at "
        "2 CPU s: mean 0.25 %, worst 2.3 %; `R` at 2 s: mean 2.8 %, worst 6.6 %. Rivals measured "
        "then on a8-96 at 10 / 60 s: OR-Tools 7.3 / 4.7 %; PyVRP broke 8 ride limits, VROOM 7.",
    ],
    "hvrp": [
        "Vehicles are counted in the search, and what leaving somebody out costs on the way follows from how many plans do: "
        "six of the eight fleets are full to 95 per cent or more (docs/decisions/022). With what is large put back first and "
        "four chains in turn on one thread this took the mean of the eight files at 5 s from 0.84 to 0.50 on seed 1 (0.65 on seed 2). Tried "
        "without gain: ruins of 6 and of 15, vehicles changed less often, and the choice among all routes met. PyVRP "
        "was run with seed 1 alone; where it is ahead (HVRP17, 18, 20) one run of wayfare differs from the next by a whole per "
        "cent, so each settles where the other does not. Next: chains by the size of the fleet, a colder end, exchanges of "
        "two routes' ends.",
    ],
    "school-bus": [
        "| ride limit 2 700 s | RSRB01 | 02 | 03 | 04 | 05 | 06 | CSCB01 | 02 | 03 | 04 |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        "| single load, best in print (LBH, Chen 2015, BiRD: PNAS 2019) | 31 | 29 | 55 | 62 | 100 "
        "| 103 | 33 | 37 | 64 | 69 |",
        "| mixed load, posted 2012 (re-checked) | 30 | 29 | 56 | 59 | 98 | 89 | 30 | 30 | 55 | 62 |",
        "| prototype, mixed load and joint trip chaining, 30 s | 24 | 23 | 44 | 50 | 79 | 75 | 25 "
        "| 23 | 46 | 54 |",
    ],
    "send-day": [
        "Prototype, one thread: day_0900_40 16 234 at 20 s, 15 963 at its best; one bell 16 314 at "
        "60 s (VROOM 17 237, PyVRP no feasible plan, OR-Tools no plan in 120 s); day_0200_12 3 685.0; "
        "day_0100_08 2 146.4. Bounds then: 14 521, 3 584.4 and 2 111.8.",
    ],
}

COMPARED = [
    "- **Time.** wayfare and PyVRP stop by the CPU clock of their process. OR-Tools knows wall time "
    "only: the CPU clock is asked between its moves, and three times the limit in wall time ends it "
    "in case it never asks. VROOM is limited by wall time and mostly ends by itself long before: it "
    "has nothing to do with more. A busy machine therefore gives OR-Tools and VROOM up to as much.",
    "- **Rules.** PyVRP and VROOM have no limit on rides, VROOM none on a route's time. On dial-a-ride "
    "and school-bus files they run without: what they break is counted. On special-needs mornings "
    "their pick-ups open so late that the limit holds by itself.",
    "- **Special-needs mornings for rivals.** Nobody of them can limit the schools of a route to two: "
    "relaxed. Passengers who travel alone are fixed routes and are given to the rivals for nothing.",
    "- **School buses for rivals.** A stop's students alight one stop after the other, where the files "
    "let all alight at once: rides count up to 1.9 s a student longer, never shorter.",
    "- **School buses in print.** Published counts are single-load, or mixed loads with trips chained "
    "after they were made; here trips and their chaining are one search. Plans are of another model.",
    "- **Rounding.** Engines with whole numbers get thousandths of the file's unit, times rounded up. "
    "A gap a little under zero is the rounding of the figure in print.",
    "- **Seeds.** OR-Tools and VROOM have none: their second seed repeats the first.",
    "- **Load.** The runs of a page may stem from a machine that did other work too. CPU seconds "
    "allow for that but not for caches shared with others, which make each CPU second worth less.",
]

STEPS_NOTE = (
    "`python -m benchmarks steps`: CPU microseconds of one step of the route search on the "
    "special-needs morning of 100 pupils, each price list asking more of the pricing than the one "
    "before. A lot discount is a price list that a round assumes (docs/decisions/023), so a step "
    "is what is measured in the last row; what it adds is in the choice of duties: one to five "
    "choices a round in place of one."
)
