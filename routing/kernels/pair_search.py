"""The search loop of the paired form: ruin, recreate, accept or undo."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.jit import entry, kernel, part
from routing.kernels.met import WORTH_AT, name_on, take_row
from routing.kernels.pair_closure import build
from routing.kernels.pair_recreate import recreate
from routing.kernels.pair_ruin import empty_slot, mend, ruin, take_slot
from routing.kernels.pair_state import (
    ABSENT,
    BEST,
    BEST_LEN,
    BEST_NODE,
    COST,
    COUNT,
    ERROR,
    FREE,
    IS_DIRTY,
    LEN,
    LIMIT,
    N_ABSENT,
    N_ACCEPTED,
    N_BEST,
    N_DIRTY,
    N_FREE,
    N_OLD_ABSENT,
    N_OPEN,
    N_REMOVED,
    N_SIZES,
    N_TOUCHED,
    NODE,
    OLD_ABSENT,
    OLD_SLOT,
    P_CHECK,
    P_EVEN,
    P_N,
    P_ORDERS,
    P_ROUTES,
    P_SIZES,
    P_UNSERVED,
    P_WAYS,
    REMOVED,
    SLOT,
    TOTAL,
    TOUCHED,
    WHERE,
    WORK,
)
from routing.kernels.random import draw, draw_below

ANY_COST = 1 << 60

# What `run` is asked to do.
DO_LOAD, DO_BUILD, DO_STEPS, DO_FLEET = range(4)


@kernel
def find_total(par, num):
    """Cost of the plan with the price of the absent."""
    return num[TOTAL] + par[P_UNSERVED] * num[N_ABSENT]


@part
def clear(data, st):
    """Empty every route; nobody is on any."""
    n_routes = data.par[P_ROUTES]
    st.num[TOTAL] = 0
    st.num[N_ABSENT] = 0
    st.num[N_DIRTY] = 0
    st.num[N_TOUCHED] = 0
    st.num[N_REMOVED] = 0
    st.num[N_FREE] = 0
    for s in range(2 * n_routes - 1, -1, -1):
        st.lst[FREE, st.num[N_FREE]] = s
        st.num[N_FREE] += 1
    for r in range(n_routes):
        st.lst[IS_DIRTY, r] = 0
        st.lst[SLOT, r] = take_slot(st)
        empty_slot(data, st, st.lst[SLOT, r])
    for i in range(data.par[P_N]):
        st.lst[WHERE, i] = -1


@part
def load(data, st):
    """Begin with the best plan's lists; routes that break a rule are left out.

    The best plan's lists hold the number of nodes of each route, without its ends, and all
    nodes one after the other.
    """
    n = data.par[P_N]
    clear(data, st)
    at = 0
    r = 0
    for k in range(data.par[P_ROUTES]):
        length = st.lst[BEST_LEN, k]
        if length == 0 or r >= st.num[N_OPEN]:
            at += length
            continue
        s = st.lst[SLOT, r]
        for q in range(length):
            st.pos[s, NODE, q + 1] = st.lst[BEST_NODE, at + q]
        st.pos[s, NODE, length + 1] = 2 * n + 1
        st.rt[s, LEN] = length + 2
        at += length
        if build(data, st, s):
            st.num[TOTAL] += st.rt[s, COST]
            for q in range(1, length + 1):
                if st.pos[s, NODE, q] < n:
                    st.lst[WHERE, st.pos[s, NODE, q]] = r
            r += 1
        else:
            empty_slot(data, st, s)


@part
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
        s = st.lst[SLOT, r]
        length = st.rt[s, LEN] - 2
        st.lst[BEST_LEN, r] = length
        for q in range(length):
            st.lst[BEST_NODE, at] = st.pos[s, NODE, q + 1]
            at += 1
    st.num[BEST] = find_total(data.par, st.num)
    st.num[N_BEST] += 1


@part
def keep(st):
    """Let go of the slots that the touched routes had before this step."""
    for k in range(st.num[N_TOUCHED]):
        st.lst[FREE, st.num[N_FREE]] = st.lst[OLD_SLOT, k]
        st.num[N_FREE] += 1


@part
def undo(data, st):
    """Give the touched routes their old slots back."""
    n = data.par[P_N]
    for a in range(st.num[N_REMOVED]):
        st.lst[WHERE, st.lst[REMOVED, a]] = -1
    for k in range(st.num[N_TOUCHED]):
        r = st.lst[TOUCHED, k]
        st.num[TOTAL] -= st.rt[st.lst[SLOT, r], COST]
        st.lst[FREE, st.num[N_FREE]] = st.lst[SLOT, r]
        st.num[N_FREE] += 1
        s = st.lst[OLD_SLOT, k]
        st.lst[SLOT, r] = s
        st.num[TOTAL] += st.rt[s, COST]
        for q in range(1, st.rt[s, LEN] - 1):
            if st.pos[s, NODE, q] < n:
                st.lst[WHERE, st.pos[s, NODE, q]] = r
    st.num[N_ABSENT] = st.num[N_OLD_ABSENT]
    for a in range(st.num[N_ABSENT]):
        st.lst[ABSENT, a] = st.lst[OLD_ABSENT, a]


@part
def is_consistent(data, st):
    """Whether every route's facts, and the total, are what a count from scratch gives."""
    n = data.par[P_N]
    trial = st.rt.shape[0] - 1
    total = 0
    n_served = 0
    is_right = True
    for r in range(data.par[P_ROUTES]):
        s = st.lst[SLOT, r]
        m = st.rt[s, LEN]
        for q in range(m):
            st.pos[trial, NODE, q] = st.pos[s, NODE, q]
        st.rt[trial, LEN] = m
        if not build(data, st, trial) or st.rt[s, COST] != st.rt[trial, COST]:
            is_right = False
        for a in range(m):
            for b in range(m):
                if st.gap[trial, a, b] != st.gap[s, a, b]:
                    is_right = False
        total += st.rt[trial, COST]
        for q in range(1, m - 1):
            node = st.pos[s, NODE, q]
            if node < n:
                n_served += 1
                if st.lst[WHERE, node] != r:
                    is_right = False
    for a in range(st.num[N_ABSENT]):
        if st.lst[WHERE, st.lst[ABSENT, a]] >= 0:
            is_right = False
    return is_right and n_served + st.num[N_ABSENT] == n and total == st.num[TOTAL]


@part
def sum_counts(lst, row, n):
    """Sum how often the listed requests were absent so far."""
    total = 0
    for a in range(n):
        total += lst[COUNT, lst[row, a]]
    return total


@kernel
def choose(par, rng, first):
    """Choose one of the entries that stand in `par` from `first` on, by their odds."""
    left = draw_below(rng, 64)
    found = 0
    while left >= par[first + found]:
        left -= par[first + found]
        found += 1
    return found


@part
def choose_arm(par, rng, score):
    """Choose among the sizes of ruin, by what each earned for its work or evenly."""
    arm = draw_below(rng, N_SIZES)
    if draw_below(rng, 64) >= par[P_EVEN]:
        total = 0.0
        for k in range(N_SIZES):
            total += score[0, k] / score[1, k]
        left = total * (draw(rng) / 4294967296.0)
        arm = 0
        while arm < N_SIZES - 1 and left >= score[0, arm] / score[1, arm]:
            left -= score[0, arm] / score[1, arm]
            arm += 1
    return arm


@part
def draw_size(par, rng, arm):
    """Draw how many to take out, between the size before this one and this one."""
    above = 0
    if arm > 0:
        above = par[P_SIZES + arm - 1]
    return above + 1 + draw_below(rng, par[P_SIZES + arm] - above)


@part
def credit(score, arm, after, before, best, is_taken, work):
    """Credit a size of ruin with what a step gained and cost; what is long past fades."""
    gain = 0.0
    if is_taken and after < best:
        gain = 10.0
    elif is_taken and after < before:
        gain = 1.0
    score[0, arm] = 0.998 * score[0, arm] + gain + 0.002
    score[1, arm] = 0.998 * score[1, arm] + 0.01 * work + 1.0


@part
def set_down(data, st, is_taken):
    """Set the routes of this step down that may be of use later, taken or not."""
    n = data.par[P_N]
    for k in range(st.num[N_TOUCHED]):
        s = st.lst[SLOT, st.lst[TOUCHED, k]]
        m = st.rt[s, LEN]
        if m == 2:
            continue
        worth = 0
        name = 0
        for q in range(1, m - 1):
            node = st.pos[s, NODE, q]
            name = name_on(name, node)
            if node < n:
                worth += st.met[WORTH_AT + node]
        at = take_row(st.met, st.rt[s, COST], 0, worth, name, m - 2, is_taken)
        if at >= 0:
            for q in range(1, m - 1):
                st.met[at + q - 1] = st.pos[s, NODE, q]


@entry
def run(data, st, task, how, n_steps, heat):
    """Load a plan, put the absent in, search, or search for a plan that leaves nobody absent.

    Parameters
    ----------
    task
        `DO_LOAD`, `DO_BUILD`, `DO_STEPS` or `DO_FLEET`. The last prefers plans without those
        who were absent most often (Christiaens and Vanden Berghe 2020) and ends when nobody is.
    how
        Order of insertion of `DO_BUILD`.
    n_steps, heat
        Steps of the searches and their temperature. They stop at a contradiction (``ERROR``).
    """
    num = st.num
    arm = 0
    work = num[WORK]
    if task == DO_LOAD:
        load(data, st)
        list_absent(data, st)
        save_best(data, st)
        return
    for _ in range(n_steps):
        before = find_total(data.par, num)
        num[N_TOUCHED] = 0
        num[N_REMOVED] = 0
        num[N_OLD_ABSENT] = num[N_ABSENT]
        for a in range(num[N_ABSENT]):
            st.lst[OLD_ABSENT, a] = st.lst[ABSENT, a]
        if task != DO_BUILD:
            how = choose(data.par, st.rng, P_ORDERS)
            way = choose(data.par, st.rng, P_WAYS)
            arm = choose_arm(data.par, st.rng, st.score)
            work = num[WORK]
            ruin(data, st, way, draw_size(data.par, st.rng, arm))
        mend(data, st)
        for a in range(num[N_OLD_ABSENT]):
            st.lst[REMOVED, num[N_REMOVED]] = st.lst[OLD_ABSENT, a]
            num[N_REMOVED] += 1
        chance = int(heat * data.neglog[draw(st.rng) >> 20])
        num[LIMIT] = before + chance
        if task != DO_STEPS:
            num[LIMIT] = ANY_COST
        is_taken = recreate(data, st, how)
        after = find_total(data.par, num)
        is_taken = is_taken and after <= before + chance
        if task == DO_FLEET:
            fewer = sum_counts(st.lst, ABSENT, num[N_ABSENT])
            fewer -= sum_counts(st.lst, OLD_ABSENT, num[N_OLD_ABSENT])
            is_taken = (
                num[N_ABSENT] == 0
                or fewer < 0
                or (fewer == 0 and num[N_ABSENT] <= num[N_OLD_ABSENT] and is_taken)
            )
            for a in range(num[N_ABSENT]):
                st.lst[COUNT, st.lst[ABSENT, a]] += 1
        if task == DO_STEPS:
            credit(st.score, arm, after, before, num[BEST], is_taken, num[WORK] - work)
            set_down(data, st, is_taken)
        if is_taken or task == DO_BUILD:
            keep(st)
            num[N_ACCEPTED] += 1
            if after < num[BEST]:
                save_best(data, st)
        else:
            undo(data, st)
        if data.par[P_CHECK] > 0 and not is_consistent(data, st):
            num[ERROR] = 2
        if num[ERROR] != 0 or (task == DO_FLEET and num[N_ABSENT] == 0):
            break
