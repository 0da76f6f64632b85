"""How often things happen in a month.

Where there are public statistics, rates are rounded from them; families in assistance and support programs move, part
and lose jobs more often than all do, so some are raised, which is said. All others are set to be plausible.

- deaths: bands near the period life table for 2020 of the Social Security Administration (Trustees Report of 2023).
- moves: 11.7 % of people moved in a year (Census Bureau, Current Population Survey 2013), 15.4 % in the American
  Community Survey of 2009; 1.3 % of households a month, together with people who move out, come to some 16 %.
- foster care: 186,602 children came into care and 368,530 were in care in fiscal year 2022, about 201,400 left it
  (Administration for Children and Families, AFCARS): 0.02 % of all children a month, here three times that; 4.5 % of
  those in care leave it in a month.
- jobs: hires and separations were about 3.5 % of employment a month at the end of 2023 (Bureau of Labor Statistics,
  JOLTS); job losses and changes add up to 3.8 %, new jobs keep three in five adults at work.
- jail: a stay in a local jail lasted 32 days on average, and 14 % of those in jail were women (Bureau of Justice
  Statistics, Jail Inmates in 2022); a release rate of 9 % a month stands for jail and prison together.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from caselink.errors import SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRates:
    """Shares a month of those to whom it can happen, unless said otherwise.

    Births are not here: they come with the families (see :class:`~caselink.synthetic.people.families.FamilyShares`).

    >>> EventRates(move=0.02).move
    0.02
    """

    deaths_by_age: tuple[tuple[int, float, float], ...] = (
        (0, 0.0050, 0.0060),
        (1, 0.0002, 0.0002),
        (15, 0.0004, 0.0010),
        (25, 0.0009, 0.0022),
        (35, 0.0014, 0.0029),
        (45, 0.0027, 0.0047),
        (55, 0.0060, 0.0105),
        (65, 0.0120, 0.0200),
        (75, 0.0300, 0.0430),
        (85, 0.0900, 0.1150),
    )
    """From which age on, and the yearly share of women and of men who die."""

    separation: float = 0.006
    """Of couples; of the married half as many."""
    union: float = 0.0045
    """Of adults under 60 who live with no partner: those who look for one, most of whom are matched."""
    reconciliation: float = 0.0025
    """Of mothers and fathers of a child who live apart, neither with a partner."""
    marriage: float = 0.012
    """Of couples not married."""
    move: float = 0.013
    """Of households; one with a lone custodian moves half as often again."""
    leaving_home: float = 0.012
    """Of children of 18 and more who live at home, and of those who share a home with somebody not their kin."""
    to_shelter: float = 0.0008
    from_shelter: float = 0.20
    custody_to_parent: float = 0.0015
    """Of children under 18: to the parent who lives elsewhere, if there is one."""
    custody_to_grandparent: float = 0.0008
    foster_care: float = 0.0006
    foster_return: float = 0.045
    jailing: float = 0.0012
    """Of men of 18 to 54; of women a tenth."""
    release: float = 0.09
    job_loss: float = 0.030
    new_job: float = 0.050
    """Of adults under 68 without one."""
    job_change: float = 0.008

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self) if field.name != "deaths_by_age"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"EventRates.{name} must be between 0 and 1, got {getattr(self, name)}")

    def over(self, months: int) -> EventRates:
        """The rates of ``months`` together.

        >>> round(EventRates(union=0.1).over(2).union, 2)
        0.19
        """
        names = [field.name for field in fields(self) if field.name != "deaths_by_age"]
        return replace(self, **{name: 1 - (1 - getattr(self, name)) ** months for name in names})
