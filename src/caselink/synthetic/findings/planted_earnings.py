"""Planting findings of group E: work that employers report and IV-A was not told of, and reports far too late."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Texts
from caselink.synthetic.findings.leads import LOOK_ALIKE, PLANTED, Part, lead_table
from caselink.synthetic.findings.sites import Site
from caselink.synthetic.findings.true_earnings import MONTHS_TO_TELL, NO_JOB, STALE_MONTHS, job_beliefs

MOST_MONTHS_LATE = 3
"""Months beyond six by which a stale report is late."""
LEAST_WAGES, MOST_WAGES = 900, 6_500
"""Dollars in a quarter."""


def plant_earnings(site: Site) -> Iterable[pd.DataFrame]:
    """Everything of group E."""
    return [_new_hire(site), _wages(site), _stale_hire(site)]


def _silent_adults(site: Site, months: int) -> pd.DataFrame:
    """One row a person and a month ``first`` from which on, for so many months, there is an adult without a job."""
    belief, unit = job_beliefs(site.changes["iva"], site.history.n_people, site.history.calendar)
    if site.n_months < months:
        return pd.DataFrame({"first": [], "person": [], "case": [], "head": []}).astype(np.int64)
    quiet = np.stack([belief[k : site.n_months - months + 1 + k] == NO_JOB for k in range(months)]).all(axis=0)
    first, person = np.nonzero(quiet)
    case = unit[first + months - 1, person].astype(np.int64)
    heads = site.changes["iva"].cases.set_index("case")["head"]
    return pd.DataFrame({"first": first, "person": person, "case": case, "head": heads.reindex(case).to_numpy()})


def _one_each(site: Site, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """One row a person, at random."""
    mixed = rows.take(site.rng(f"{name}: months").permutation(len(rows)))
    return mixed.drop_duplicates("person").sort_values("person").reset_index(drop=True)


def _report(site: Site, chosen: pd.DataFrame, kind: str, **details: Texts) -> None:
    """Reports on persons that come in in month ``entered``."""
    reports = site.changes["employment"]
    same_kind = np.flatnonzero((reports.details["report_type"] == kind).to_numpy())
    like = same_kind[site.rng(f"{kind}: employers").integers(0, len(same_kind), len(chosen))]
    rows = pd.DataFrame({"person": chosen["person"], "case": -1, "role": kind, "status": "reported", "like": like})
    rows = rows.assign(first_month=chosen["entered"], last_month=chosen["entered"], **details)
    site.changes.add_records("employment", rows)


def _dates(site: Site, month: Ints, day: Ints) -> Texts:
    days = (site.history.calendar.months()[0] + month).astype("datetime64[D]") + (day - 1)
    texts: Texts = days.astype("U10").astype(object)
    return texts


def _has_reports(site: Site, kind: str) -> bool:
    return bool((site.changes["employment"].details["report_type"] == kind).any())


def _leads(finding: str, chosen: pd.DataFrame, first: Ints, last: Ints, look_alike: str | None = None) -> pd.DataFrame:
    parts = [
        Part("recipient", "iva", chosen["person"], chosen["case"]),
        Part("employee", "employment", chosen["person"]),
    ]
    kind = LOOK_ALIKE if look_alike else PLANTED
    return lead_table(finding, (first, last), parts, kind=kind, look_alike=look_alike)


def _new_hire(site: Site) -> pd.DataFrame:
    """E01: a new hire that IV-A does not hear of, two months later."""
    rows = _one_each(site, "E01", _silent_adults(site, MONTHS_TO_TELL + 1))
    chosen = site.pick("E01", rows if _has_reports(site, "W4") else rows.iloc[:0], ["person", "head"])
    hired = chosen["first"].to_numpy(np.int64)
    late = site.rng("E01: reported").random(len(chosen)) < 0.3
    chosen["entered"] = np.minimum(hired + late, site.n_months - 1)
    day = site.rng("E01: days").integers(1, 29, len(chosen))
    _report(site, chosen, "W4", report_date=_dates(site, hired, day))
    return _leads("E01", chosen, hired, hired + MONTHS_TO_TELL)


def _stale_hire(site: Site) -> pd.DataFrame:
    """Looks like E01: the hire was more than six months before its report came in, and is dropped."""
    name = "E01: stale hire"
    rows = _one_each(site, name, _silent_adults(site, 1))
    chosen = site.pick(name, rows if _has_reports(site, "W4") else rows.iloc[:0], ["person", "head"])
    chosen["entered"] = chosen["first"]
    ago = STALE_MONTHS + site.rng(f"{name}: months late").integers(1, MOST_MONTHS_LATE + 1, len(chosen))
    hired = chosen["entered"].to_numpy(np.int64) - ago
    day = site.rng(f"{name}: days").integers(1, 29, len(chosen))
    _report(site, chosen, "W4", report_date=_dates(site, hired, day))
    due = np.minimum(chosen["entered"] + MONTHS_TO_TELL, site.n_months - 1)
    return _leads("E01", chosen, hired, due, "stale hire")


def _wages(site: Site) -> pd.DataFrame:
    """E02: wages of a quarter in all months of which IV-A knew of no job."""
    rows = _silent_adults(site, 3)
    first_month = int(site.history.calendar.months()[0].astype(np.int64))
    end = rows["first"].to_numpy(np.int64) + 2
    rows = _one_each(site, "E02", rows[((first_month + end) % 3 == 2) & (end + 1 < site.n_months)])
    chosen = site.pick("E02", rows if _has_reports(site, "QW") else rows.iloc[:0], ["person", "head"])
    end = chosen["first"].to_numpy(np.int64) + 2
    chosen["entered"] = np.minimum(end + site.rng("E02: reported").integers(1, 4, len(chosen)), site.n_months - 1)
    month = first_month + end
    quarter = ((1970 + month // 12).astype("U4") + np.array("Q") + (month % 12 // 3 + 1).astype("U1")).astype(object)
    wages = site.rng("E02: wages").integers(LEAST_WAGES, MOST_WAGES, len(chosen)).astype("U9").astype(object)
    last_days = (site.history.calendar.months()[0] + end + 1).astype("datetime64[D]") - 1
    _report(site, chosen, "QW", report_date=last_days.astype("U10").astype(object), quarter=quarter, wages=wages)
    return _leads("E02", chosen, end - 2, end)
