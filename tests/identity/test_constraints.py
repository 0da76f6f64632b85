"""Constraints are read as they are meant."""

from __future__ import annotations

import numpy as np

from caselink.identity import refused_must_links, source_groups


def test_source_groups_do_not_depend_on_the_order_of_names():
    """The same names in another order, or twice, give the same groups; a source that is not there changes nothing."""
    source = np.array(["b", "a", "c", "a"], object)
    assert source_groups(source, ["a", "b"]).tolist() == source_groups(source, ("b", "a", "b")).tolist()
    assert source_groups(source, ["zzz"]).tolist() == [-1, -1, -1, -1]


def test_a_long_chain_of_must_links_comes_back():
    """Two hundred thousand must-links one after the other are judged quickly, and only the last is refused."""
    n = 200_000
    chain = np.arange(n - 1, dtype=np.int32), np.arange(1, n, dtype=np.int32)
    refused = refused_must_links(n, chain, (np.array([0]), np.array([n - 1])))
    assert np.flatnonzero(refused).tolist() == [n - 2]
