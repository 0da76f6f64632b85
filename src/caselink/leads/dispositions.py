"""What people decided about findings: a dismissed finding stays dismissed until its evidence changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from caselink.errors import ColumnMissingError, InputError, SpecError
from caselink.schema import check_table
from caselink.spreadsheets import unguard_table
from caselink.storage import as_csv, write_files

DISPOSITION_COLUMNS = ("finding", "evidence", "decision", "who", "when", "why")
DECISIONS = ("dismissed", "confirmed", "open")


@dataclass(frozen=True, repr=False)
class Dispositions:
    """What was decided about findings, one row a decision.

    ``finding`` and ``evidence`` as they stand in the findings, ``decision`` (dismissed, confirmed or open), ``who``,
    ``when``, ``why``. Of several about one finding the last row counts.

    >>> dismissed = Dispositions().dismiss([("D05-1a", "9c")], who="rm", when="2026-10-01", why="custody order seen")
    >>> dismissed.table["why"][0]
    'custody order seen'
    """

    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DISPOSITION_COLUMNS), dtype=object))

    def __repr__(self) -> str:  # why somebody decided is free text, and may name a person
        return f"Dispositions of {self.table['finding'].nunique():,} findings"

    def __post_init__(self) -> None:
        check_table(self.table, DISPOSITION_COLUMNS, needed_by="dispositions")
        if self.table["finding"].isna().any() or not self.table["decision"].isin(DECISIONS).all():
            raise SpecError(f"each disposition names its finding, and its decision is one of {', '.join(DECISIONS)}")

    @classmethod
    def read(cls, path: str | Path) -> Dispositions:
        """From a CSV with the columns of :data:`DISPOSITION_COLUMNS`."""
        try:
            told = pd.read_csv(path, dtype="string", keep_default_na=False, encoding="utf-8-sig")
            return cls(unguard_table(told.astype(object)))
        except (ColumnMissingError, SpecError) as error:
            raise InputError(f"are no dispositions: {error}", file=str(path)) from None
        except (ValueError, OSError) as error:  # what the parser says may quote a line
            raise InputError(f"cannot be read as a table ({type(error).__name__})", file=str(path)) from None

    def write(self, path: str | Path) -> None:
        """As CSV."""
        target = Path(path)
        write_files(target.parent, {target.name: as_csv(self.table)})

    def dismiss(self, findings: Iterable[tuple[str, str]], *, who: str, when: str, why: str) -> Dispositions:
        """These and more: each of ``findings`` is its id and its evidence."""
        return self.decide(findings, "dismissed", who=who, when=when, why=why)

    def decide(
        self, findings: Iterable[tuple[str, str]], decision: str, *, who: str, when: str, why: str
    ) -> Dispositions:
        """These and more, with any of the decisions; *open* takes back what was decided."""
        rows = [(finding, evidence, decision, who, when, why) for finding, evidence in findings]
        added = pd.DataFrame(rows, columns=list(DISPOSITION_COLUMNS), dtype=object)
        return Dispositions(pd.concat([self.table, added], ignore_index=True))

    def standing(self, findings: pd.DataFrame) -> pd.Series:
        """Of each row of ``findings`` (``finding_id, evidence``) what was decided and still holds.

        ``open`` where nothing was, ``evidence changed`` where what was decided was about other evidence.
        """
        last = self.table.drop_duplicates("finding", keep="last").set_index("finding")
        known = findings["finding_id"].isin(last.index)
        decided = findings["finding_id"].map(last["decision"]).where(known, "open")
        same = findings["finding_id"].map(last["evidence"]) == findings["evidence"]
        return decided.where(same | ~known | (decided == "open"), "evidence changed").astype(object)
