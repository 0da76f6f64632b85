"""Pairs of the rules are those that a loop over all records finds, each once, owned by the first rule."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.blocking import BlockingRule, MinHash, SortedNeighborhood, count_rule_pairs, index_pairs
from caselink.encoding import encode

COLUMNS = ("last_name", "birth_date", "zip", "first_name")
VALUES = {
    "last_name": st.sampled_from([None, "RUIZ", "RUIS", "王", "ИВАНОВА", "A"]),
    "birth_date": st.sampled_from([None, "1985-03-12", "1985-12-03", "1985-00-00", "0000-03-12", "1990-03-12"]),
    "zip": st.sampled_from([None, "62701", "62702"]),
    "first_name": st.sampled_from([None, "RUIZ", "王", "A", "ANA"]),
}
RECORDS = st.lists(st.tuples(st.sampled_from(["iva", "ivd"]), *(VALUES[c] for c in COLUMNS)), max_size=14)
RULES = st.lists(
    st.sampled_from(
        [
            BlockingRule("last_name"),
            BlockingRule("last_name.initial", "birth_date"),
            BlockingRule("birth_date.year"),
            BlockingRule("birth_date.month_or_day", "zip.first3"),
            BlockingRule("zip", "last_name", "birth_date"),
            BlockingRule("zip", largest=3, split_by=["last_name", "birth_date.year"]),
            BlockingRule("birth_date.year", largest=2),
            BlockingRule("first_name|last_name", largest=2, split_by=["zip"]),
            SortedNeighborhood("last_name", "zip", window=2),
            MinHash("last_name", "zip", q=2, bands=2, rows=1, largest=4),
        ]
    ),
    min_size=1,
    max_size=4,
)
LINK_TYPES = st.sampled_from(["link_and_dedupe", "link_only", "dedupe_only"])


def frame_of(rows):
    """A RECORDS frame; ids are the numbers of the rows."""
    frame = pd.DataFrame(rows, columns=["source", *COLUMNS], dtype=object)
    return frame.assign(record_id=[str(n) for n in range(len(frame))])


def streamed(index, chunk_pairs=1 << 19):
    """All pairs of an index as (left, right, rule), in the order in which they come."""
    return [
        (int(left), int(right), int(index.rule[span.part]))
        for span in index.spans(chunk_pairs)
        for left, right in zip(*index.pairs(span), strict=True)
    ]


def naive_key(key, value):
    """A key as its description says it, from one value."""
    if value is None:
        return None
    name = key.partition(".")[2]
    year, month, day = [*value.split("-"), "", ""][:3]
    month_or_day = "".join([year, *sorted([month, day])])
    whole = "0000" not in year and "00" not in (month, day)
    return {
        "": value,
        "initial": value[0],
        "first3": value[:3] if len(value) >= 3 else None,
        "year": year if year != "0000" else None,
        "month_or_day": month_or_day if whole else None,
    }[name]


def naive_meet(rule, a, b):
    """Whether two records agree on all keys of a rule and lack none."""
    for key in rule.keys:
        columns = key.partition(".")[0].split("|")
        keys = [[naive_key(key, one[column]) for column in columns] for one in (a, b)]
        if None in keys[0] + keys[1] or sorted(keys[0]) != sorted(keys[1]):
            return False
    return True


def naive_pairs(frame, records, rules, meets=naive_meet):
    """Every pair that any rule joins, with the first such rule: one loop over all records."""
    rows = [{k: None if pd.isna(v) else v for k, v in frame.iloc[row].items()} for row in records.row]
    found = []
    for a, b in combinations(range(len(rows)), 2):
        for number, rule in enumerate(rules):
            if meets(rule, rows[a], rows[b]):
                found.append((a, b, number))
                break
    return found


PLAIN_RULES = st.lists(
    st.sampled_from(
        [
            BlockingRule("last_name"),
            BlockingRule("last_name.initial", "birth_date"),
            BlockingRule("birth_date.year"),
            BlockingRule("birth_date.month_or_day", "zip.first3"),
            BlockingRule("zip", "last_name", "birth_date"),
            BlockingRule("first_name|last_name"),
            BlockingRule("first_name|last_name.initial", "zip"),
        ]
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=60)
@given(rows=RECORDS, rules=PLAIN_RULES)
def test_pairs_are_those_of_a_loop_over_all_records(rows, rules):
    """AND within a rule, OR between rules, each pair once and owned by the first rule that makes it."""
    frame = frame_of(rows)
    records = encode(frame, COLUMNS)
    index = index_pairs(records, rules)
    expected = naive_pairs(frame, records, rules)
    assert sorted(streamed(index)) == expected
    price = count_rule_pairs(index)
    assert price["new_pairs"].tolist() == [sum(rule == n for *_, rule in expected) for n in range(len(rules))]
    assert price["cumulative"].tolist() == price["new_pairs"].cumsum().tolist()
    alone = [len(naive_pairs(frame, records, [rule])) for rule in rules]
    assert price["pairs"].tolist() == alone
    assert index.n_pairs() == sum(alone)


@settings(deadline=None, max_examples=60)
@given(rows=RECORDS, rules=RULES, chunk=st.integers(1, 9), link_type=LINK_TYPES, data=st.data())
def test_pairs_do_not_depend_on_chunks_threads_or_order_of_rows(rows, rules, chunk, link_type, data):
    """The same pairs stream out, whole or in pieces, with one thread or two, however the rows are ordered."""
    frame = frame_of(rows)
    unduplicated = ["iva"] if "iva" in set(frame["source"]) and data.draw(st.booleans()) else []
    options = {"link_type": link_type, "unduplicated": unduplicated}
    index = index_pairs(encode(frame, COLUMNS), rules, **options)
    whole = streamed(index)
    assert streamed(index, chunk) == whole
    order = data.draw(st.permutations(range(len(frame))))
    other = index_pairs(encode(frame.iloc[order], COLUMNS), rules, threads=2, **options)
    assert sorted(streamed(other)) == sorted(whole)


@settings(deadline=None, max_examples=60)
@given(rows=RECORDS, rules=RULES, link_type=LINK_TYPES, unduplicated=st.sampled_from([[], ["iva"], ["iva", "ivd"]]))
def test_why_not_agrees_with_the_pairs(rows, rules, link_type, unduplicated):
    """Asked of any two records, in either order, the first rule is the one that made their pair, -1 if none did."""
    records = encode(frame_of(rows), COLUMNS)
    index = index_pairs(records, rules, link_type=link_type, unduplicated=unduplicated)
    made = {(left, right): rule for left, right, rule in streamed(index)}
    assert len(made) == len(streamed(index))
    pairs = np.array(list(combinations(range(len(records)), 2)), np.int32).reshape(-1, 2)
    left, right = pairs[:, 0].copy(), pairs[:, 1].copy()
    expected = [made.get((a, b), -1) for a, b in pairs.tolist()]
    assert index.rule_of(left, right).tolist() == expected
    assert index.rule_of(right, left).tolist() == expected


@settings(deadline=None, max_examples=60)
@given(rows=RECORDS, rules=RULES, link_type=LINK_TYPES, unduplicated=st.sampled_from([[], ["iva"], ["iva", "ivd"]]))
def test_only_sources_that_may_link_pair(rows, rules, link_type, unduplicated):
    """Link type and unduplicated sources leave out pairs and nothing else, and the price follows."""
    records = encode(frame_of(rows), COLUMNS)
    every = streamed(index_pairs(records, rules))
    index = index_pairs(records, rules, link_type=link_type, unduplicated=unduplicated)

    def may_pair(a, b):
        one, other = records.sources[records.source[a]], records.sources[records.source[b]]
        wanted = {"link_and_dedupe": True, "link_only": one != other, "dedupe_only": one == other}[link_type]
        return wanted and not (one == other and one in unduplicated)

    kept = [pair for pair in every if may_pair(*pair[:2])]
    assert streamed(index) == kept
    price = count_rule_pairs(index)
    assert price["new_pairs"].sum() == len(kept)
    options = {"link_type": link_type, "unduplicated": unduplicated}
    alone = [len(streamed(index_pairs(records, [rule], **options))) for rule in rules]
    assert price["pairs"].tolist() == alone


@settings(deadline=None, max_examples=60)
@given(rows=RECORDS, rules=RULES, step=st.integers(1, 5), chunk=st.integers(1, 50))
def test_a_sample_holds_the_pairs_of_every_so_many_leaders(rows, rules, step, chunk):
    """With a step, only records whose position is a multiple of it lead pairs: a part of all pairs, each once."""
    index = index_pairs(encode(frame_of(rows), COLUMNS), rules)
    sampled = [
        (int(a), int(b)) for span in index.spans(chunk) for a, b in zip(*index.pairs(span, step=step), strict=True)
    ]
    every = [pair[:2] for pair in streamed(index)]
    assert set(sampled) <= set(every)
    assert len(set(sampled)) == len(sampled)
    assert all(a % step == 0 or b % step == 0 for a, b in sampled)
    assert step > 1 or sampled == every


def blocks_of_size(*sizes):
    """Records whose last name says the block; first names are all different."""
    names = [f"NAME{block}" for block, size in enumerate(sizes) for _ in range(size)]
    ids = [str(n) for n in range(len(names))]
    frame = pd.DataFrame({"source": "iva", "record_id": ids, "last_name": names, "first_name": ids})
    return encode(frame, ["last_name", "first_name"])


def test_blocks_over_the_limit_are_reported():
    """The price says how many blocks were split, and how large the largest still is where no key splits it."""
    records = blocks_of_size(2, 5, 9, 1)
    rules = [BlockingRule("last_name", largest=4), BlockingRule("last_name", largest=4, split_by=["first_name"])]
    price = count_rule_pairs(index_pairs(records, rules)).set_index(pd.Index(["neighbors", "split"]))
    assert price["blocks_split"].tolist() == [2, 2]
    assert price.loc["neighbors", "largest_block"] == 9
    assert price.loc["split", "largest_block"] == 2
    assert price.loc["split", "pairs"] == 1  # five and nine people of different first names are left without a partner
    assert price.loc["neighbors", "pairs"] == 1 + (4 + 3) + (8 + 7)


@settings(deadline=None, max_examples=60)
@given(rows=RECORDS, largest=st.integers(2, 5))
def test_splitting_loses_no_pair_of_a_block_within_the_limit(rows, largest):
    """Pairs of small blocks all stay; a split block keeps those that agree on the further keys, or are neighbors."""
    frame = frame_of(rows)
    records = encode(frame, COLUMNS)
    whole, split = BlockingRule("zip"), BlockingRule("zip", largest=largest, split_by=["last_name"])
    zips = [frame["zip"][row] for row in records.row]
    names = [frame["last_name"][row] for row in records.row]
    before = {pair[:2] for pair in streamed(index_pairs(records, [whole]))}
    after = {pair[:2] for pair in streamed(index_pairs(records, [split]))}
    assert after <= before
    small = {pair for pair in before if zips.count(zips[pair[0]]) <= largest}
    parts = list(zip(zips, names, strict=True))
    agreeing = {(a, b) for a, b in before if parts[a] == parts[b] and parts.count(parts[a]) <= largest}
    assert small | agreeing <= after
    linked = {position for pair in after - small - agreeing for position in pair}
    crowded = {position for a, b in before for position in (a, b) if parts.count(parts[position]) > largest}
    assert linked == {p for p in crowded if zips.count(zips[p]) > largest}


def test_ten_thousand_records_with_one_birth_date_stay_payable():
    """A block of all records is split and met by neighborhoods: pairs grow with the records, not with their square."""
    n = 10_000
    frame = pd.DataFrame({"source": "iva", "record_id": [str(i) for i in range(n)], "birth_date": "1990-01-01"})
    index = index_pairs(encode(frame, ["birth_date"]), [BlockingRule("birth_date", largest=50)])
    price = count_rule_pairs(index).iloc[0]
    assert price["blocks_split"] == 1
    assert price["largest_block"] == n
    assert 0 < price["pairs"] <= 25 * n


@pytest.mark.parametrize("n_records", [0, 1])
def test_few_records_make_no_pair(n_records):
    """No record, or one, makes no pair by any rule."""
    frame = frame_of([("iva", "RUIZ", "1985-03-12", "62701", "ANA")] * n_records)
    rules = [BlockingRule("zip", largest=2), SortedNeighborhood("zip"), MinHash("zip")]
    index = index_pairs(encode(frame, COLUMNS), rules)
    assert streamed(index) == []
    assert count_rule_pairs(index)["pairs"].tolist() == [0, 0, 0]


def test_keys_of_many_values_do_not_run_together():
    """Keys whose combinations are more than a 64-bit number holds are told apart."""
    n = 300
    draws = np.random.default_rng(0)
    names = [f"c{i}" for i in range(9)]  # 300 values each: 300**9 is above 2**62
    table = {name: [str(v) for v in draws.permutation(n)] for name in names}
    frame = pd.DataFrame({"source": "iva", "record_id": [str(i) for i in range(n)], **table})
    twins = frame.iloc[:20].assign(source="ivd")
    almost = frame.iloc[20:40].assign(source="ivd", c8=frame["c8"].iloc[40:60].to_numpy())
    records = encode(pd.concat([frame, twins, almost], ignore_index=True), names)
    index = index_pairs(records, [BlockingRule(*names)])
    rows = {tuple(sorted((records.row[a], records.row[b]))) for a, b, _ in streamed(index)}
    assert rows == {(i, n + i) for i in range(20)}


def test_shared_keys_name_the_ways_in_which_pairs_met():
    """Pairs of a split block share the rule's keys and those that split it; each depth is a way of its own."""
    records = blocks_of_size(2, 9)
    plain, split = BlockingRule("last_name"), BlockingRule("last_name", largest=3, split_by=["first_name.initial"])
    index = index_pairs(records, [plain, split])
    assert index.shared_keys() == [
        (0, ("last_name",)),
        (1, ("last_name",)),
        (1, ("last_name", "first_name.initial")),
    ]
