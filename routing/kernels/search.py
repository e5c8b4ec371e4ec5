"""The search loop: ruin, recreate, accept or undo."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import entry, kernel, part
from routing.kernels.met import MOST_OVER, WORTH_AT, take_row
from routing.kernels.random import draw, draw_below
from routing.kernels.recreate import recreate
from routing.kernels.routes import (
    choose_point,
    free_route,
    keep_points,
    open_offers,
    refresh,
    undo,
)
from routing.kernels.ruin import mend, ruin, take_out
from routing.kernels.state import (
    ABSENT,
    BEST,
    BEST_CHOICE,
    BEST_LEN,
    BEST_NODE,
    BEST_OFFER,
    CHOICE,
    COST,
    ERROR,
    GROUP,
    IN_FREE,
    IS_DIRTY,
    LEN,
    LIMIT,
    N_ABSENT,
    N_ACCEPTED,
    N_BEST,
    N_DIRTY,
    N_FREE,
    N_LACKING,
    N_OLD_ABSENT,
    N_REMOVED,
    N_TOUCHED,
    NO_LIMIT,
    NODE,
    OFFER,
    OLD_ABSENT,
    OLD_CHOICE,
    P_CHECK,
    P_GROUP,
    P_GROUP_WITH,
    P_LIMITED,
    P_N,
    P_OFFERS,
    P_ROUTES,
    P_UNSERVED,
    PRICE,
    R_NAME,
    REMOVED,
    STAMP,
    TOTAL,
    TOUCHED,
    USED,
    WHERE,
)

# What `run` is asked to do.
DO_LOAD, DO_BUILD, DO_STEPS = range(3)


@kernel
def find_total(num, price):
    """Cost of the plan with a price of each of the absent. [pence]"""
    return num[TOTAL] + price * num[N_ABSENT]


@kernel
def clear(data, st):
    """Empty every route; nobody is on any."""
    st.num[TOTAL] = 0
    st.num[N_ABSENT] = 0
    st.num[N_FREE] = 0
    st.num[N_DIRTY] = 0
    st.num[N_TOUCHED] = 0
    st.num[N_REMOVED] = 0
    for o in range(data.par[P_OFFERS]):
        st.lst[USED, o] = 0
    open_offers(data, st, -1)
    for r in range(data.par[P_ROUTES] - 1, -1, -1):
        st.rt[r, LEN] = 0
        st.rt[r, OFFER] = -1
        st.lst[IN_FREE, r] = 0
        st.lst[IS_DIRTY, r] = 0
        refresh(data, st, r)
        free_route(st, r)
    for i in range(data.par[P_N]):
        st.lst[WHERE, i] = -1


@kernel
def load(data, st):
    """Begin with the best plan's lists; routes that are not allowed are left out.

    The best plan's lists hold the length of each route and all nodes one after the other.
    """
    n = data.par[P_N]
    clear(data, st)
    for i in range(n):
        c = np.int64(st.lst[BEST_CHOICE, i])
        if c >= 0:
            choose_point(data, st, np.int64(i), c)
        st.lst[CHOICE, i] = c
        st.lst[OLD_CHOICE, i] = c
    at = 0
    r = np.int64(0)
    for k in range(data.par[P_ROUTES]):
        length = st.lst[BEST_LEN, k]
        for p in range(length):
            st.pos[r, p, NODE] = st.lst[BEST_NODE, at + p]
        st.rt[r, LEN] = length
        at += length
        open_offers(data, st, st.lst[BEST_OFFER, k])
        if refresh(data, st, r):
            st.num[TOTAL] += st.rt[r, COST]
            for p in range(length):
                if st.pos[r, p, NODE] < n:
                    st.lst[WHERE, st.pos[r, p, NODE]] = r
            if length > 0:
                r += 1
        else:
            st.rt[r, LEN] = 0
            refresh(data, st, r)
    open_offers(data, st, -1)
    # A group that is not whole is taken off its routes.
    st.num[STAMP] += 1
    for i in range(n):
        lead = data.links[
            data.par[P_GROUP_WITH] + data.links[data.par[P_GROUP] + data.req[i, GROUP]]
        ]
        if st.lst[WHERE, i] != st.lst[WHERE, lead]:
            take_out(data.par, data.req, data.links, st.num, st.lst, i)


@kernel
def list_absent(data, st):
    """List whoever is on no route."""
    st.num[N_ABSENT] = 0
    for i in range(data.par[P_N]):
        if st.lst[WHERE, i] < 0:
            st.lst[ABSENT, st.num[N_ABSENT]] = i
            st.num[N_ABSENT] += 1


@kernel
def save_best(data, st):
    """Keep the present plan as the best."""
    at = 0
    for r in range(data.par[P_ROUTES]):
        length = st.rt[r, LEN]
        st.lst[BEST_LEN, r] = length
        st.lst[BEST_OFFER, r] = st.rt[r, OFFER]
        for p in range(length):
            st.lst[BEST_NODE, at] = st.pos[r, p, NODE]
            at += 1
    for i in range(data.par[P_N]):
        st.lst[BEST_CHOICE, i] = st.lst[CHOICE, i]
    st.num[BEST] = find_total(st.num, data.par[P_UNSERVED])
    st.num[N_BEST] += 1


@kernel
def is_consistent(data, st):
    """Whether every route's facts, and the total, are what a count from scratch gives."""
    n = data.par[P_N]
    total = 0
    n_served = 0
    is_right = True
    for r in range(data.par[P_ROUTES]):
        old = st.rt[r, COST]
        open_offers(data, st, st.rt[r, OFFER])
        if not refresh(data, st, r) or st.rt[r, COST] != old:
            is_right = False
        total += old
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                n_served += 1
                if st.lst[WHERE, node] != r:
                    is_right = False
    open_offers(data, st, -1)
    return is_right and n_served + st.num[N_ABSENT] == n and total == st.num[TOTAL]


@kernel
def choose_order(rng):
    """Choose the order in which the removed come back."""
    way = draw_below(rng, 12)
    how = 0
    if way >= 11:
        how = 4
    elif way >= 9:
        how = 1
    elif way >= 5:
        how = 2
    elif way >= 3:
        how = 3
    return how


@part
def set_down(data, st, met, is_taken):
    """Set the routes of this step down that may be of use later, taken or not."""
    n = data.par[P_N]
    for a in range(st.num[N_TOUCHED]):
        r = st.lst[TOUCHED, a]
        length = st.rt[r, LEN]
        if length == 0:
            continue
        kind = 0
        if data.par[P_LIMITED] > 0:
            kind = st.rt[r, OFFER]
        worth = 0
        for p in range(length):
            if st.pos[r, p, NODE] < n:
                worth += met[WORTH_AT + st.pos[r, p, NODE]]
        at = take_row(met, st.rt[r, COST], kind, worth, st.rt[r, R_NAME], length, is_taken)
        if at >= 0:
            for p in range(length):
                met[at + p] = st.pos[r, p, NODE]


@entry
def run(data, st, met, task, how, n_steps, heat):
    """Begin (`DO_LOAD`), put everybody absent in (`DO_BUILD`), or search (`DO_STEPS`).

    One door for all, so that what they share is compiled once.

    Parameters
    ----------
    met
        Routes set down (`routing.kernels.met`), if there is room for any.
    how
        Order of insertion of `DO_BUILD`.
    n_steps, heat
        Steps of `DO_STEPS` and their temperature [pence]. Stops at a contradiction (``ERROR``).
    """
    num = st.num
    if task == DO_LOAD:
        load(data, st)
    for _ in range(n_steps):
        before = find_total(num, num[PRICE])
        num[STAMP] += 1
        num[N_TOUCHED] = 0
        num[N_OLD_ABSENT] = num[N_ABSENT]
        for a in range(num[N_ABSENT]):
            st.lst[OLD_ABSENT, a] = st.lst[ABSENT, a]
        is_changing = False
        if task != DO_LOAD:
            num[N_REMOVED] = 0
        if task == DO_STEPS:
            how = choose_order(st.rng)
            ruin(data, st)
            if data.par[P_LIMITED] > 0 and st.num[N_DIRTY] > 1:
                is_changing = draw_below(st.rng, 100) < data.par[P_LIMITED]
        mend(data, st, is_changing)
        if task == DO_LOAD:
            list_absent(data, st)
            save_best(data, st)
            break
        for a in range(num[N_ABSENT]):
            st.lst[REMOVED, num[N_REMOVED]] = st.lst[ABSENT, a]
            num[N_REMOVED] += 1
        num[LIMIT] = NO_LIMIT
        if task == DO_STEPS:
            # Drawn first, so that what would be refused is given up as soon as it is known.
            num[LIMIT] = before + np.int64(heat * data.neglog[draw(st.rng) >> 20])
        is_within = recreate(data, st, how)
        after = find_total(num, num[PRICE])
        is_within = is_within and after <= num[LIMIT]
        if met.shape[0] > 0 and task == DO_STEPS:
            # Once prices are known, what is taken must be worth it too.
            set_down(data, st, met, is_within and met[MOST_OVER] < 0)
        if is_within:
            num[N_ACCEPTED] += 1
            keep_points(data, st)
            if find_total(num, data.par[P_UNSERVED]) < num[BEST]:
                save_best(data, st)
        else:
            undo(data, st)
        if num[N_ABSENT] > 0:
            num[N_LACKING] += 1
        if data.par[P_CHECK] > 0 and not is_consistent(data, st):
            num[ERROR] = 2
        if num[ERROR] != 0:
            break
