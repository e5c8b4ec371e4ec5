"""One route in the state: its facts made afresh, kept, and put back."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

import numpy as np

from routing.kernels.jit import kernel, part
from routing.kernels.pricing import find_best_offer
from routing.kernels.state import (
    ABSENT,
    ADULT,
    ALL_BITS,
    ALONE,
    C_ALONE,
    C_RIDE,
    C_ROW,
    CHOICE,
    COST,
    CREW,
    CUM,
    DUR,
    FREE,
    HEADROOM,
    IN_FREE,
    KEY_ALONE,
    LEG_M,
    LEG_S,
    LEN,
    LOADED,
    MAX_RIDE,
    N_ABSENT,
    N_FREE,
    N_OLD_ABSENT,
    N_REMOVED,
    N_RT,
    N_SITES,
    N_TOUCHED,
    NO_COST,
    NODE,
    O_AS_HOUR,
    O_BANDS,
    O_BASE,
    O_DEAD,
    O_DEAD_RATE,
    O_HOUR,
    O_MIN,
    O_PAIR,
    O_PAIR_M,
    O_PAIR_RATE,
    O_TR_HOUR,
    O_VAT,
    O_VEHICLES,
    OFFER,
    OLD_ABSENT,
    OLD_CHOICE,
    OUT_M,
    OUT_S,
    P_AS_SEATS,
    P_BANDS,
    P_CAP_AS,
    P_CAP_SEATS,
    P_CAP_SPACES,
    P_CAP_TR,
    P_FIT_AS,
    P_FIT_TR,
    P_HOME,
    P_LABEL_PENCE,
    P_LABELS,
    P_LIMITED,
    P_N,
    P_OFFERS,
    P_RATIO,
    P_ROUTES,
    P_WORDS,
    PEAK_SEATS,
    PEAK_SPACES,
    R_ADULT,
    R_ALONE,
    R_CARE,
    R_CREW,
    R_NAME,
    R_SHARED,
    R_SITES,
    R_T_CREW,
    R_T_SHARED,
    RATE_DEAD_M,
    RATE_DEAD_S,
    RATE_M,
    RATE_S,
    REMOVED,
    ROW,
    SERVICE,
    SHARED,
    SITE,
    SLACK,
    STAMP,
    T_CREW,
    T_SHARED,
    TOTAL,
    TOUCHED,
    USED,
    WAIT,
    WHERE,
)
from routing.kernels.timing import measure

_FAR = 1 << 29
_NAMES = (1 << 63) - 1
_MIX = 0x1E3779B97F4A7C15


@kernel
def fit_bits(par, fits, bits, seats, spaces, n_as, n_tr):
    """Leave in `bits` the offers that fit peaks and assistants; whether any is left."""
    aboard = seats + n_as * par[P_AS_SEATS]
    if (
        aboard > par[P_CAP_SEATS]
        or spaces > par[P_CAP_SPACES]
        or n_as > par[P_CAP_AS]
        or n_tr > par[P_CAP_TR]
    ):
        return False
    is_any = False
    peak = aboard * (par[P_CAP_SPACES] + 1) + spaces
    for w in range(bits.shape[0]):
        bits[w] &= fits[peak, w] & fits[par[P_FIT_AS] + n_as, w]
        bits[w] &= fits[par[P_FIT_TR] + n_tr, w]
        if bits[w] != 0:
            is_any = True
    return is_any


@kernel
def count_crew(crew, shared, ratio):
    """Count assistants: own ones, and one for each `ratio` of shared needs, rounded up."""
    return crew + (shared + ratio - 1) // ratio


@kernel
def price_care(par, labels, pos, r, length, extra):
    """Price the change of crew on a route, with request `extra` aboard too. [pence]"""
    n = par[P_N]
    total = 0
    for c in range(par[P_LABELS]):
        n_labels = 0
        most = 0
        for p in range(-1, length):
            node = extra if p < 0 else pos[r, p, NODE]
            if node < 0 or node >= n or labels[c, node] < 0:
                continue
            n_labels += 1
            label = labels[c, node]
            same = 0
            if extra >= 0 and labels[c, extra] == label:
                same += 1
            for q in range(length):
                other = pos[r, q, NODE]
                if other < n and labels[c, other] == label:
                    same += 1
            if same > most:
                most = same
        total += par[P_LABEL_PENCE + c] * (n_labels - most)
    return total


@part
def find_rates(data, st, r, o):
    """Find the marginal prices of a route at its offer, for screening only."""
    offer = data.offer
    n_bands = data.par[P_BANDS]
    m = st.rt[r, LOADED]
    mile = 1.0 / 1_609_344.0
    hour = 1.0 / 3_600_000.0
    more = 1.0 + offer[o, O_VAT] / 10_000.0
    ratio = data.par[P_RATIO]
    n_as = count_crew(st.rt[r, R_CREW], st.rt[r, R_SHARED], ratio)
    n_tr = count_crew(st.rt[r, R_T_CREW], st.rt[r, R_T_SHARED], ratio)
    band = offer[o, O_BANDS + 2 * n_bands - 1]
    for b in range(n_bands):
        if m < offer[o, O_BANDS + b]:
            band = offer[o, O_BANDS + n_bands + b]
            break
    per_s = n_as * offer[o, O_AS_HOUR] + n_tr * offer[o, O_TR_HOUR]
    if offer[o, O_PAIR] >= 0:
        band = offer[o, O_PAIR_RATE] if 2 * m > offer[o, O_PAIR_M] else 0
    else:
        per_s += offer[o, O_HOUR]
    st.rate[r, RATE_M] = band * mile * more
    st.rate[r, RATE_S] = per_s * hour * more
    st.rate[r, RATE_DEAD_M] = 0.0
    st.rate[r, RATE_DEAD_S] = 0.0
    if offer[o, O_BASE] >= 0:
        if offer[o, O_DEAD] != 0:
            st.rate[r, RATE_DEAD_M] = band * mile * more
            st.rate[r, RATE_DEAD_S] = per_s * hour * more
        else:
            st.rate[r, RATE_DEAD_M] = offer[o, O_DEAD_RATE] * mile * more
    st.rt[r, HEADROOM] = 0
    if offer[o, O_MIN] > 0 and offer[o, O_PAIR] < 0:
        # A route at its minimum charge can grow for nothing by what it falls short of it.
        used = offer[o, 2] + m * st.rate[r, RATE_M] + st.rt[r, DUR] * offer[o, O_HOUR] * hour
        if used < offer[o, O_MIN]:
            st.rt[r, HEADROOM] = int(offer[o, O_MIN] - used)


@kernel
def count_vehicle(data, st, r, more):
    """Count the vehicle of a route as taken (1) or given back (-1), where they are limited."""
    o = st.rt[r, OFFER]
    if data.par[P_LIMITED] > 0 and o >= 0:
        st.lst[USED, o] += more
        bit = np.uint64(1) << np.uint64(o & 63)
        free = 2 * data.par[P_ROUTES] + 1
        if st.lst[USED, o] < data.offer[o, O_VEHICLES]:
            st.mask[free, o >> 6] |= bit
        else:
            st.mask[free, o >> 6] &= ~bit


@kernel
def open_offers(data, st, only):
    """Write which offers have a vehicle free; of these only one, if it is named."""
    free = 2 * data.par[P_ROUTES] + 1
    for w in range(data.par[P_WORDS]):
        st.mask[free, w] = ALL_BITS
        if data.par[P_LIMITED] > 0:
            st.mask[free, w] = np.uint64(0)
    if data.par[P_LIMITED] > 0:
        for o in range(data.par[P_OFFERS]):
            if (only < 0 or o == only) and st.lst[USED, o] < data.offer[o, O_VEHICLES]:
                st.mask[free, o >> 6] |= np.uint64(1) << np.uint64(o & 63)


@part
def find_open(data, st, r, w):
    """Find a word of the offers that a route may change to or keep."""
    word = st.mask[2 * data.par[P_ROUTES] + 1, w]
    o = st.rt[r, OFFER]
    if o >= 0 and o >> 6 == w:
        word |= np.uint64(1) << np.uint64(o & 63)
    return word


@kernel
def refresh(data, st, r):
    """Make the facts of a route afresh from its nodes; whether it is allowed.

    The nodes and the length must be there; an empty route is allowed and costs nothing. Where
    vehicles are limited the route gives its own back and takes the cheapest that is free.
    """
    n = data.par[P_N]
    n_words = data.par[P_WORDS]
    ratio = data.par[P_RATIO]
    rt = st.rt
    pos = st.pos
    length = rt[r, LEN]
    count_vehicle(data, st, r, -1)
    for c in range(1, N_RT):
        rt[r, c] = 0
    rt[r, OFFER] = -1
    rt[r, R_ADULT] = -1
    for w in range(n_words):
        st.mask[r, w] = ALL_BITS
    if length == 0:
        return True
    before = np.int64(-1)
    name = 0
    for p in range(length):
        node = pos[r, p, NODE]
        row = data.node_row[node]
        choice = 0
        if node < n:
            # A route is another one where somebody boards elsewhere.
            choice = int(st.lst[CHOICE, node]) + 1
        name = ((name ^ (int(node) + 1) ^ (choice << 24)) * _MIX) & _NAMES
        name ^= name >> 32
        if before >= 0:
            pos[r, p, LEG_S] = data.road[before, row, OUT_S]
            pos[r, p, LEG_M] = data.road[before, row, OUT_M]
        else:
            pos[r, p, LEG_S] = 0
            pos[r, p, LEG_M] = 0
        st.seq[0, p] = node
        st.seq[1, p] = pos[r, p, LEG_S]
        rt[r, LOADED] += pos[r, p, LEG_M]
        before = np.int64(row)
        if node < n:
            rt[r, R_CREW] += data.req[node, CREW]
            rt[r, R_SHARED] += data.req[node, SHARED]
            rt[r, R_T_CREW] += data.req[node, T_CREW]
            rt[r, R_T_SHARED] += data.req[node, T_SHARED]
            rt[r, R_ALONE] |= data.req[node, ALONE]
            rt[r, R_ADULT] = data.req[node, ADULT]
            for w in range(n_words):
                st.mask[r, w] &= data.allowed[node, w]
        else:
            rt[r, R_SITES + rt[r, N_SITES]] = node
            rt[r, N_SITES] += 1
    rt[r, R_NAME] = name
    dur, wait, seats, spaces = measure(
        data.req, data.site, data.node_row, data.par[P_HOME] != 0, st.seq, st.seg, length
    )
    if dur < 0:
        return False
    rt[r, DUR] = dur
    rt[r, WAIT] = wait
    rt[r, PEAK_SEATS] = seats
    rt[r, PEAK_SPACES] = spaces
    find_slack(data, st, r)
    n_as = count_crew(rt[r, R_CREW], rt[r, R_SHARED], ratio)
    n_tr = count_crew(rt[r, R_T_CREW], rt[r, R_T_SHARED], ratio)
    for w in range(n_words):
        st.bits[w] = st.mask[r, w] & st.mask[2 * data.par[P_ROUTES] + 1, w]
    if not fit_bits(data.par, data.fits, st.bits, seats, spaces, n_as, n_tr):
        return False
    pence, o = find_best_offer(
        data.offer,
        data.floor,
        data.road,
        st.bits,
        np.int64(data.node_row[pos[r, 0, NODE]]),
        before,
        rt[r, LOADED],
        dur,
        wait,
        n_as,
        n_tr,
        np.int64(NO_COST),
    )
    if o < 0:
        return False
    rt[r, OFFER] = o
    count_vehicle(data, st, r, 1)
    if data.par[P_LABELS] > 0:
        rt[r, R_CARE] = price_care(data.par, data.labels, pos, r, length, np.int64(-1))
    rt[r, COST] = pence + rt[r, R_CARE]
    find_rates(data, st, r, o)
    return True


@part
def find_slack(data, st, r):
    """Find moments without waiting, and what may at most be put in before each node.

    Both are necessary conditions only: waiting makes rides longer, never shorter.
    """
    n = data.par[P_N]
    pos = st.pos
    length = st.rt[r, LEN]
    clock = 0
    for p in range(length):
        node = pos[r, p, NODE]
        clock += pos[r, p, LEG_S]
        pos[r, p, CUM] = clock
        pos[r, p, SLACK] = _FAR
        if node < n:
            clock += data.req[node, SERVICE]
        else:
            clock += data.site[node - n, 3]
            for q in range(p):
                i = pos[r, q, NODE]
                if i < n and data.req[i, SITE] == node - n:
                    clock += data.req[i, 3]
                    ridden = pos[r, p, CUM] - pos[r, q, CUM] - data.req[i, SERVICE]
                    spare = data.req[i, MAX_RIDE] - ridden
                    for b in range(q + 1, p + 1):
                        if spare < pos[r, b, SLACK]:
                            pos[r, b, SLACK] = spare


@kernel
def copy_route(pos, rt, rate, mask, a, b):
    """Copy route row `a` to row `b`."""
    for p in range(rt[a, LEN]):
        for c in range(5):
            pos[b, p, c] = pos[a, p, c]
    for c in range(N_RT):
        rt[b, c] = rt[a, c]
    for c in range(4):
        rate[b, c] = rate[a, c]
    for w in range(mask.shape[1]):
        mask[b, w] = mask[a, w]


@kernel
def put_back(data, st, a, r):
    """Make route `r` what row `a` keeps of it."""
    count_vehicle(data, st, r, -1)
    copy_route(st.pos, st.rt, st.rate, st.mask, a, r)
    count_vehicle(data, st, r, 1)


@kernel
def touch(data, st, r):
    """Keep a route before its first change of this step."""
    if st.seen[r, 0] != st.num[STAMP]:
        st.seen[r, 0] = st.num[STAMP]
        slot = st.num[N_TOUCHED]
        st.lst[TOUCHED, slot] = r
        st.num[N_TOUCHED] += 1
        copy_route(st.pos, st.rt, st.rate, st.mask, r, data.par[P_ROUTES] + slot)


@kernel
def free_route(st, r):
    """Put an empty route on the stack of free ones."""
    if st.lst[IN_FREE, r] == 0:
        st.lst[IN_FREE, r] = 1
        st.lst[FREE, st.num[N_FREE]] = r
        st.num[N_FREE] += 1


@kernel
def find_empty(num, rt, lst):
    """Find an empty route; there is always one, as there are more routes than requests."""
    r = np.int64(lst[FREE, num[N_FREE] - 1])
    while rt[r, LEN] > 0:
        num[N_FREE] -= 1
        lst[IN_FREE, r] = 0
        r = np.int64(lst[FREE, num[N_FREE] - 1])
    return r


@kernel
def choose_point(data, st, i, c):
    """Let a request be collected at one of its places, row `c` of the choices."""
    data.req[i, ROW] = data.choices[c, C_ROW]
    data.req[i, MAX_RIDE] = data.choices[c, C_RIDE]
    data.node_row[i] = data.choices[c, C_ROW]
    data.keys[i, KEY_ALONE] = data.choices[c, C_ALONE]
    st.lst[CHOICE, i] = c


@kernel
def keep_points(data, st):
    """Keep the places of those who were removed in this step, as they are on their routes."""
    for a in range(st.num[N_REMOVED]):
        i = st.lst[REMOVED, a]
        st.lst[OLD_CHOICE, i] = st.lst[CHOICE, i]


@kernel
def undo(data, st):
    """Put back every route touched in this step, who was absent, and where all board."""
    n = data.par[P_N]
    for a in range(st.num[N_REMOVED]):
        i = np.int64(st.lst[REMOVED, a])
        if st.lst[CHOICE, i] != st.lst[OLD_CHOICE, i]:
            choose_point(data, st, i, np.int64(st.lst[OLD_CHOICE, i]))
    for a in range(st.num[N_TOUCHED]):
        r = st.lst[TOUCHED, a]
        for p in range(st.rt[r, LEN]):
            if st.pos[r, p, NODE] < n:
                st.lst[WHERE, st.pos[r, p, NODE]] = -1
    for a in range(st.num[N_TOUCHED]):
        r = np.int64(st.lst[TOUCHED, a])
        st.num[TOTAL] -= st.rt[r, COST]
        put_back(data, st, data.par[P_ROUTES] + a, r)
        st.num[TOTAL] += st.rt[r, COST]
        for p in range(st.rt[r, LEN]):
            if st.pos[r, p, NODE] < n:
                st.lst[WHERE, st.pos[r, p, NODE]] = r
        if st.rt[r, LEN] == 0:
            free_route(st, r)
    st.num[N_ABSENT] = st.num[N_OLD_ABSENT]
    for a in range(st.num[N_ABSENT]):
        st.lst[ABSENT, a] = st.lst[OLD_ABSENT, a]
