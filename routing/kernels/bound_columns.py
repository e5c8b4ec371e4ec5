"""Routes read from labels and tables."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
from __future__ import annotations

from routing.kernels.bound_arcs import (
    find_span,
    price_join,
    root_price,
    span_index,
    start_price,
)
from routing.kernels.bound_labels import find_known
from routing.kernels.bound_state import (
    FREE,
    K_BUCKETS,
    K_LOADS,
    L_E,
    L_LOAD,
    L_NODE,
    L_PREV,
    L_SEG,
    L_SPAN,
    M_BITS,
    M_LOOSE,
    M_MIX,
    M_SPANS,
    M_WIDTH,
    O_FOUND,
    O_LOOSE,
    O_ROOT,
    R_ADULT,
    R_LOAD,
    R_RIDE,
    S_DWELL,
)
from routing.kernels.jit import kernel


@kernel
def write_columns(data, work, t, f, m, most):
    """Write the cheapest routes found, at most one for each first rider."""
    n_req = data.req.shape[0]
    found = 0
    while found < most:
        best = -1
        for i in range(m):
            if work.best[i] >= 0 and (best < 0 or work.column_p[0, i] < work.column_p[0, best]):
                best = i
        if best < 0:
            break
        x = work.best[best]
        work.best[best] = -1
        work.column_p[1, found] = work.column_p[0, best]
        length = 0
        while x >= 0:
            node = work.lab[x, L_NODE]
            if node < m:
                work.column[found, length] = work.local[node]
            elif node == m:
                work.column[found, length] = n_req + f
            else:
                work.column[found, length] = n_req + t
            length += 1
            x = work.lab[x, L_PREV]
        work.column[found, length] = -1
        found += 1
    work.out[O_FOUND] = found


@kernel
def trace(data, work, c, start, g, t, f, m, n_last, part, k, i, q, known, b, mode):
    """Write, from the end on, what table k thinks best before rider i; give the length."""
    width, bits, n_spans = mode[M_WIDTH], mode[M_BITS], mode[M_SPANS]
    n_buckets = work.count[K_BUCKETS]
    loads = work.count[K_LOADS]
    size = work.local.shape[0]
    s = 2 - part
    length = start
    while length < work.column.shape[1] // 2 - 2:
        gi = work.local[i]
        low = FREE
        join = -1
        if part == 1 or f < 0:
            held = b * width + (work.edge[k] if part == 1 else 0)
            low = start_price(data, work, g, t, gi, held)
        else:
            gap = data.site[f, S_DWELL] + work.arc_s[m, i] + b * width
            span = find_span(data, t, f, gap)
            if span >= 0:
                join = span_index(work, n_spans, span)
                low = work.arc_p[m, i] + price_join(data, g, t, f, gap, span) + work.join[join]
        best = -1
        best_known = 0
        for j in range(n_last if part == 2 else m):
            gj = work.local[j]
            after = q + data.req[gj, R_LOAD]
            if j == i or after >= loads:
                continue
            limit = data.req[gj, R_RIDE]
            if part == 1 and j < n_last:
                limit -= work.edge[k]
            slack = limit - work.arc_s[j, i]
            if slack < 0 or b > slack // width:
                continue
            if mode[M_MIX] == 0 and data.req[gi, R_ADULT] != data.req[gj, R_ADULT]:
                continue
            taken = False
            new = 0
            for d in range(bits):
                if work.friend[s, j, d] == i:
                    new |= 1 << d
                if (known >> d) & 1:
                    other = work.friend[s, i, d]
                    if other == j:
                        taken = True
                    for h in range(bits):
                        if other >= 0 and work.friend[s, j, h] == other:
                            new |= 1 << h
            shift = work.arc_s[j, i] // width
            if taken or b + shift >= n_buckets:
                continue
            at = (((k * loads + after) * size + j) << bits) + new
            x = work.arc_f[j, i] + work.v1[at * n_buckets + b + shift]
            if x < low:
                low = x
                best = j
                best_known = new
        if best < 0:
            if join < 0 or part == 1:
                break
            # Before these riders the first site is visited.
            work.column[c, length] = data.req.shape[0] + f
            length += 1
            part, s, k, known = 1, 1, join, 0
            best = find_end(data, work, m, n_last, k, mode)
            if best < 0:
                break
            work.column[c, length] = work.local[best]
            length += 1
            q = data.req[work.local[best], R_LOAD]
            b = work.arc_s[best, m] // width
            i = best
            continue
        work.column[c, length] = work.local[best]
        length += 1
        q += data.req[work.local[best], R_LOAD]
        b += work.arc_s[best, i] // width
        known = best_known
        i = best
    return length


@kernel
def find_end(data, work, m, n_last, k, mode):
    """Find the last rider before the first site that table k thinks best."""
    n_buckets = work.count[K_BUCKETS]
    loads = work.count[K_LOADS]
    size = work.local.shape[0]
    low = FREE
    best = -1
    for i in range(m):
        gi = work.local[i]
        limit = data.req[gi, R_RIDE]
        if i < n_last:
            limit -= work.edge[k]
        q = data.req[gi, R_LOAD]
        e = work.arc_s[i, m]
        if e <= limit and q < loads:
            at = (((k * loads + q) * size + i) << mode[M_BITS]) * n_buckets + e // mode[M_WIDTH]
            x = work.arc_f[i, m] + work.v1[at]
            if x < low:
                low = x
                best = i
    return best


@kernel
def trace_before(data, work, c, g, t, f, m, n_last, k, mode):
    """Write, from the end on, the first site and what table k thinks best before it."""
    work.column[c, 0] = data.req.shape[0] + f
    i = find_end(data, work, m, n_last, k, mode)
    if i < 0:
        return 1
    work.column[c, 1] = work.local[i]
    q = data.req[work.local[i], R_LOAD]
    b = work.arc_s[i, m] // mode[M_WIDTH]
    return trace(data, work, c, 2, g, t, f, m, n_last, 1, k, i, q, 0, b, mode)


@kernel
def turn(work, c, length):
    """Turn the first nodes of a route round."""
    for p in range(length // 2):
        other = work.column[c, p]
        work.column[c, p] = work.column[c, length - 1 - p]
        work.column[c, length - 1 - p] = other


@kernel
def write_loose_roots(data, work, g, t, f, m, n_last, mode, eps):
    """Write the routes that the tables alone think cheapest, one for each last rider."""
    width, bits, n_spans = mode[M_WIDTH], mode[M_BITS], mode[M_SPANS]
    n_buckets = work.count[K_BUCKETS]
    loads = work.count[K_LOADS]
    size = work.local.shape[0]
    root = root_price(data, g, t)
    for i in range(n_last):
        work.column_p[0, i] = FREE
        e = work.arc_s[i, m + 1]
        q = data.req[work.local[i], R_LOAD]
        if e <= data.req[work.local[i], R_RIDE] and q < loads:
            at = (((n_spans * loads + q) * size + i) << bits) * n_buckets + e // width
            work.column_p[0, i] = root + work.arc_f[i, m + 1] + work.v1[at]
    for c in range(mode[M_LOOSE]):
        best = 0
        for i in range(n_last):
            if work.column_p[0, i] < work.column_p[0, best]:
                best = i
        if work.column_p[0, best] > -eps:
            # Nobody after the first site: the last of those before it leads the way.
            if c > 0 or f < 0:
                break
            gap = data.site[f, S_DWELL] + work.arc_s[m, m + 1]
            span = find_span(data, t, f, gap)
            k = span_index(work, n_spans, span)
            length = trace_before(data, work, c, g, t, f, m, n_last, k, mode)
            work.column_p[1, c] = work.out[O_ROOT]
        else:
            work.column[c, 0] = work.local[best]
            q = data.req[work.local[best], R_LOAD]
            b = work.arc_s[best, m + 1] // width
            length = trace(
                data, work, c, 1, g, t, f, m, n_last, 2, n_spans, best, q, 0, b, mode
            )
            work.column_p[1, c] = work.column_p[0, best]
            work.column_p[0, best] = FREE
        turn(work, c, length)
        work.column[c, length] = data.req.shape[0] + t
        work.column[c, length + 1] = -1
        work.out[O_FOUND] += 1
        work.out[O_LOOSE] += 1


@kernel
def write_loose_labels(data, work, g, t, f, m, n_last, mode):
    """Write the most promising labels left out, each with what the tables think best before."""
    lab = work.lab
    n_req = data.req.shape[0]
    n_spans = mode[M_SPANS]
    for _ in range(mode[M_LOOSE]):
        c = int(work.out[O_FOUND])
        best = -1
        for i in range(m + 2):
            x = work.cut[i]
            if x >= 0 and (best < 0 or work.least[x] < work.least[work.cut[best]]):
                best = i
        if best < 0 or c >= work.column.shape[0]:
            break
        x = work.cut[best]
        work.cut[best] = -1
        if best == m + 1:
            continue
        work.column_p[1, c] = work.least[x]
        part = lab[x, L_SEG]
        k = n_spans if part == 2 else span_index(work, n_spans, lab[x, L_SPAN])
        if best == m:
            length = trace_before(data, work, c, g, t, f, m, n_last, k, mode) - 1
            for p in range(length):
                work.column[c, p] = work.column[c, p + 1]
        else:
            known = find_known(work, x, best, best, part, mode[M_BITS])
            b = lab[x, L_E] // mode[M_WIDTH]
            q = lab[x, L_LOAD]
            length = trace(
                data, work, c, 0, g, t, f, m, n_last, part, k, best, q, known, b, mode
            )
        turn(work, c, length)
        while x >= 0 and length < work.column.shape[1] - 1:
            node = lab[x, L_NODE]
            if node < m:
                work.column[c, length] = work.local[node]
            else:
                work.column[c, length] = n_req + (f if node == m else t)
            length += 1
            x = lab[x, L_PREV]
        work.column[c, length] = -1
        work.out[O_FOUND] += 1
        work.out[O_LOOSE] += 1
