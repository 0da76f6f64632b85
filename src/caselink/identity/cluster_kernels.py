"""Components, the order of their members and links, and what is missing in them: linear passes over all links.

A *node* is a record of one of the components looked at, numbered by component and, within it, by position; so a
component is a run of nodes, and sorted links of a component are a run of links.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.compiled import kernel, step

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


@kernel
def connect(labels: Int32, left: Int32, right: Int32, joins: Bool) -> None:
    """Join records by the links that ``joins`` picks; ``labels`` points to a smaller record of the component or itself.

    Start with every record its own label; call again to join by more links; :func:`settle` ends it.
    """
    for k in range(len(left)):
        if joins[k]:
            a, b = _root(labels, left[k]), _root(labels, right[k])
            if a < b:
                labels[b] = a
            elif b < a:
                labels[a] = b


@kernel
def settle(labels: Int32) -> None:
    """Make every label the smallest position of its component."""
    for record in range(len(labels)):
        labels[record] = labels[labels[record]]  # the smaller one is settled already


@step
def _root(labels: Int32, record: int) -> int:
    while labels[record] != record:
        labels[record] = labels[labels[record]]
        record = labels[record]
    return record


@kernel
def number_members(labels: Int32, wanted: Bool, sizes: Int64) -> tuple[Int32, Int32, Int64]:
    """Number the records of the components whose label is ``wanted``.

    Gives the node of every record (-1 in other components), the record of every node, and where each component's
    nodes begin (with their end as the last entry). ``sizes`` has the size of each label's component.
    """
    n_records, n_components, n_nodes = len(labels), 0, 0
    begin_of = np.empty(n_records, np.int32)
    for label in range(n_records):
        if wanted[label]:
            begin_of[label] = n_nodes
            n_nodes += sizes[label]
            n_components += 1
    node_of, record_of = np.empty(n_records, np.int32), np.empty(n_nodes, np.int32)
    begins = np.empty(n_components + 1, np.int64)
    component = 0
    for record in range(n_records):
        label = labels[record]
        node_of[record] = -1
        if wanted[label]:
            if record == label:
                begins[component] = begin_of[label]
                component += 1
            node = begin_of[label]
            node_of[record], record_of[node] = node, record
            begin_of[label] = node + 1
    begins[n_components] = n_nodes
    return node_of, record_of, begins


@kernel
def stable_order(keys: Int32, before: Int64, n_keys: int) -> Int64:
    """Places of ``keys`` in rising order of the key, and for equal keys in the order ``before``."""
    place = np.zeros(n_keys + 1, np.int64)
    for key in keys:
        place[key + 1] += 1
    for key in range(n_keys):
        place[key + 1] += place[key]
    order = np.empty(len(keys), np.int64)
    for k in before:
        order[place[keys[k]]] = k
        place[keys[k]] += 1
    return order


@kernel
def list_missing(begins: Int64, link_begins: Int64, low: Int32, high: Int32) -> tuple[Int32, Int32]:
    """All pairs of nodes of one component that are not among its links, which are sorted and without doubles."""
    n_missing = 0
    for component in range(len(begins) - 1):
        size = begins[component + 1] - begins[component]
        n_missing += size * (size - 1) // 2 - (link_begins[component + 1] - link_begins[component])
    first, second = np.empty(n_missing, np.int32), np.empty(n_missing, np.int32)
    k, filled = 0, 0
    for component in range(len(begins) - 1):
        end = begins[component + 1]
        for a in range(begins[component], end):
            for b in range(a + 1, end):
                if k < len(low) and low[k] == a and high[k] == b:
                    k += 1
                else:
                    first[filled], second[filled] = a, b
                    filled += 1
    return first, second


@kernel
def keep_must_links(n_records: int, left: Int32, right: Int32, apart_left: Int32, apart_right: Int32) -> Bool:
    """Which must-links, taken one after the other, put no cannot-linked records into one cluster."""
    begin = np.zeros(n_records + 2, np.int64)  # the cannot-links of each record, as runs of `partner`
    for k in range(len(apart_left)):
        begin[apart_left[k] + 2] += 1
        begin[apart_right[k] + 2] += 1
    for record in range(n_records + 1):
        begin[record + 1] += begin[record]
    partner = np.empty(2 * len(apart_left), np.int32)
    for k in range(len(apart_left)):
        for record, other in ((apart_left[k], apart_right[k]), (apart_right[k], apart_left[k])):
            partner[begin[record + 1]] = other
            begin[record + 1] += 1
    labels, member, size = np.empty(n_records, np.int32), np.empty(n_records, np.int32), np.empty(n_records, np.int32)
    for record in range(n_records):
        labels[record], member[record], size[record] = record, record, 1
    kept = np.zeros(len(left), np.bool_)
    for k in range(len(left)):
        a, b = _root(labels, left[k]), _root(labels, right[k])
        if size[a] > size[b]:
            a, b = b, a
        if a != b and _kept_apart(labels, member, begin, partner, a, b):
            continue
        kept[k] = True
        if a != b:
            labels[a] = b
            size[b] += size[a]
            member[a], member[b] = member[b], member[a]
    return kept


@step
def _kept_apart(labels: Int32, member: Int32, begin: Int64, partner: Int32, a: int, b: int) -> bool:
    """Whether a cannot-link ties a record of cluster ``a`` to one of cluster ``b``; ``member`` goes round a cluster."""
    record = a
    while True:
        for k in range(begin[record], begin[record + 1]):
            if _root(labels, partner[k]) == b:
                return True
        record = member[record]
        if record == a:
            return False
