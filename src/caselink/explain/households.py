"""Why rosters are, or are not, one household: the evidence between them, without any value of a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.explain.pages import show_explanation
from caselink.explain.sentences import household_sentences
from caselink.identity.households import Households, apart_bits
from caselink.identity.roster_evidence import bits_if_places
from caselink.masking import WITHHELD
from caselink.purposes import NARROWEST

if TYPE_CHECKING:
    import altair as alt

Ints = npt.NDArray[np.int64]
_PLACES = {1: "same", 0: "another", -1: "not known"}


@dataclass(frozen=True, slots=True)
class HouseholdExplanation:
    """Why one household, or why two.

    ``rosters``: one row a roster: its household, source, months and how many people. ``evidence`` (also ``table``): one
    row a pair of rosters that speaks for or against: people in both, address, months between, whether each has a head
    of its own, how well the roles fit, and the bits in all. ``bits`` is their sum: above 0 the rosters belong together.
    ``changes``: what the sum would be if addresses were others. ``kept_apart``: pairs of rosters that may never be one
    household, because a case says that the parent lives elsewhere. Of people who are not known to be free it
    is not said whether their address is the same, nor the bits, which would tell. ``purpose``: for whom it is masked.
    """

    one_household: bool
    rosters: pd.DataFrame = field(repr=False)
    evidence: pd.DataFrame = field(repr=False)
    bits: float
    kept_apart: int
    changes: pd.DataFrame = field(default_factory=lambda: _changes([]), repr=False)
    purpose: str = NARROWEST

    @property
    def table(self) -> pd.DataFrame:
        """The evidence."""
        return self.evidence

    def sentences(self, language: str = "en") -> list[str]:
        """The same in a few plain sentences, in English (``en``) or Spanish (``es``)."""
        return household_sentences(self, language)

    def chart(self) -> alt.VConcatChart:
        """The months of the rosters, by household, and what each pair of rosters says."""
        from caselink.explain.drawings import household_chart

        return household_chart(self)

    def __str__(self) -> str:
        verdict = "one household" if self.one_household else "two households"
        bits = WITHHELD if np.isnan(self.bits) else f"{self.bits:+.1f}"
        said = "nothing connects them" if not len(self.evidence) else f"evidence between them {bits} bits"
        apart = f"; {self.kept_apart} pairs kept apart by what a case says" if self.kept_apart else ""
        head = f"{verdict}; {len(self.rosters)} rosters; {said}{apart}"
        return "\n".join([head, self.rosters.to_string(index=False), self.evidence.to_string(index=False)])

    def _repr_html_(self) -> str:
        verdict = "Why these people are one household" if self.one_household else "Why these are two households"
        tables = {"Rosters: who was listed together": self.rosters, "What pairs of rosters say, in bits": self.evidence}
        return show_explanation(verdict, self.sentences(), tables, self.purpose)


def explain_rosters(
    found: Households, labels: list[int], sources: tuple[str, ...], *, hide_addresses: bool, purpose: str = NARROWEST
) -> HouseholdExplanation:
    """Explain the household with the first of ``labels``; with a second one, why the two are not one."""
    one, other = labels[0], labels[1] if len(labels) > 1 else None
    inside = np.isin(found.label, [one] if other is None else [one, other])
    rosters = np.flatnonzero(inside)
    number = np.full(len(found.label), -1, np.int64)
    number[rosters] = np.arange(1, len(rosters) + 1)
    evidence = _evidence(found, rosters, number)
    if other is not None:
        side = found.label == one
        evidence = evidence[side[rosters[evidence["left"] - 1]] != side[rosters[evidence["right"] - 1]]]
    changes = _changes([] if hide_addresses else _if_address(found, rosters, evidence, one_home=other is None))
    if hide_addresses:
        met = ~evidence["address"].astype(str).str.startswith("another,").to_numpy(bool)  # the others tell of addresses
        evidence = evidence[met].assign(address=WITHHELD, bits=np.nan)
    left, right = found.rosters.apart
    kept = inside[left] & inside[right]
    table = found.rosters.table.iloc[rosters]
    shown = pd.DataFrame({"roster": number[rosters], "source": [sources[s] for s in table["source"]]})
    shown["household"] = np.where(found.label[rosters] == one, 1, 2)
    shown["first_month"], shown["last_month"] = _months(table["first"]), _months(table["last"])
    shown["people"] = table["people"].to_numpy()
    bits = float("nan") if hide_addresses else float(evidence["bits"].sum())
    return HouseholdExplanation(other is None, shown, evidence, bits, int(kept.sum()), changes, purpose)


def _if_address(found: Households, rosters: Ints, evidence: pd.DataFrame, *, one_home: bool) -> list[tuple[str, float]]:
    """What the sum would be if all addresses that are the same were others, or the other way round.

    Not worked out where two homes are told by addresses of one month and source: those would then say nothing at all.
    """
    if evidence["address"].astype(str).str.startswith("another,").any():
        return []
    kinds = (
        (("home falls", "same", 0),) if one_home else (("home joins", "another", 1), ("home unknown", "not known", 1))
    )
    left, right = (rosters[evidence[side].to_numpy(np.int64) - 1] for side in ("left", "right"))
    told = found.evidence.pairs.set_index(["left", "right"])
    pairs = told.loc[list(zip(left, right, strict=True))].reset_index()
    bits, changed = evidence["bits"].to_numpy(float), []
    for change, address, place in kinds:
        rows = (evidence["address"] == address).to_numpy()
        if rows.any():
            then = bits_if_places(found.rosters, pairs[rows].reset_index(drop=True), place)
            changed.append((change, float(bits[~rows].sum() + then.sum())))
    return changed


def _changes(rows: list[tuple[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["change", "bits"]).astype({"change": object, "bits": float})


def _evidence(found: Households, rosters: Ints, number: Ints) -> pd.DataFrame:
    """Pairs among the rosters: those that met, and those of one source and month at two addresses."""
    pairs = found.evidence.pairs
    met = pairs[(number[pairs["left"].to_numpy()] > 0) & (number[pairs["right"].to_numpy()] > 0)]
    rows = pd.DataFrame({"left": number[met["left"].to_numpy()], "right": number[met["right"].to_numpy()]})
    rows["people in both"], rows["address"] = met["shared"].to_numpy(), met["place"].map(_PLACES).to_numpy()
    rows["same last name"], rows["months between"] = met["same_name"].to_numpy(), met["months"].to_numpy()
    rows["heads of their own"] = met["two_heads"].to_numpy()
    rows["role bits"], rows["bits"] = met["role_bits"].round(2).to_numpy(), met["bits"].round(2).to_numpy()
    a, b = (side.astype(np.int32) for side in np.triu_indices(min(len(rosters), _MOST_SHOWN), 1))
    against = apart_bits(found.rosters, rosters[a].astype(np.int32), rosters[b].astype(np.int32))
    known = pd.MultiIndex.from_arrays([rows[["left", "right"]].min(axis=1), rows[["left", "right"]].max(axis=1)])
    new = (against < 0) & ~pd.MultiIndex.from_arrays([a + 1, b + 1]).isin(known)
    apart = pd.DataFrame({"left": a[new] + 1, "right": b[new] + 1, "bits": against[new].round(2)})
    apart["people in both"], apart["address"] = 0, "another, in one month and source"
    return pd.concat([rows, apart], ignore_index=True) if len(apart) else rows


_MOST_SHOWN = 200


def _months(numbers: pd.Series[int]) -> list[str]:
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
