"""One route in the state: its facts made afresh, kept, and put back."""

from __future__ import annotations

from routing.kernels.jit import kernel
from routing.kernels.pricing import find_best_offer
from routing.kernels.state import (
    ADULT,
    ALONE,
    COST,
    CREW,
    CUM,
    DUR,
    HEADROOM,
    LEG_M,
    LEG_S,
    LEN,
    LOADED,
    MAX_RIDE,
    N_FREE,
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
    OFFER,
    P_AS_SEATS,
    P_BANDS,
    P_CAP_AS,
    P_CAP_SEATS,
    P_CAP_SPACES,
    P_CAP_TR,
    P_LABELS,
    P_N,
    P_RATIO,
    P_WORDS,
    PEAK_SEATS,
    PEAK_SPACES,
    R_ADULT,
    R_ALONE,
    R_CARE,
    R_CREW,
    R_SHARED,
    R_T_CREW,
    R_T_SHARED,
    RATE_DEAD_M,
    RATE_DEAD_S,
    RATE_M,
    RATE_S,
    SERVICE,
    SHARED,
    SITE,
    SLACK,
    STAMP,
    T_CREW,
    T_SHARED,
    TOTAL,
    WAIT,
)
from routing.kernels.timing import measure

_FAR = 1 << 29


@kernel(inline=True)
def fit_bits(data, bits, seats, spaces, n_as, n_tr):  # type: ignore[no-untyped-def]
    """Leave in `bits` the offers that fit peaks and assistants; whether any is left."""
    par = data.par
    aboard = seats + n_as * par[P_AS_SEATS]
    if (
        aboard > par[P_CAP_SEATS]
        or spaces > par[P_CAP_SPACES]
        or n_as > par[P_CAP_AS]
        or n_tr > par[P_CAP_TR]
    ):
        return False
    is_any = False
    for w in range(par[P_WORDS]):
        bits[w] &= data.fit[aboard, spaces, w] & data.fit_crew[n_as, w]
        bits[w] &= data.fit_trained[n_tr, w]
        if bits[w] != 0:
            is_any = True
    return is_any


@kernel(inline=True)
def count_crew(crew, shared, ratio):  # type: ignore[no-untyped-def]
    """Count assistants: own ones, and one for each `ratio` of shared needs, rounded up."""
    return crew + (shared + ratio - 1) // ratio


@kernel()
def price_care(data, st, r, extra):  # type: ignore[no-untyped-def]
    """Price the change of crew on a route, with request `extra` aboard too (-1: none). [pence]"""
    n = data.par[P_N]
    length = st.rt[r, LEN]
    total = 0
    for c in range(data.par[P_LABELS]):
        n_labels = 0
        most = 0
        for p in range(-1, length):
            node = extra if p < 0 else st.pos[r, p, NODE]
            if node < 0 or node >= n or data.labels[c, node] < 0:
                continue
            n_labels += 1
            label = data.labels[c, node]
            same = 0
            if extra >= 0 and data.labels[c, extra] == label:
                same += 1
            for q in range(length):
                other = st.pos[r, q, NODE]
                if other < n and data.labels[c, other] == label:
                    same += 1
            if same > most:
                most = same
        total += data.label_pence[c] * (n_labels - most)
    return total


@kernel(inline=True)
def find_rates(data, st, r, o):  # type: ignore[no-untyped-def]
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
    band = offer[o, O_BANDS + n_bands - 1]
    for b in range(n_bands):
        if m < data.band_to[o, b]:
            band = offer[o, O_BANDS + b]
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


@kernel()
def refresh(data, st, r):  # type: ignore[no-untyped-def]
    """Make the facts of a route afresh from its nodes; whether it is allowed.

    The nodes and the length must be there; an empty route is allowed and costs nothing.
    """
    n = data.par[P_N]
    n_words = data.par[P_WORDS]
    ratio = data.par[P_RATIO]
    rt = st.rt
    pos = st.pos
    length = rt[r, LEN]
    for c in range(1, N_RT):
        rt[r, c] = 0
    rt[r, OFFER] = -1
    rt[r, R_ADULT] = -1
    for w in range(n_words):
        st.mask[r, w] = ~st.mask[r, w] | st.mask[r, w]
    if length == 0:
        return True
    before = -1
    for p in range(length):
        node = pos[r, p, NODE]
        row = data.node_row[node]
        if before >= 0:
            pos[r, p, LEG_S] = data.out[before, row, 0]
            pos[r, p, LEG_M] = data.out[before, row, 1]
        else:
            pos[r, p, LEG_S] = 0
            pos[r, p, LEG_M] = 0
        st.seq[0, p] = node
        st.seq[1, p] = pos[r, p, LEG_S]
        rt[r, LOADED] += pos[r, p, LEG_M]
        before = row
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
            rt[r, N_SITES] += 1
    dur, wait, seats, spaces = measure(data, st.seq, st.seg, length)
    if dur < 0:
        return False
    rt[r, DUR] = dur
    rt[r, WAIT] = wait
    rt[r, PEAK_SEATS] = seats
    rt[r, PEAK_SPACES] = spaces
    _find_slack(data, st, r)
    n_as = count_crew(rt[r, R_CREW], rt[r, R_SHARED], ratio)
    n_tr = count_crew(rt[r, R_T_CREW], rt[r, R_T_SHARED], ratio)
    for w in range(n_words):
        st.bits[w] = st.mask[r, w]
    if not fit_bits(data, st.bits, seats, spaces, n_as, n_tr):
        return False
    first = data.node_row[pos[r, 0, NODE]]
    pence, o = find_best_offer(
        data, st.bits, first, before, rt[r, LOADED], dur, wait, n_as, n_tr, NO_COST
    )
    if o < 0:
        return False
    rt[r, OFFER] = o
    if data.par[P_LABELS] > 0:
        rt[r, R_CARE] = price_care(data, st, r, -1)
    rt[r, COST] = pence + rt[r, R_CARE]
    find_rates(data, st, r, o)
    return True


@kernel(inline=True)
def _find_slack(data, st, r):  # type: ignore[no-untyped-def]
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


@kernel(inline=True)
def copy_route(st, r, to_pos, to_rt, to_rate, to_mask, slot):  # type: ignore[no-untyped-def]
    """Keep a route as it is."""
    for p in range(st.rt[r, LEN]):
        for c in range(5):
            to_pos[slot, p, c] = st.pos[r, p, c]
    for c in range(N_RT):
        to_rt[slot, c] = st.rt[r, c]
    for c in range(4):
        to_rate[slot, c] = st.rate[r, c]
    for w in range(st.mask.shape[1]):
        to_mask[slot, w] = st.mask[r, w]


@kernel(inline=True)
def put_back(st, r, from_pos, from_rt, from_rate, from_mask, slot):  # type: ignore[no-untyped-def]
    """Put a kept route back."""
    for c in range(N_RT):
        st.rt[r, c] = from_rt[slot, c]
    for p in range(st.rt[r, LEN]):
        for c in range(5):
            st.pos[r, p, c] = from_pos[slot, p, c]
    for c in range(4):
        st.rate[r, c] = from_rate[slot, c]
    for w in range(st.mask.shape[1]):
        st.mask[r, w] = from_mask[slot, w]


@kernel(inline=True)
def touch(st, r):  # type: ignore[no-untyped-def]
    """Keep a route before its first change of this step."""
    if st.seen[r, 0] != st.num[STAMP]:
        st.seen[r, 0] = st.num[STAMP]
        slot = st.num[N_TOUCHED]
        st.touched[slot] = r
        st.num[N_TOUCHED] += 1
        copy_route(st, r, st.log_pos, st.log_rt, st.log_rate, st.log_mask, slot)


@kernel(inline=True)
def free_route(st, r):  # type: ignore[no-untyped-def]
    """Put an empty route on the stack of free ones."""
    if st.in_free[r] == 0:
        st.in_free[r] = 1
        st.free[st.num[N_FREE]] = r
        st.num[N_FREE] += 1


@kernel(inline=True)
def take_route(st):  # type: ignore[no-untyped-def]
    """Find an empty route; there is always one, as there are more routes than requests."""
    while True:
        st.num[N_FREE] -= 1
        r = st.free[st.num[N_FREE]]
        st.in_free[r] = 0
        if st.rt[r, LEN] == 0:
            return r


@kernel()
def undo(data, st):  # type: ignore[no-untyped-def]
    """Put back every route touched in this step, and who was absent before it."""
    n = data.par[P_N]
    for i in range(st.num[N_TOUCHED]):
        r = st.touched[i]
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                st.where[node] = -1
    for i in range(st.num[N_TOUCHED]):
        r = st.touched[i]
        st.num[TOTAL] -= st.rt[r, COST]
        put_back(st, r, st.log_pos, st.log_rt, st.log_rate, st.log_mask, i)
        st.num[TOTAL] += st.rt[r, COST]
        for p in range(st.rt[r, LEN]):
            node = st.pos[r, p, NODE]
            if node < n:
                st.where[node] = r
        if st.rt[r, LEN] == 0:
            free_route(st, r)
