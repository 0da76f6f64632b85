import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.identity.joint_kernels import COLUMNS, look_at_rosters, stand_together
from caselink.identity.joint_rosters import RosterBook, RosterMembers, leftover_pairs

N = 9
CASES = np.array([0, 1, 1, -1, -1])  # of each group; the last is that of no group


@st.composite
def rosters_and_persons(draw):
    """A few memberships, the person of each record, and which rows are one row twice."""
    n_rows = draw(st.integers(0, 14))
    record = draw(st.lists(st.integers(0, N - 1), min_size=n_rows, max_size=n_rows))
    group = draw(st.lists(st.integers(-1, 3), min_size=n_rows, max_size=n_rows))
    person = first_places(draw(st.lists(st.integers(0, 4), min_size=N, max_size=N)))
    doubles = draw(st.lists(st.tuples(st.integers(0, N - 2), st.integers(1, N - 1)).map(sorted), max_size=3))
    doubles = [(a, b) for a, b in doubles if a != b]
    return np.array(record, int), np.array(group, int), person, doubles


def first_places(labels):
    """Each label as the position where it comes first."""
    return np.array([labels.index(label) for label in labels], np.int32)


def make_book(record, group, doubles=()):
    """The kernel's view of the rosters."""
    pairs = np.array(doubles, np.int32).reshape(-1, 2)
    return RosterMembers.of_groups(N, record, group, CASES[group]).book(pairs[:, 0], pairs[:, 1])


def rosters_of(book: RosterBook, record: int) -> list[set[int]]:
    """The members of each of the record's rosters."""
    return [set(book.members[book.begins[r] : book.begins[r + 1]].tolist()) for r in places_of(book, record)]


def places_of(book: RosterBook, record: int) -> list[int]:
    """The record's rosters."""
    return book.of[book.of_begins[record] : book.of_begins[record + 1]].tolist()


def look_slowly(book: RosterBook, person, a: int, b: int) -> list[int]:
    """What ``look_at_rosters`` says of one pair, with sets."""
    known = together = rival = could = 0
    shared: set[int] = set()
    for ours in rosters_of(book, a):
        for theirs in rosters_of(book, b):
            known = 1
            could = max(could, min(len({book.row[x] for x in roster}) for roster in (ours, theirs)) - 1)
            if ours == theirs and a in theirs:
                together = 1
                continue
            beside_a = {person[x] for x in ours if book.row[x] != book.row[a]}
            beside_b = {person[y] for y in theirs if book.row[y] != book.row[b]}
            rival |= int(person[b] in beside_a or person[a] in beside_b)
            shared |= (beside_a & beside_b) - {person[a], person[b]}
    ours, theirs = (book.case[places_of(book, record)] for record in (a, b))
    by_case = (ours >= 0).any() and (theirs >= 0).any()
    meet = [(one, other) for one in places_of(book, a) for other in places_of(book, b) if one != other]
    one_case = any(book.case[one] == book.case[other] >= 0 for one, other in meet)
    return [known, together, rival, could, len(shared), int(by_case), int(one_case)]


@settings(deadline=None)  # the first example compiles
@given(rosters_and_persons(), st.permutations(range(N)))
def test_the_kernel_says_what_sets_say(drawn, order):
    """All columns are those of a plain look with sets, for every pair."""
    record, group, person, doubles = drawn
    distinct = {group: frozenset(record[np.array(drawn[1]) == group].tolist()) for group in set(group.tolist())}
    if len(set(distinct.values())) < len(distinct):
        return  # the slow twin tells rosters apart by their members
    book = make_book(record, group, doubles)
    left, right = np.array([(a, b) for a in order for b in range(N) if a < b], np.int32).T.copy()
    found = look_at_rosters(book, person, left, right)
    assert found.shape[1] == len(COLUMNS)
    assert found.tolist() == [look_slowly(book, person, a, b) for a, b in zip(left, right, strict=True)]


@settings(deadline=None)  # the first example compiles
@given(rosters_and_persons())
def test_looking_from_the_other_side_is_the_same(drawn):
    """A pair and its mirror image have the same row."""
    record, group, person, doubles = drawn
    book = make_book(record, group, doubles)
    left, right = (side.astype(np.int32) for side in np.triu_indices(N, 1))
    ours, mirrored = look_at_rosters(book, person, left, right), look_at_rosters(book, person, right, left)
    assert ours.tolist() == mirrored.tolist()


@settings(deadline=None)  # the first example compiles
@given(rosters_and_persons())
def test_left_over_are_those_who_stand_in_the_other_roster_as_nobody(drawn):
    """Pairs left over come from two rosters that share a person, each pair once, neither one being in the other's."""
    record, group, person, doubles = drawn
    book = make_book(record, group, doubles)
    left, right = leftover_pairs(book, person)
    found = list(zip(left.tolist(), right.tolist(), strict=True))
    expected = set()
    for one in range(len(book.begins) - 1):
        for other in range(len(book.begins) - 1):
            ours, theirs = (book.members[book.begins[r] : book.begins[r + 1]].tolist() for r in (one, other))
            here, there = {person[a] for a in ours}, {person[b] for b in theirs}
            tied = any(person[x] == person[y] and x != y for x in ours for y in theirs)
            if one != other and tied:
                left_here, left_there = ([x for x in ours if person[x] not in there], theirs)
                pairs = {(min(a, b), max(a, b)) for a in left_here for b in left_there if person[b] not in here}
                expected |= {(a, b) for a, b in pairs if a != b}
    assert found == sorted(expected)


@settings(deadline=None)  # the first example compiles
@given(rosters_and_persons(), st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=3))
def test_who_is_left_over_anew_is_found_from_the_joined_alone(drawn, joins):
    """Asked again after persons were joined, what was not found before is found, and nothing that is not there."""
    record, group, before, doubles = drawn
    book, labels = make_book(record, group, doubles), before.tolist()
    for a, b in joins:
        labels = [min(labels[a], labels[b]) if label in (labels[a], labels[b]) else label for label in labels]
    person = np.array(labels, np.int32)
    old, every, anew = (
        set(zip(*(side.tolist() for side in pairs), strict=True))
        for pairs in (
            leftover_pairs(book, before),
            leftover_pairs(book, person),
            leftover_pairs(book, person, before),
        )
    )
    assert every - old <= anew <= every


def test_a_roster_with_too_many_members_is_counted_and_says_nothing():
    """Everybody at one shelter is nobody's family."""
    rosters = RosterMembers.of_groups(N, np.arange(N), np.array([0] * 6 + [1] * 3), largest=5)
    assert (rosters.n_too_large, len(rosters), rosters.record.tolist()) == (1, 1, [6, 7, 8])


def test_no_rosters_at_all():
    """Without a membership nothing is known and nobody is left over."""
    book = make_book(np.zeros(0, int), np.zeros(0, int))
    person = np.arange(N, dtype=np.int32)
    assert not look_at_rosters(book, person, np.array([0], np.int32), np.array([1], np.int32)).any()
    assert len(leftover_pairs(book, person)[0]) == 0


@settings(deadline=None)  # the first example compiles
@given(rosters_and_persons())
def test_who_stands_together(drawn):
    """Two records stand together if one roster holds both."""
    book = make_book(*drawn[:2])
    left, right = (side.astype(np.int32) for side in np.triu_indices(N, 1))
    found = stand_together(book.of_begins, book.of, left, right).tolist()
    assert found == [bool({*places_of(book, a)} & {*places_of(book, b)}) for a, b in zip(left, right, strict=True)]
