"""Compiled loop that streams pairs out of blocks."""

from __future__ import annotations

from caselink.compiled import kernel, step


@step
def joins(join, window, rule, a, b):  # type: ignore[no-untyped-def]
    """Whether one rule's blocks join two records."""
    x = join[a, rule]
    y = join[b, rule]
    if x < 0 or y < 0:
        return False
    return abs(x - y) <= window[rule]


@kernel
def make_pairs(order, stop, span, join, window, source, allowed, out):  # type: ignore[no-untyped-def]
    """Pairs of rows ``span[0]`` to ``span[1]`` of a rule's order that no earlier rule makes; how many.

    ``span``: first row, row after the last, number of the rule, and a step: only records whose
    position is a multiple of it lead a pair (1 takes all). ``allowed[s, t]``: whether records of sources s and t
    may pair. ``out``: int32 of shape (2, enough); lower position first.
    """
    n = 0
    rule = span[2]
    for i in range(span[0], span[1]):
        a = order[i]
        if a % span[3] != 0:
            continue
        for j in range(i + 1, stop[i]):
            b = order[j]
            if not allowed[source[a], source[b]]:
                continue
            seen = False
            for earlier in range(rule):
                if joins(join, window, earlier, a, b):
                    seen = True
                    break
            if seen:
                continue
            out[0, n] = min(a, b)
            out[1, n] = max(a, b)
            n += 1
    return n


@kernel
def first_rules(join, window, left, right, out):  # type: ignore[no-untyped-def]
    """The first rule that joins each pair, -1 for none."""
    for k in range(len(left)):
        out[k] = -1
        for rule in range(join.shape[1]):
            if joins(join, window, rule, left[k], right[k]):
                out[k] = rule
                break


@kernel
def rules_of_pairs(join, window, rule, left, right, out):  # type: ignore[no-untyped-def]
    """How many rules join each pair; ``rule`` is that of each part, ascending."""
    for k in range(len(left)):
        out[k] = 0
        last = -1
        for part in range(join.shape[1]):
            if rule[part] != last and joins(join, window, part, left[k], right[k]):
                last = rule[part]
                out[k] += 1
