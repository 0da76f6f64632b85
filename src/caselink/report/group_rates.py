"""Whether one group of people is served as well as another: error rates with the truth, rates of findings without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate import scores_by_group
from caselink.evaluate.subgroups import LEAST_ENTITIES
from caselink.report.beside import Beside
from caselink.report.tables import Table, as_percent, make_table

if TYPE_CHECKING:
    from caselink.leads import Findings
    from caselink.result import Result

Ints = npt.NDArray[np.int64]
_MOST_GROUPS = 8
MEASURES = {
    "precision": "links that are right (precision)",
    "recall": "true links that were found (recall)",
    "f1": "both together (F1)",
}
"""Measures of accuracy as people call them."""
ENDS = {"low": "at least", "high": "at most"}
"""The ends of an interval."""


@dataclass(frozen=True, slots=True)
class GroupRates:
    """Tables of rates by group, and how many groups were too small to be shown."""

    tables: tuple[Table, ...]
    small_groups: int


def error_rates(result: Result, beside: Beside) -> GroupRates | None:
    """Error rates and the gaps between the best and the worst group; None without truth and group."""
    if beside.truth is None or beside.group is None:
        return None
    scores = scores_by_group(result.persons, beside.truth, beside.group, replicates=200)
    large = scores.scores[(scores.scores["entities"] >= LEAST_ENTITIES).to_numpy(bool)]
    rates = pd.DataFrame({"group": large.index.astype(str), "people": large["entities"].to_numpy(int)})
    for name, score in (("wrong among links", "precision"), ("missed among true pairs", "recall")):
        ends = zip(large[score], large[f"{score}_high"], large[f"{score}_low"], strict=True)
        rates[name] = [_rate(*(1 - float(end) for end in three)) for three in ends]
    title = beside.group.replace("_", " ")
    table = make_table(f"Error rates of linking by {title}, with 95 % intervals", rates)
    gaps = scores.gaps.rename(index=MEASURES).rename_axis("measure").reset_index().rename(columns=ENDS)
    caption = "Gap between the group that is served best and the one served worst, with 95 % intervals"
    between = make_table(caption, gaps, percent=["gap", *ENDS.values()])
    return GroupRates((table, between), len(scores.scores) - len(large))


def finding_rates(result: Result, beside: Beside, shown: Findings | None, least: int | None) -> GroupRates | None:
    """Which share of each group's people have a finding, by strength and by kind; None without findings and group."""
    told = beside.truth if beside.groups is None else beside.groups
    if shown is None or told is None or beside.group is None:
        return None
    if beside.group not in told:
        raise SpecError(f"there is no column {beside.group!r} to group people by")
    names, of_person = _groups(result, told, beside.group)
    size = np.bincount(of_person[of_person >= 0], minlength=len(names))
    large = np.flatnonzero(size >= LEAST_ENTITIES)
    found = _people_found(result, shown)
    parts = {"any": found, **{f"strength {one}": found[found["strength"] == one] for one in "ABC"}}
    counted = {name: _count(rows["person"].to_numpy(np.int64), of_person, len(names)) for name, rows in parts.items()}
    rates = pd.DataFrame({"group": names[large], "people": size[large]})
    for name, n in counted.items():
        rates[name] = [_share(int(n[k]), int(size[k]), least, interval=True) for k in large]
    title = beside.group.replace("_", " ")
    tables = [make_table(f"People with a finding by {title}, with 95 % intervals", rates)]
    if 1 < len(large) <= _MOST_GROUPS:
        tables.append(_by_kind(found, of_person, (names, size, large), least))
    return GroupRates(tuple(tables), len(names) - len(large))


def _groups(result: Result, told: pd.DataFrame, group: str) -> tuple[npt.NDArray[np.object_], Ints]:
    """The groups' names, and that of each person by number: of most of their records; -1 where none is told."""
    place = result.prepared.records.positions(told["source"].astype("string"), told["record_id"].astype("string"))
    code, names = pd.factorize(told[group].astype(object), sort=True)
    known = (place >= 0) & (code >= 0)
    person, code = result.judged.person[place[known]], code[known].astype(np.int64)
    n_people, n_groups = int(result.judged.person.max(initial=-1)) + 1, max(len(names), 1)
    keys, times = np.unique(person * n_groups + code, return_counts=True)
    order = np.argsort(times, kind="stable")
    of_person = np.full(n_people, -1, np.int64)
    of_person[keys[order] // n_groups] = keys[order] % n_groups
    return np.array([str(name) for name in names], dtype=object), of_person


def _people_found(result: Result, shown: Findings) -> pd.DataFrame:
    """The people of findings by number: ``person, rule, title, strength``."""
    rows = shown.people[["finding_id", "person_id"]].drop_duplicates()
    kinds = shown.table.set_index("finding_id")[["rule", "title", "strength"]]
    ids = result.persons["person_id"].iloc[result.prepared.records.row].drop_duplicates()
    number = pd.Index(ids.astype(object)).get_indexer(rows["person_id"].astype(object))
    told = kinds.reindex(rows["finding_id"]).reset_index(drop=True).assign(person=number)
    people: pd.DataFrame = told[number >= 0]
    return people


def _by_kind(
    found: pd.DataFrame, of_person: Ints, groups: tuple[npt.NDArray[np.object_], Ints, Ints], least: int | None
) -> Table:
    names, size, large = groups
    rows = []
    for (rule, title), part in found.groupby(["rule", "title"], sort=True):
        n = _count(part["person"].to_numpy(np.int64), of_person, len(names))
        rows.append([f"{rule} {title}", *(_share(int(n[k]), int(size[k]), least) for k in large)])
    frame = pd.DataFrame(rows, columns=["kind", *names[large]])
    return make_table("Share of the people with a finding of each kind", frame, most=len(frame))


def _count(person: Ints, of_person: Ints, n_groups: int) -> Ints:
    """How many different people of each group are there."""
    group = of_person[pd.unique(person)]
    return np.bincount(group[group >= 0], minlength=n_groups).astype(np.int64)


def _share(n: int, of: int, least: int | None, *, interval: bool = False) -> str:
    """A share as it may be shown: fewer than ``least`` people are not told apart."""
    if least is not None and 0 < n < least:
        return f"fewer than {least} people"
    share = as_percent(n / max(of, 1))
    return f"{share} ({' to '.join(as_percent(end) for end in wilson(n, of))})" if interval else share


def wilson(n: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927).

    >>> [round(end, 3) for end in wilson(5, 50)]
    [0.043, 0.214]
    """
    z = 1.96
    share, wide = n / max(of, 1), 1 + z * z / max(of, 1)
    middle = share + z * z / (2 * max(of, 1))
    half = z * np.sqrt(share * (1 - share) / max(of, 1) + z * z / (4 * max(of, 1) ** 2))
    return max(float((middle - half) / wide), 0.0), min(float((middle + half) / wide), 1.0)


def _rate(rate: float, low: float, high: float) -> str:
    """A rate with its interval; *none* where there is no pair to count."""
    return "none" if np.isnan(rate) else f"{as_percent(rate)} ({as_percent(low)} to {as_percent(high)})"
