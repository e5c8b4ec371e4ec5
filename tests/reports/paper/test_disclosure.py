"""Small groups stay hidden: attacked by linear programs on generated papers (P6)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.papers import Figure, Unit
from reports.paper.disclosure import find_withheld
from reports.paper.figures import Book, check_figures
from tests.reports.paper.attack import find_recovered


def build_random_paper(seed: int, base: int) -> tuple[Figure, ...]:
    """Tables as a paper has them: people by two groupings and by option, with their money.

    Every grouping is summed to the same total; options are subsets of everybody; each pays so
    much a head, and saves a sum that a base's and a case's cost differ by.
    """
    rng = np.random.default_rng(seed)
    book = Book(people_base=base)
    n_options, n_first, n_second = rng.integers(1, 3), rng.integers(2, 6), rng.integers(2, 5)
    size = int(rng.integers(6, 90))
    first = rng.choice(n_first, size=size, p=rng.dirichlet(np.ones(n_first)))
    second = rng.choice(n_second, size=size, p=rng.dirichlet(np.ones(n_second)))
    book.read("year.base", "base", int(rng.integers(10**6, 10**8)), Unit.PENCE)
    for option in range(-1, n_options):
        name = "all" if option < 0 else f"o{option}"
        chosen = np.ones(size, bool) if option < 0 else rng.random(size) < rng.random() / 3
        for grouping, of, n in (("a", first, n_first), ("b", second, n_second)):
            keys = [
                book.read(f"{name}.{grouping}{k}", "cell", int((chosen & (of == k)).sum()),
                          Unit.PEOPLE)
                for k in range(n)
            ]  # fmt: skip
            book.add(f"{name}.{grouping}", "total", [(1, key) for key in keys])
        book.add(f"{name}.tie", "tie", [(1, f"{name}.a"), (-1, f"{name}.b")])
        if option < 0:
            continue
        people = int(chosen.sum())
        book.add(f"{name}.pays", "paid", [(int(rng.integers(1, 4)) * 50_000, f"{name}.a")],
                 group=people)  # fmt: skip
        book.read(f"{name}.year", "case", int(rng.integers(10**6, 10**8)), Unit.PENCE)
        book.add(f"{name}.gross", "saved", [(1, "year.base"), (-1, f"{name}.year")],
                 group=people or None)  # fmt: skip
        book.add(f"{name}.net", "net", [(1, f"{name}.gross"), (-1, f"{name}.pays")],
                 group=people or None)  # fmt: skip
    return tuple(book.all.values())


def attack(seed: int) -> tuple[list[str], int, int]:
    threshold = base = 10 if seed % 5 == 0 else 5
    figures = build_random_paper(seed, base)
    check_figures(figures)
    keys = frozenset(f.key for f in figures)
    withheld = find_withheld(figures, keys, threshold=threshold, people_base=base)
    shown = tuple(replace(f, is_withheld=f.key in withheld) for f in figures)
    small = [f for f in figures if f.group and 0 < abs(f.group) < threshold]
    assert {f.key for f in small} <= withheld
    found, n_small = find_recovered(shown, threshold=threshold, base=base)
    assert n_small == len(small)
    return found, n_small, len(withheld) - n_small


def test_no_withheld_number_of_forty_papers_can_be_worked_out() -> None:
    answers = [attack(seed) for seed in range(40)]
    assert [found for found, _, _ in answers if found] == []
    # The papers are hard enough: many small cells, and many that protect them.
    assert sum(n for _, n, _ in answers) > 150
    assert sum(n for _, _, n in answers) > 40


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_no_withheld_number_of_five_hundred_papers_can_be_worked_out(part: int) -> None:
    answers = [attack(1_000 + 50 * part + k) for k in range(50)]
    assert [found for found, _, _ in answers if found] == []


def test_the_attack_succeeds_where_only_the_small_numbers_are_withheld() -> None:
    # 3 of 23 with the other 20 shown: 23 is shown as 25 (23 to 27), 20 as 20 (18 to 22), so
    # that the reader knows 1 to 9 of it. Its price of 500 pounds a head gives it away.
    book = Book(people_base=5)
    book.read("a", "small", 3, Unit.PEOPLE)
    book.read("b", "large", 20, Unit.PEOPLE)
    book.add("all", "all", [(1, "a"), (1, "b")])
    book.add("b.pays", "paid", [(50_000, "b")], group=20)
    book.add("all.pays", "paid", [(50_000, "all")], group=23)
    figures = tuple(book.all.values())
    naive = tuple(replace(f, is_withheld=f.key == "a") for f in figures)
    assert find_recovered(naive, threshold=5, base=5) == (["a"], 1)

    keys = frozenset(f.key for f in figures)
    withheld = find_withheld(figures, keys, threshold=5, people_base=5)
    careful = tuple(replace(f, is_withheld=f.key in withheld) for f in figures)
    assert find_recovered(careful, threshold=5, base=5) == ([], 1)


def test_money_of_a_small_group_is_withheld_with_what_would_give_it_away() -> None:
    # Four families are paid 14,000 pounds; with net and gross shown it is their difference.
    book = Book(people_base=5)
    book.read("gross", "saved", 2_000_000, Unit.PENCE)
    book.read("people", "families", 4, Unit.PEOPLE)
    book.add("paid", "paid", [(350_000, "people")], group=4)
    book.add("net", "net", [(1, "gross"), (-1, "paid")])
    keys = frozenset(book.all)
    withheld = find_withheld(book.all.values(), keys, threshold=5, people_base=5)
    assert {"people", "paid"} < withheld
    assert withheld & {"gross", "net"}


def test_nothing_is_withheld_where_no_group_is_small() -> None:
    book = Book(people_base=5)
    for key, value in (("a", 5), ("b", 0), ("c", 40)):
        book.read(key, key, value, Unit.PEOPLE)
    book.add("all", "all", [(1, "a"), (1, "b"), (1, "c")])
    keys = frozenset(book.all)
    assert find_withheld(book.all.values(), keys, threshold=5, people_base=5) == frozenset()


def test_a_share_of_a_withheld_number_is_withheld() -> None:
    book = Book(people_base=5)
    book.read("a", "a", 2, Unit.PEOPLE)
    book.read("b", "b", 3, Unit.PEOPLE)
    book.add("all", "all", [(1, "a"), (1, "b")])
    book.share("share", "share", "a", "all")
    keys = frozenset(book.all)
    withheld = find_withheld(book.all.values(), keys, threshold=5, people_base=5)
    assert {"a", "b", "share"} <= withheld
