"""Loops over rosters: what the other members of two records' rosters say, and which members are left over."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.compiled import kernel, step
from caselink.identity.joint_rosters import RosterBook

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]
Bool = npt.NDArray[np.bool_]
COLUMNS = ("known", "together", "rival", "could_share", "shared", "by_case", "one_case")
_MOST = 8  # shared persons that are told apart; more are not counted
_KNOWN, _TOGETHER, _RIVAL, _COULD, _SHARED, _BY_CASE, _ONE_CASE = range(7)


@kernel
def look_at_rosters(book: RosterBook, person: Int32, left: Int32, right: Int32) -> UInt8:
    """One row a pair: whether both have a roster, one together, a rival; how many they could share, and do share.

    And whether both have a roster of a case, and two of one case, at two times.

    A *rival* of a pair stands beside one of the two, in another row, and is the other's person. They share the
    persons who stand beside both and are neither of them. ``person`` is each record's own position where it is
    tied to nobody.
    """
    out = np.zeros((len(left), 7), np.uint8)
    seen = np.empty(_MOST, np.int32)
    for pair in range(len(left)):
        a, b, row, n_seen = left[pair], right[pair], out[pair], 0
        for i in range(book.of_begins[a], book.of_begins[a + 1]):
            for j in range(book.of_begins[b], book.of_begins[b + 1]):
                one, other = book.of[i], book.of[j]
                row[_KNOWN] = 1
                row[_BY_CASE] |= book.case[one] >= 0 and book.case[other] >= 0
                row[_COULD] = max(row[_COULD], min(book.size[one], book.size[other]) - 1)
                if one == other:
                    row[_TOGETHER] = 1
                    continue
                row[_ONE_CASE] |= book.case[one] >= 0 and book.case[one] == book.case[other]
                row[_RIVAL] |= _stands_beside(book, person, one, a, person[b])
                row[_RIVAL] |= _stands_beside(book, person, other, b, person[a])
                n_seen = _count_shared(book, person, (one, other), (a, b), seen, n_seen)
        row[_SHARED] = n_seen
    return out


@step
def _stands_beside(book, person, roster, record, wanted):  # type: ignore[no-untyped-def]
    """Whether another member of the record's roster is the wanted person."""
    for k in range(book.begins[roster], book.begins[roster + 1]):
        member = book.members[k]
        if person[member] == wanted and book.row[member] != book.row[record]:
            return np.uint8(1)
    return np.uint8(0)


@step
def _count_shared(book, person, rosters, pair, seen, n_seen):  # type: ignore[no-untyped-def]
    """How many persons are shared, with those ``seen`` in rosters looked at before."""
    a, b = pair
    for k in range(book.begins[rosters[1]], book.begins[rosters[1] + 1]):
        member = book.members[k]
        shared = person[member]
        if shared == person[a] or shared == person[b] or book.row[member] == book.row[b]:
            continue
        if _stands_beside(book, person, rosters[0], a, shared):
            known = False
            for s in range(n_seen):
                known |= seen[s] == shared
            if not known and n_seen < len(seen):
                seen[n_seen] = shared
                n_seen += 1
    return n_seen


@kernel
def stand_together(of_begins: Int64, of: Int32, left: Int32, right: Int32) -> Bool:
    """Which pairs of records share a roster; ``of`` has each record's rosters in rising order."""
    together = np.zeros(len(left), np.bool_)
    for pair in range(len(left)):
        i, j = of_begins[left[pair]], of_begins[right[pair]]
        while i < of_begins[left[pair] + 1] and j < of_begins[right[pair] + 1] and not together[pair]:
            together[pair] = of[i] == of[j]
            if of[i] < of[j]:
                i += 1
            else:
                j += 1
    return together


@kernel
def list_meetings(book: RosterBook, by_person: Int32, person_begins: Int64, most_records: int) -> tuple[Int32, Int32]:
    """Two rosters for every two records of one person that stand in them; the same two may come several times.

    ``by_person`` holds the records in runs of one person each, of which the first ``most_records`` are looked at.
    """
    one, other = np.empty(0, np.int32), np.empty(0, np.int32)
    for write in (False, True):
        count = 0
        for p in range(len(person_begins) - 1):
            last = min(person_begins[p + 1], person_begins[p] + most_records)
            for s in range(person_begins[p], last):
                for t in range(s + 1, last):
                    for i in range(book.of_begins[by_person[s]], book.of_begins[by_person[s] + 1]):
                        for j in range(book.of_begins[by_person[t]], book.of_begins[by_person[t] + 1]):
                            if book.of[i] != book.of[j]:
                                if write:
                                    one[count] = min(book.of[i], book.of[j])
                                    other[count] = max(book.of[i], book.of[j])
                                count += 1
        if not write:
            one, other = np.empty(count, np.int32), np.empty(count, np.int32)
    return one, other


@kernel
def list_leftover(book: RosterBook, person: Int32, one: Int32, other: Int32) -> tuple[Int32, Int32]:
    """Members of two rosters of whom neither stands in the other's as anybody; a pair may come several times."""
    left, right = np.empty(0, np.int32), np.empty(0, np.int32)
    for write in (False, True):
        count = 0
        for pair in range(len(one)):
            for k in range(book.begins[one[pair]], book.begins[one[pair] + 1]):
                a = book.members[k]
                if _stands_in(book, person, other[pair], person[a]):
                    continue
                for h in range(book.begins[other[pair]], book.begins[other[pair] + 1]):
                    b = book.members[h]
                    if a != b and not _stands_in(book, person, one[pair], person[b]):
                        if write:
                            left[count], right[count] = min(a, b), max(a, b)
                        count += 1
        if not write:
            left, right = np.empty(count, np.int32), np.empty(count, np.int32)
    return left, right


@step
def _stands_in(book, person, roster, wanted):  # type: ignore[no-untyped-def]
    for k in range(book.begins[roster], book.begins[roster + 1]):
        if person[book.members[k]] == wanted:
            return True
    return False
