"""What employers report: a new hire soon after the first day of work, wages once a quarter and much later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts, digits, pick
from caselink.synthetic.history import History
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.people.names import draw_surnames
from caselink.synthetic.programs.intake import Draft, texts_where
from caselink.synthetic.programs.spells import spells

DAYS_TO_REPORT_HIRE = 9.0
"""On average; the law gives employers 20 days from the hire (42 USC 653a), and some take longer."""

WAGES_AFTER = (0.0, 0.25, 0.5, 0.2, 0.05)
"""Shares of wage records that come in the month of the quarter's end, one month later, and so on up to four.

Employers report to the state within a month or so of the quarter's end and states to the national directory within
four months of it (42 USC 653a(g)); the shares are assumptions."""

REPORTED_WITHOUT_PROGRAM = 0.35
"""Jobs of people whom no other program knows that are on file here all the same (assumption)."""

MONTHS_IN_JOB = 20
"""How long ago, on average, people began the jobs that they have in the first month (assumption)."""

OLD_PAYROLL = 0.4
"""Wage records with the name of the time of hire (assumption)."""

QUARTERS_BEFORE = 2
"""Quarters before the months whose wage records may still come in within them."""

MEDIAN_MONTHLY_PAY, SPREAD_OF_PAY = 2_050, 0.45
"""Dollars, and the standard deviation of its logarithm: pay of people near assistance (assumptions)."""

BUSINESSES = (
    " FOODS",
    " LOGISTICS",
    " CARE HOME",
    " STAFFING",
    " STORES",
    " BUILDERS",
    " LLC",
    " AUTO PARTS",
    " CLEANING",
    " HOME HEALTH",
    " & SONS",
    " HOTELS",
    " FARMS",
    " DAY CARE",
    " SECURITY",
    " DINER",
    " WAREHOUSE",
    " POULTRY",
)


def draft_wages(history: History, known: Mask, streams: Streams) -> Draft:
    """New-hire (``W4``) and wage (``QW``) records; ``known``: people whom another program knows.

    A record is on the extract of the month in which it comes in, and on no other; there are no cases. Details:
    ``report_type``, ``employer``, ``report_date`` (of a W4 the date of hire, of a QW the last day of the quarter),
    ``quarter`` (as 2026Q1) and ``wages`` (whole dollars of the quarter).
    """
    jobs = _jobs(history, known, streams)
    reports = pd.concat([_hires(history, jobs, streams), _quarters(history, jobs, streams)], ignore_index=True)
    months = history.calendar.n_months
    came = reports["entered"].to_numpy()
    reports = reports[(came >= 0) & (came < months)]
    reports = reports.sort_values(["person", "entered", "hired", "date"], kind="stable", ignore_index=True)
    n = len(reports)
    records = reports[["person", "role", "entered", "employer", "told"]].assign(case=NOBODY, cause="own")
    memberships = pd.DataFrame(
        {
            "record": np.arange(n),
            "case": NOBODY,
            "role": reports["role"],
            "first_month": reports["entered"],
            "last_month": reports["entered"],
            "resides": True,
            "status": np.full(n, "reported", dtype=object),
        }
    )
    return Draft(
        program="employment",
        records=records,
        memberships=memberships,
        cases=_no_cases(),
        details=_details(history, reports, streams),
    )


def _jobs(history: History, known: Mask, streams: Streams) -> pd.DataFrame:
    """A row a job that is on file: ``person``, ``employer``, ``hired`` and ``last`` (months; hired may be below 0)."""
    jobs = spells(history.employer)
    rng = streams.rng("jobs on file")
    on_file = known | (rng.random(history.n_people) < REPORTED_WITHOUT_PROGRAM)
    before = 1 - rng.geometric(1 / MONTHS_IN_JOB, len(jobs))
    first = jobs["first_month"].to_numpy()
    rows = pd.DataFrame(
        {
            "person": jobs["item"],
            "employer": jobs["state"],
            "hired": np.where(first == 0, before, first),
            "last": jobs["last_month"],
            "day": rng.integers(1, 29, len(jobs)),
            "pay": MEDIAN_MONTHLY_PAY * np.exp(SPREAD_OF_PAY * rng.standard_normal(len(jobs))),
        }
    )
    return pd.DataFrame(rows[on_file[jobs["item"].to_numpy()]]).reset_index(drop=True)


def _hires(history: History, jobs: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """New-hire reports of the jobs that began within the months or shortly before."""
    recent = jobs[jobs["hired"] > -3].reset_index(drop=True)
    first_day = history.calendar.months()[0]
    hired = (first_day + recent["hired"].to_numpy()).astype("datetime64[D]") + (recent["day"].to_numpy() - 1)
    days = 1 + streams.rng("days to report").exponential(DAYS_TO_REPORT_HIRE - 1, len(recent)).astype(np.int64)
    came = ((hired + days).astype("datetime64[M]") - first_day).astype(np.int64)
    return recent.assign(role="W4", entered=came, date=hired, quarter=0, worked=0, told=np.maximum(recent["hired"], 0))


def _quarters(history: History, jobs: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """Wage reports of every quarter in which a job was held, also of the last ones before the months."""
    first_month = int(history.calendar.months()[0].astype(np.int64))
    number = np.arange(-3 * QUARTERS_BEFORE, history.calendar.n_months)
    ends = number[(number + first_month) % 3 == 2]  # months since 1970, a January: March is 2
    job, which = np.divmod(np.arange(len(jobs) * len(ends)), max(1, len(ends)))
    end, rows = ends[which], jobs.take(job).reset_index(drop=True)
    worked = np.minimum(rows["last"].to_numpy(), end) - np.maximum(rows["hired"].to_numpy(), end - 2) + 1
    rng = streams.rng("wage reports")
    came = end + pick(rng, WAGES_AFTER, len(rows))
    old_payroll = rng.random(len(rows)) < OLD_PAYROLL
    told = np.where(old_payroll, rows["hired"], np.maximum(end, 0))
    rows = rows.assign(role="QW", entered=came, quarter=end, worked=worked, told=told)
    dates = (history.calendar.months()[0] + end + 1).astype("datetime64[D]") - 1
    return pd.DataFrame(rows.assign(date=dates)[worked > 0]).reset_index(drop=True)


def _details(history: History, reports: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    rng = streams.rng("report details")
    wages = (reports["role"] == "QW").to_numpy()
    quarter = reports["quarter"].to_numpy(np.int64)
    dollars = reports["pay"].to_numpy() * reports["worked"].to_numpy() * rng.uniform(0.7, 1.1, len(reports))
    names = name_employers(int(reports["employer"].max()) + 1 if len(reports) else 0, streams)
    return pd.DataFrame(
        {
            "report_type": reports["role"],
            "employer": names[reports["employer"].to_numpy(np.int64)],
            "report_date": reports["date"].to_numpy().astype("datetime64[D]").astype("U10").astype(object),
            "quarter": texts_where(wages, _quarter_names(history, quarter)),
            "wages": texts_where(wages, np.maximum(1, dollars).astype(np.int64).astype("U9")),
        }
    )


def _quarter_names(history: History, end: Ints) -> Texts:
    month = history.calendar.months()[0].astype(np.int64) + end
    names: Texts = digits(1970 + month // 12, 4) + "Q" + digits(month % 12 // 3 + 1, 1)
    return names


def name_employers(n: int, streams: Streams) -> Texts:
    """Names of ``n`` employers: a surname and a line of business."""
    rng = streams.rng("employers")
    business = np.array(BUSINESSES, dtype=object)
    return np.asarray(draw_surnames(rng, n) + business[rng.integers(0, len(business), n)], dtype=object)


def _no_cases() -> pd.DataFrame:
    numbers = {name: np.zeros(0, np.int64) for name in ("case", "head", "absent", "opened", "closed")}
    texts = {name: np.zeros(0, object) for name in ("kind", "good_cause", "paternity", "assistance")}
    return pd.DataFrame({**numbers, **texts})
