"""Protection as data: who must not be found, and how that spreads over a person, a household and a case.

A record says *yes*, *no*, or nothing (*unknown*). A person is protected if one record says so; free if one says no and
none says yes; otherwise unknown. Then it spreads: whoever ever shared a household or a case with somebody protected is
treated as protected, and so for unknown. Each step takes the worse of what is there, so that nothing that is added can
free anybody.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.encoding import EncodedRecords, encode, encode_column
from caselink.schema import NOT_PROTECTED

Ints = npt.NDArray[np.int64]
Status = npt.NDArray[np.int8]
NO, UNKNOWN, YES = 0, 1, 2
STATUS_NAMES = ("no", "unknown", "yes")


def record_status(records: pd.DataFrame, encoded: EncodedRecords | None = None) -> tuple[EncodedRecords, Status]:
    """What each record says, in canonical order; without a column ``protected`` nothing is known of anybody.

    Only a clear no is a no, and anything else that stands there a yes. ``encoded`` are the records, if known already.

    >>> told = pd.DataFrame({"source": "iva", "record_id": ["1", "2", "3"], "protected": ["N", None, "?"]})
    >>> encoded, status = record_status(told)
    >>> dict(zip((encoded.row + 1).tolist(), (STATUS_NAMES[s] for s in status))) == {1: "no", 2: "unknown", 3: "yes"}
    True
    """
    there = "protected" in records
    encoded = encoded or encode(records, [])
    status = np.full(len(encoded), UNKNOWN, np.int8)
    if there:
        column = encode_column(records["protected"], "protected")
        said = [NO if text.strip().upper() in NOT_PROTECTED else YES for text in column.values.to_pylist()]  # noqa: PD011
        said = [one if text.strip() else UNKNOWN for one, text in zip(said, column.values.to_pylist(), strict=True)]  # noqa: PD011
        status = np.array([*said, UNKNOWN], np.int8)[column.codes[encoded.row]]
    return encoded, status


def person_status(status: Status, person: Ints) -> Status:
    """The status of each person, from those of the records.

    >>> person_status(np.array([NO, UNKNOWN, UNKNOWN, NO, YES], np.int8), np.array([0, 0, 1, 2, 2])).tolist()
    [0, 1, 2]
    """
    n_people = int(person.max(initial=-1)) + 1
    found = np.full(n_people, UNKNOWN, np.int8)
    found[person[status == NO]] = NO
    found[person[status == YES]] = YES
    return found


def spread(status: Status, groups: Iterable[tuple[Ints, Ints]]) -> Status:
    """The status of each person with that of whoever shares a group: ``groups`` are members and their group's number.

    One step from those who are protected themselves: of a protected mother's children everything is withheld, and of
    the other people in a case of theirs only if she is in it.

    >>> case = np.array([0, 1]), np.array([7, 7])
    >>> spread(np.array([YES, NO, NO], np.int8), [case]).tolist()
    [2, 2, 0]
    """
    worst = status.copy()
    for member, group in groups:
        if len(member):
            place, numbers = pd.factorize(group)
            most = np.zeros(len(numbers), np.int8)
            np.maximum.at(most, place, status[member])
            np.maximum.at(worst, member, most[place])
    return worst
