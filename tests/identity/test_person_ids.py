"""Person ids say which records are one person, and depend on the records alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.identity import assign_person_ids, number_persons, spell_person_numbers

HASHES = st.integers(0, 2**64 - 1)


@st.composite
def clustered(draw, *, hashes=HASHES, unique: bool = False):
    """Labels (the smallest position of each cluster) and a hash for every record."""
    n = draw(st.integers(1, 20))
    cluster = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    labels = np.array([cluster.index(c) for c in cluster], np.int32)
    return labels, np.array(draw(st.lists(hashes, min_size=n, max_size=n, unique=unique)), np.uint64)


@settings(deadline=None)
@given(case=clustered() | clustered(hashes=st.integers(0, 6)) | clustered(hashes=st.integers(2**64 - 4, 2**64 - 1)))
def test_two_records_share_an_id_when_they_share_a_cluster(case):
    """Ids are equal inside a cluster and differ between clusters, even where hashes collide."""
    labels, hashes = case
    ids = np.array(assign_person_ids(labels, hashes).tolist())
    assert ((ids[:, None] == ids) == (labels[:, None] == labels)).all()


@settings(deadline=None)
@given(case=clustered(hashes=st.integers(0, 2**54).map(lambda h: h * 1000), unique=True), seed=st.integers(0, 99))
def test_ids_do_not_depend_on_the_order_of_records(case, seed):
    """The same clusters in another order of records have the same ids."""
    labels, hashes = case
    order = np.random.default_rng(seed).permutation(len(labels))
    moved = labels[order]
    renamed = np.array([np.flatnonzero(moved == label)[0] for label in moved], np.int32)
    assert (
        assign_person_ids(renamed, hashes[order]).tolist()
        == np.array(assign_person_ids(labels, hashes).tolist())[order].tolist()
    )


@given(numbers=st.lists(HASHES, min_size=1, max_size=9))
def test_spelling_keeps_every_number(numbers):
    """The digits are the number in base 32, in order of size, without letters that look like digits."""
    texts = spell_person_numbers(np.array(numbers, np.uint64)).tolist()
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for number, text in zip(numbers, texts, strict=True):
        assert text[0] == "P"
        assert len(text) == 14
        assert sum(digits.index(c) * 32**k for k, c in enumerate(reversed(text[1:]))) == number
    assert sorted(texts) == spell_person_numbers(np.sort(np.array(numbers, np.uint64))).tolist()


def test_no_records_have_no_ids():
    """An empty table is fine."""
    assert number_persons(np.empty(0, np.int32), np.empty(0, np.uint64)).tolist() == []
