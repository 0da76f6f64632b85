"""Registers of deaths and of stays in jail: true people and dates, some time late, and no entry from after the end."""

import pandas as pd
import pytest

from caselink.synthetic import draw_county


@pytest.fixture(scope="module")
def county():
    """A county in which some die and some are jailed."""
    return draw_county(6_000, seed=2)


def test_deaths_are_those_of_the_truth(county):
    """Everybody in the register died on that day; of those who died three months before the end, all are in it."""
    died = county.tables["persons"].set_index("entity_id")["death_date"].dropna()
    first, last = (county.plan.calendar.text()[place] for place in (0, -4))
    died = died[(died >= first)]
    entries = county.registers["deaths"].merge(county.tables["registers"], on="record_id")
    assert len(entries) > 3
    assert entries["death_date"].tolist() == died.loc[entries["entity_id"]].tolist()
    assert set(died.index[died < last]) <= set(entries["entity_id"])


def test_stays_are_those_of_the_events(county):
    """Whoever was jailed within the months, and long enough ago, has an entry of that month; who is out, an end."""
    events = county.tables["events"]
    jailed = events[(events["event"] == "jailed") & (events["month"] <= county.plan.calendar.text()[-4])]
    entries = county.registers["confinements"].merge(county.tables["registers"], on="record_id")
    told = pd.MultiIndex.from_arrays([entries["entity_id"], entries["admitted"].str.slice(0, 7)])
    kept = [pair in told for pair in zip(jailed["entity_id"], jailed["month"], strict=True)]
    assert len(kept) > 5
    assert sum(kept) >= 0.9 * len(kept)  # who is out again by the month's end was never seen inside
    assert entries["released"].notna().any()
    assert (entries["released"].dropna() >= entries["admitted"][entries["released"].notna()]).all()


def test_entries_come_late_and_never_from_the_future(county):
    """No entry has come in before the month of what it tells, or after the last month."""
    for name, since in (("deaths", "death_date"), ("confinements", "admitted")):
        entries = county.registers[name]
        assert (entries["received_month"] >= entries[since].str.slice(0, 7)).all()
        assert entries["received_month"].max() <= county.plan.calendar.text()[-1]
        assert 0 <= entries["ssn"].isna().mean() < 0.2


def test_names_and_numbers_are_the_persons_own(county):
    """An entry has the person's own name, sex, birth date and number."""
    persons = county.tables["persons"].set_index("entity_id")
    entries = county.registers["confinements"].merge(county.tables["registers"], on="record_id")
    own = persons.loc[entries["entity_id"]]
    for column in ("first_name", "last_name", "birth_date", "sex"):
        assert entries[column].tolist() == own[column].tolist()
    numbered = entries["ssn"].notna().to_numpy()
    assert entries["ssn"][numbered].tolist() == own["ssn"][numbered].tolist()
