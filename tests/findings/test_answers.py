"""What others answer: a number that is not verified (Q06), cases in other states (D11, R10)."""

from __future__ import annotations

import pytest
from small_town import PROGRAMS, frame, person, resolve, roster, told

from caselink.leads import ProgramTables, find

ANA = ("ANA", "1985-03-05", "412345678")


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        pytest.param(("U", None), 1, id="blank"),
        pytest.param(("N", None), 1, id="the name probably fits"),
        pytest.param(("N", "V"), 0, id="verified in another answer"),
        pytest.param(("C", None), 0, id="corrected"),
        pytest.param(("?", None), 0, id="a code that nobody knows"),
    ],
)
def test_a_number_that_is_not_verified(codes, found):
    """Of a person and number no answer verifies it, and one says that it does not."""
    records = [person(s, "1", *ANA, ssn_verified=code) for s, code in zip(PROGRAMS, codes, strict=True)]
    assert len(find(resolve(records), ["Q06"])) == found


def there(first: str | None, last: str | None, program: str = "iv-a") -> ProgramTables:
    """Ana is counted here from February to June; elsewhere as told."""
    stays = roster(
        ("iva", "1", "A", "HEAD", "2026-02", "2026-06", "eligible", "N"),
        ("ivd", "1", "D", "CP", "2026-01", "2026-06", "active", None),
    )
    answers = frame("source record_id program first_month last_month", ("paris", "9", program, first, last))
    return ProgramTables(programs=PROGRAMS, memberships=stays, elsewhere=answers)


def ana(**other: str | None):
    """Ana here, and as the other state has her."""
    away = {**person("paris", "9", *ANA), **other}
    return resolve([person("iva", "1", *ANA), person("ivd", "1", *ANA), away])


@pytest.mark.parametrize(
    ("first", "last", "other", "months"),
    [
        pytest.param("2025-08", "2026-04", {}, ("2026-02", "2026-04"), id="both active"),
        pytest.param("2025-08", None, {}, ("2026-02", "2026-06"), id="goes on there"),
        pytest.param("2025-08", "2026-02", {}, None, id="moved within the month"),
        pytest.param("2026-03", "2026-05", {}, None, id="began there later"),
        pytest.param(None, None, {}, None, id="no month told"),
        pytest.param("2025-08", "2026-04", {"ssn": "523456781"}, None, id="another number"),
        pytest.param("2025-08", "2026-04", {"ssn": None}, None, id="no number"),
        pytest.param("2025-08", "2026-04", {"birth_date": "1985-03-06"}, None, id="another birth date"),
    ],
)
def test_assistance_in_two_states(first, last, other, months):
    """Number and birth date agree, the other state began earlier, and more than the month of moving is in both."""
    findings = find(ana(**other), ["D11"], tables=there(first, last))
    assert told(findings) == ([("D11", *months)] if months else [])
    assert sorted(findings.people["source"]) == (["iva", "paris"] if months else [])


def test_a_support_case_in_another_state_is_information():
    """One lead for the person's case here; it tells where to look, and nothing of the other case."""
    findings = find(ana(), ["R10", "D11"], tables=there("2020-01", None, "iv-d"))
    assert findings.table["rule"].tolist() == ["R10"]
    assert set(findings.people["case_id"].dropna()) == {"D"}
    assert findings.skipped["lacks"].tolist() == ["elsewhere iv-a"]
