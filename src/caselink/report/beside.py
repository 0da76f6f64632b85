"""What a report tells besides the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from caselink.findings.catalog import RULES
from caselink.findings.finding import Finding

if TYPE_CHECKING:
    from caselink.exchange import Exchange
    from caselink.leads import Findings
    from caselink.unduplicated import PeopleCounts


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a report tells besides the result; all may be left out.

    ``findings`` as found, ``rules`` those that found them; ``shown`` is what :func:`caselink.leads.views.view_findings`
    gave of them for the purpose of the page, which is worked out where it is not given.

    ``programs`` names the program of each source, ``taints`` what binds it
    (:class:`caselink.confidentiality.Protection`). ``counts`` and ``exchange`` are what :func:`caselink.count_people`
    and :func:`caselink.reconcile` gave; people are counted here where they were not. ``rejects`` are what could not be
    used.

    ``group`` names a column by which the report tells whether one group of people is served as well as another.
    ``groups`` has ``source, record_id`` and that column, and gives rates of findings. ``truth`` has ``source``,
    ``record_id``, ``entity_id`` and the column, and gives error rates too; it stands in for ``groups``.

    ``audit`` is what :func:`caselink.confidentiality.audit.audit_record` gives; ``versions`` and ``warnings`` are of
    the run.
    """

    findings: Findings | None = field(default=None, repr=False)
    rules: Iterable[Finding] = RULES
    shown: tuple[Findings, int] | None = field(default=None, repr=False)
    programs: Mapping[str, str] = field(default_factory=dict)
    taints: Mapping[str, Any] = field(default_factory=dict)
    rejects: pd.DataFrame | None = field(default=None, repr=False)
    counts: PeopleCounts | None = field(default=None, repr=False)
    exchange: Exchange | None = field(default=None, repr=False)
    truth: pd.DataFrame | None = field(default=None, repr=False)
    groups: pd.DataFrame | None = field(default=None, repr=False)
    group: str | None = None
    audit: Mapping[str, Any] | None = field(default=None, repr=False)
    versions: Mapping[str, str] = field(default_factory=dict)
    warnings: Iterable[str] = ()
