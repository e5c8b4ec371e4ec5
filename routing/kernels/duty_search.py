"""The search over whole duties: ruin, recreate, accept or undo.

Two aims by turns: with somebody absent, the fewest duties (absences weighed by how often they
occurred, Christiaens and Vanden Berghe, Transportation Science 54(2), 2020, section 5); with
everybody aboard, the least drive.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.duty_insert import find_place, put_nodes
from routing.kernels.duty_routes import copy_duty, mend, refresh, take_out, touch, undo
from routing.kernels.duty_state import (
    ABSENT,
    BEST,
    BEST_LEN,
    BEST_NODE,
    CLOCK,
    COST,
    ERROR,
    IS_DIRTY,
    LEN,
    LOAD,
    N_ABSENT,
    N_ACCEPTED,
    N_BEST,
    N_DIRTY,
    N_OLD_ABSENT,
    N_OPEN,
    N_REMOVED,
    N_TOUCHED,
    NO_COST,
    NODE,
    OLD_ABSENT,
    OUT,
    P_CHECK,
    P_DUTIES,
    P_N,
    P_REMOVE,
    P_STRING,
    REMOVED,
    ROW,
    S_FROM,
    S_ROW,
    SCAN,
    SITE,
    STAMP,
    TOTAL,
    VERSION,
    WEIGHT,
    WHERE,
)
from routing.kernels.jit import entry, kernel, part
from routing.kernels.random import draw, draw_below

# What `run` is asked to do.
DO_LOAD, DO_STEPS, DO_CLOSE = range(3)


@kernel
def ruin_string(data, st, i, r):
    """Take a string of requests that holds request `i` out of its duty, or one with a gap."""
    n = data.par[P_N]
    n_aboard = 0
    at = 0
    for p in range(st.rt[r, LEN]):
        node = st.pos[r, p, NODE]
        if node < n:
            if node == i:
                at = n_aboard
            st.seq[0, n_aboard] = node
            n_aboard += 1
    top = min(data.par[P_STRING], n_aboard)
    n_out = 1 + draw_below(st.rng, top)
    n_kept = 0
    if n_out > 1 and n_out < n_aboard and draw_below(st.rng, 2) == 0:
        n_kept = 1 + draw_below(st.rng, n_aboard - n_out)
    span = n_out + n_kept
    first = max(0, at - span + 1)
    end = min(at, n_aboard - span)
    first += draw_below(st.rng, end - first + 1)
    skip = first
    if n_kept > 0:
        skip += draw_below(st.rng, n_out)
    for q in range(first, first + span):
        if q < skip or q >= skip + n_kept:
            take_out(st, st.seq[0, q])


@part
def ruin(data, st):
    """Take some requests out, one way or another, and mend the duties."""
    n = data.par[P_N]
    seed = np.int64(draw_below(st.rng, n))
    if st.num[N_ABSENT] > 0 and draw_below(st.rng, 4) > 0:
        # Make room near somebody who has none.
        seed = np.int64(st.lst[ABSENT, draw_below(st.rng, st.num[N_ABSENT])])
    way = np.int64(draw_below(st.rng, data.near.shape[0]))
    left = 1 + draw_below(st.rng, 1 + 4 * data.par[P_REMOVE] // (1 + data.par[P_STRING]))
    is_related = draw_below(st.rng, 100) < 25
    n_wanted = 1 + draw_below(st.rng, 2 * data.par[P_REMOVE])
    st.num[SCAN] += 1
    scan = st.num[SCAN]
    for c in range(-1, data.near.shape[2]):
        i = seed
        if c >= 0:
            i = np.int64(data.near[way, seed, c])
        if i < 0 or left == 0:
            break
        r = np.int64(st.lst[WHERE, i])
        if r < 0:
            continue
        if is_related:
            if st.num[N_REMOVED] >= n_wanted:
                break
            if draw_below(st.rng, 3) > 0:
                take_out(st, i)
        elif st.seen[r, 1] != scan:
            st.seen[r, 1] = scan
            left -= 1
            ruin_string(data, st, i, r)
    mend(data, st)


@kernel
def find_key(data, st, i, how):
    """Sort key of a request's return, largest first."""
    key = 0
    j = data.req[i, SITE]
    if how == 1:
        key = data.req[i, LOAD]
    elif how == 2:
        key = data.road[data.req[i, ROW], data.site[j, S_ROW], OUT]
    elif how == 3:
        key = data.site[j, S_FROM]
    elif how == 4:
        key = -data.site[j, S_FROM]
    elif how == 5:
        key = -data.road[data.req[i, ROW], data.site[j, S_ROW], OUT]
    elif how == 6:
        key = st.weight[i]
    return key


@kernel
def sort_removed(data, st, how):
    """Put the removed in the order of their return: 0 at random, else by a key."""
    n = st.num[N_REMOVED]
    for a in range(n - 1, 0, -1):
        b = draw_below(st.rng, a + 1)
        kept = st.lst[REMOVED, a]
        st.lst[REMOVED, a] = st.lst[REMOVED, b]
        st.lst[REMOVED, b] = kept
    if how > 0:
        for a in range(1, n):
            i = np.int64(st.lst[REMOVED, a])
            key = find_key(data, st, i, how)
            b = a - 1
            while b >= 0 and find_key(data, st, np.int64(st.lst[REMOVED, b]), how) < key:
                st.lst[REMOVED, b + 1] = st.lst[REMOVED, b]
                b -= 1
            st.lst[REMOVED, b + 1] = i


@part
def recreate(data, st, how):
    """Put all removed back where they add least; who finds no place becomes absent."""
    sort_removed(data, st, how)
    st.num[N_ABSENT] = 0
    st.num[WEIGHT] = 0
    for a in range(st.num[N_REMOVED]):
        i = np.int64(st.lst[REMOVED, a])
        best = NO_COST
        best_r = np.int64(-1)
        best_p = -1
        best_t = -1
        is_empty_seen = False
        for r in range(st.num[N_OPEN]):
            if st.rt[r, LEN] == 0:
                if is_empty_seen:
                    continue
                is_empty_seen = True
            if st.rt[r, VERSION] <= st.tried[i]:
                continue
            added, p, t = find_place(data, st, i, r, best)
            if p >= 0 and added < best:
                best = added
                best_r = np.int64(r)
                best_p = p
                best_t = t
        if best_r < 0:
            st.lst[ABSENT, st.num[N_ABSENT]] = i
            st.num[N_ABSENT] += 1
            st.num[WEIGHT] += st.weight[i]
            st.tried[i] = st.num[CLOCK]
            continue
        st.tried[i] = -1
        touch(data, st, best_r)
        st.num[TOTAL] -= st.rt[best_r, COST]
        put_nodes(data, st, i, best_r, best_p, best_t)
        if not refresh(data, st, best_r):
            # The trial said yes: the two disagree, which must never happen.
            st.num[ERROR] = 1
        st.num[TOTAL] += st.rt[best_r, COST]


@kernel
def save_best(data, st):
    """Keep the present plan as the best."""
    at = 0
    for r in range(data.par[P_DUTIES]):
        length = st.rt[r, LEN]
        if r >= st.num[N_OPEN]:
            length = 0
        st.lst[BEST_LEN, r] = length
        for p in range(length):
            st.lst[BEST_NODE, at] = st.pos[r, p, NODE]
            at += 1
    st.num[BEST] = st.num[TOTAL]
    st.num[N_BEST] += 1


@kernel
def load(data, st):
    """Begin with the duties of the best plan's lists, the first as many as are open.

    Those that are not allowed are left empty; whoever is on none is absent.
    """
    n = data.par[P_N]
    st.num[TOTAL] = 0
    st.num[N_DIRTY] = 0
    st.num[N_REMOVED] = 0
    st.num[N_ABSENT] = 0
    st.num[WEIGHT] = 0
    for i in range(n):
        st.lst[WHERE, i] = -1
        st.tried[i] = -1
    at = 0
    for r in range(data.par[P_DUTIES]):
        length = st.lst[BEST_LEN, r]
        st.lst[IS_DIRTY, r] = 0
        for p in range(length):
            st.pos[r, p, NODE] = st.lst[BEST_NODE, at + p]
        at += length
        st.rt[r, LEN] = length
        if not refresh(data, st, r) or r >= st.num[N_OPEN]:
            st.rt[r, LEN] = 0
            refresh(data, st, r)
        st.num[TOTAL] += st.rt[r, COST]
        for p in range(st.rt[r, LEN]):
            if st.pos[r, p, NODE] < n:
                st.lst[WHERE, st.pos[r, p, NODE]] = r
    for i in range(n):
        if st.lst[WHERE, i] < 0:
            st.lst[ABSENT, st.num[N_ABSENT]] = i
            st.num[N_ABSENT] += 1
            st.num[WEIGHT] += st.weight[i]


@kernel
def close_lightest(data, st):
    """Close the duty whose requests are easiest to place elsewhere; they become absent."""
    n = data.par[P_N]
    worst = np.int64(0)
    least = NO_COST
    for r in range(st.num[N_OPEN]):
        weight = 0
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                weight += st.weight[node]
        if weight < least:
            least = weight
            worst = np.int64(r)
    st.num[TOTAL] -= st.rt[worst, COST]
    for p in range(st.rt[worst, LEN]):
        node = st.pos[worst, p, NODE]
        if node < n:
            st.lst[WHERE, node] = -1
            st.lst[ABSENT, st.num[N_ABSENT]] = node
            st.num[N_ABSENT] += 1
            st.num[WEIGHT] += st.weight[node]
    st.num[N_OPEN] -= 1
    last = st.num[N_OPEN]
    if worst != last:
        copy_duty(st, last, worst)
        for p in range(st.rt[worst, LEN]):
            if st.pos[worst, p, NODE] < n:
                st.lst[WHERE, st.pos[worst, p, NODE]] = worst
    st.rt[last, LEN] = 0
    refresh(data, st, last)


@kernel
def is_consistent(data, st):
    """Whether every duty's facts, and the total, are what a count from scratch gives."""
    n = data.par[P_N]
    total = 0
    n_served = 0
    is_right = True
    for r in range(data.par[P_DUTIES]):
        old = st.rt[r, COST]
        if not refresh(data, st, r) or st.rt[r, COST] != old:
            is_right = False
        total += old
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                n_served += 1
                if st.lst[WHERE, node] != r:
                    is_right = False
    weight = 0
    for a in range(st.num[N_ABSENT]):
        weight += st.weight[st.lst[ABSENT, a]]
    is_right = is_right and weight == st.num[WEIGHT]
    return is_right and n_served + st.num[N_ABSENT] == n and total == st.num[TOTAL]


@entry
def run(data, st, task, n_steps, heat):
    """Begin (`DO_LOAD`), search (`DO_STEPS`), or give one duty up (`DO_CLOSE`).

    Parameters
    ----------
    n_steps, heat
        Steps of `DO_STEPS` and their temperature [ticks]. Stops at a contradiction (``ERROR``),
        and when everybody is aboard who was not before.

    Returns
    -------
    steps done
    """
    num = st.num
    done = 0
    if task == DO_LOAD:
        load(data, st)
        if num[N_ABSENT] == 0:
            save_best(data, st)
    elif task == DO_CLOSE:
        close_lightest(data, st)
    else:
        was_complete = num[N_ABSENT] == 0
        for _ in range(n_steps):
            done += 1
            before = num[TOTAL]
            before_weight = num[WEIGHT]
            num[STAMP] += 1
            num[N_TOUCHED] = 0
            num[N_OLD_ABSENT] = num[N_ABSENT]
            for a in range(num[N_ABSENT]):
                st.lst[OLD_ABSENT, a] = st.lst[ABSENT, a]
            num[N_REMOVED] = 0
            ruin(data, st)
            for a in range(num[N_ABSENT]):
                st.lst[REMOVED, num[N_REMOVED]] = st.lst[ABSENT, a]
                num[N_REMOVED] += 1
            recreate(data, st, draw_below(st.rng, 8))
            limit = before + heat * data.neglog[draw(st.rng) >> 20]
            is_taken = num[WEIGHT] < before_weight
            if num[WEIGHT] == before_weight and num[TOTAL] <= limit:
                is_taken = True
            if is_taken:
                num[N_ACCEPTED] += 1
            # How often each was absent from a trial counts, whether it was taken or not.
            n_trial = num[N_ABSENT]
            for a in range(n_trial):
                i = st.lst[ABSENT, a]
                st.weight[i] += 1
            num[WEIGHT] += n_trial
            if not is_taken:
                undo(data, st)
            if data.par[P_CHECK] > 0 and not is_consistent(data, st):
                num[ERROR] = 2
            if num[ERROR] != 0:
                break
            if num[N_ABSENT] == 0 and (not was_complete or num[TOTAL] < num[BEST]):
                save_best(data, st)
            if num[N_ABSENT] == 0 and not was_complete:
                break
    return done
