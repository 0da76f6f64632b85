"""Layouts: what a file of an agency looks like, declared and checked; no layout needs code of its own.

A layout names the record types of a file; a record type its fields, by position in a fixed-width file and by column
name in a CSV file; a field where its values go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations
from typing import Literal, TypeAlias

import pandas as pd

from caselink.errors import SpecError
from caselink.layouts.header import Header, Trailer
from caselink.schema import PERSON_COLUMNS, STANDARD_COLUMNS

LayoutKind: TypeAlias = Literal["fixed", "csv"]
FieldKind: TypeAlias = Literal["text", "number", "date", "month", "code"]
Carry: TypeAlias = Literal["", "records", "memberships", "referrals"]

TARGETS = ("record_id", *STANDARD_COLUMNS, "resides", "status")
"""Where a field's ``standard`` may send its values: RECORDS, and for the last two MEMBERSHIPS."""

TAINTS = ("", "federal tax", "new hire")
"""Origins that bind whoever reads the data: see the purposes for which it may be used."""

MAX_LINE = 1_000_000
"""Characters; no record may be longer, and a longer line is rejected unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record type.

    ``start`` counts characters from 1, ``length`` is in characters; both are 0 in a CSV layout, where ``name`` is the
    column's name in the header (``optional``: it may be absent). ``kind``: ``number`` and ``month`` (CCYYMM) hold
    digits only, anything else there is made missing and reported; ``text``, ``code`` and ``date`` (CCYYMMDD) are
    judged when they are normalized. Blanks around a value are no part of it; a blank field is missing.

    ``standard`` names the column that the values go to, one of :data:`TARGETS`; several fields with one name are joined
    with a blank. ``carry`` sends a field that has no standard name along to ``records``, ``memberships`` or
    ``referrals``, in the column ``column`` (the name in small letters where that is empty): fields with one column
    are a set, joined with ``|``, and fields of one ``group`` in it are one value, joined with a blank.

    ``width`` is how many characters the program holds of it, where that is known; in a fixed-width file its length.
    ``protects`` are the values for which the person is protected; ``tainted`` (one of :data:`TAINTS`) says where the
    values come from, if that is known of this field and not of the layout.

    ``codes`` tell what codes mean and change nothing; ``recode`` gives another value for a code (``""``: for blank).
    ``in_code`` says that the header may declare the field written in a substitution alphabet.

    ``item``, ``source`` and ``status`` (as ``codes_status`` for the codes) tell where the facts come from: ``source``,
    ``derived`` or ``unverified``.
    """

    name: str
    start: int = 0
    length: int = 0
    kind: FieldKind = "text"
    standard: str = ""
    carry: Carry = ""
    column: str = ""
    group: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    codes_status: str = ""
    recode: Mapping[str, str] = field(default_factory=dict)
    in_code: bool = False
    optional: bool = False
    width: int = 0
    protects: tuple[str, ...] = ()
    tainted: str = ""
    label: str = ""
    item: str = ""
    source: str = ""
    status: str = "unverified"
    note: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            raise SpecError("name: every field needs one")
        if self.kind not in ("text", "number", "date", "month", "code"):
            raise SpecError(f"{self.name}.kind: text, number, date, month or code, not {self.kind!r}")
        if self.standard and self.standard not in TARGETS:
            raise SpecError(f"{self.name}.standard: unknown {self.standard!r}; known are {', '.join(TARGETS)}")
        if self.carry not in ("", "records", "memberships", "referrals"):
            raise SpecError(f"{self.name}.carry: records, memberships or referrals, not {self.carry!r}")
        if self.carry and self.target in (*TARGETS, "source", "line"):
            raise SpecError(f"{self.name}.carry: {self.target!r} is a standard name; say standard = {self.target!r}")
        if self.tainted not in TAINTS:
            raise SpecError(f"{self.name}.tainted: one of {', '.join(map(repr, TAINTS))}, not {self.tainted!r}")
        if self.start < 0 or self.length < 0 or (self.start > 0) != (self.length > 0) or self.end > MAX_LINE:
            raise SpecError(f"{self.name}.start: start and length are 1 to {MAX_LINE}, in a CSV layout both left out")
        if not 0 <= self.width <= (self.length or MAX_LINE):
            raise SpecError(f"{self.name}.width: characters, no more than the field has, or {MAX_LINE}")

    @property
    def end(self) -> int:
        """The last position, counted from 1."""
        return self.start + self.length - 1 if self.start else 0

    @property
    def target(self) -> str:
        """The column that the values go to where they are used."""
        return self.standard or self.column or self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Several persons in one line: the positions ``start`` to ``start + length - 1`` come ``count`` times in a row.

    Fields are declared for the first block; fields outside belong to all. A further block that is blank or zeros is
    nobody, and a person where one of the fields ``present`` holds something else; else it is rejected as half filled.
    """

    start: int
    length: int
    count: int
    present: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.start < 1 or self.length < 1 or self.count < 2 or not self.present:
            raise SpecError("blocks: start and length from 1, count from 2, and the names of the fields in present")

    @property
    def end(self) -> int:
        """The last position of the first block."""
        return self.start + self.length - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRule:
    """What a person is in the case: the first rule whose ``when`` fits gives role, resides (Y, N) and status.

    ``when`` names fields of the record and the values that fit, ``""`` for blank; without it the rule always fits.
    What a rule leaves empty is taken from fields with that standard name.

    >>> MembershipRule(when={"NONCUSTODIAL_PARENT": ("1",)}, role="NP", resides="N").role
    'NP'
    """

    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    role: str = ""
    resides: Literal["", "Y", "N"] = ""
    status: str = ""

    def __post_init__(self) -> None:
        if self.resides not in ("", "Y", "N"):
            raise SpecError(f"memberships.resides: Y or N, not {self.resides!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLayout:
    """One record type: lines that start with ``start_of_line``.

    A ``person`` record makes RECORDS and MEMBERSHIPS, a ``referral`` record a row of REFERRALS (it may be both). The
    standard and carried fields of a ``case`` record are given to every person of the same case (and month, where both
    tell one). Lines of other types are read and not used.

    A line shorter than ``min_length`` characters (0: as far as the last field that is used) is rejected, a
    missing rest is blank; what stands after the last field must be blank unless ``longer`` is ``any``.
    """

    name: str
    start_of_line: str = ""
    title: str = ""
    person: bool = False
    case: bool = False
    referral: bool = False
    fields: tuple[Field, ...]
    blocks: Blocks | None = None
    memberships: tuple[MembershipRule, ...] = ()
    min_length: int = 0
    longer: Literal["blank", "any"] = "blank"

    def __post_init__(self) -> None:
        names = [one.name for one in self.fields]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled or not names:
            reason = f"{doubled[0]!r} is there twice" if doubled else "at least one is needed"
            raise SpecError(f"records.{self.name}.fields: {reason}")
        asked = [("blocks.present", name) for name in (self.blocks.present if self.blocks else ())]
        asked += [("memberships.when", name) for rule in self.memberships for name in rule.when]
        for key, name in asked:
            if name not in names:
                raise SpecError(f"records.{self.name}.{key}: no field {name!r}")
        if self.longer not in ("blank", "any"):
            raise SpecError(f"records.{self.name}.longer: blank or any, not {self.longer!r}")
        if self.min_length < 0 or (self.min_length > self.length > 0):
            raise SpecError(f"records.{self.name}.min_length: 0 to {self.length}")
        _check_positions(self)

    @property
    def length(self) -> int:
        """Characters from the start of the line to the end of the last field, all blocks counted."""
        ends = [one.end for one in self.fields]
        return max([*ends, *([self.blocks.start - 1 + self.blocks.length * self.blocks.count] if self.blocks else [])])

    @property
    def shortest(self) -> int:
        """How many characters a line must have."""
        return self.min_length or max([one.end for one in self.fields if one.standard or one.carry], default=0)

    @property
    def used(self) -> tuple[Field, ...]:
        """The fields whose values go anywhere."""
        asked = {name for rule in self.memberships for name in rule.when}
        return tuple(one for one in self.fields if one.standard or one.carry or one.protects or one.name in asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRule:
    """Which rows are one record: several months, or several cases, of a person.

    Rows that agree in all columns of ``key`` (standard or carried names) are one record; two rows of one case and
    month are two persons even so (twins whose numbers are unknown). Where the layout has no field for
    ``record_id``, it is made of the columns ``within`` and a running number among the persons there, by their content.
    """

    key: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the files of one kind look like; see :func:`read_layout` for how it is written.

    ``source`` says in a sentence where the facts come from. ``tainted`` is one of :data:`TAINTS`. ``default_sex`` tells
    for a role the sex that is written where none is known, and which is then no evidence. A fixed-width file without
    line ends has records of ``record_length`` characters.

    >>> wages = RecordLayout(name="wage", person=True, fields=(Field(name="ssn", start=1, length=9, standard="ssn"),))
    >>> layout = Layout(name="wages", kind="fixed", records=(wages,), persons=PersonRule(key=("ssn",)))
    >>> layout.table()[["record", "field", "start", "length", "standard"]]
      record field  start  length standard
    0   wage   ssn      1       9      ssn
    """

    name: str
    kind: LayoutKind
    records: tuple[RecordLayout, ...]
    title: str = ""
    source: str = ""
    note: str = ""
    encoding: str = "utf-8"
    record_length: int = 0
    tainted: str = ""
    default_sex: Mapping[str, str] = field(default_factory=dict)
    persons: PersonRule = PersonRule()
    header: Header | None = None
    trailer: Trailer | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("fixed", "csv"):
            raise SpecError(f"kind: fixed or csv, not {self.kind!r}")
        if self.tainted not in TAINTS:
            raise SpecError(f"tainted: one of {', '.join(map(repr, TAINTS))}, not {self.tainted!r}")
        if not set(self.default_sex.values()) <= {"M", "F"}:
            raise SpecError("default_sex: M or F for a role")
        if not self.name or not self.records:
            raise SpecError("name, records: a layout has a name and at least one record type")
        if self.kind == "csv":
            _check_csv(self)
        _check_records(self)
        _check_persons(self)
        for part, key in ((self.header, "header"), (self.trailer, "trailer")):
            if part:
                part.check(self._fields_of(part.record, key), key)

    def record(self, name: str) -> RecordLayout:
        """Give the record type with this name."""
        return next(one for one in self.records if one.name == name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names under which fields of person and case records are used, each once."""
        fields = [one for record in self.records if record.person or record.case for one in record.fields]
        named = [one.target for one in fields if one.standard or one.carry]
        return tuple(dict.fromkeys([*named, *(["protected"] if any(one.protects for one in fields) else [])]))

    @property
    def widths(self) -> Mapping[str, int]:
        """How many characters a column of RECORDS holds at most, where one field goes to it and that is known."""
        to: dict[str, list[Field]] = {}
        for record in self.records:
            for one in record.fields if record.person or record.case else ():
                if one.standard in PERSON_COLUMNS:
                    to.setdefault(one.target, []).append(one)
        held = {target: [one.width or one.length for one in fields] for target, fields in to.items()}
        return {target: max(widths) for target, widths in held.items() if _alone(to[target], self) and min(widths)}

    @property
    def taints(self) -> Mapping[str, str]:
        """Where the values of a column come from, for those columns of which that is known."""
        fields = [one for record in self.records if record.person or record.case for one in record.fields]
        used = [one for one in fields if one.standard or one.carry]
        return {one.target: one.tainted or self.tainted for one in used if one.tainted or self.tainted}

    @property
    def has_record_id(self) -> bool:
        """Whether the program's own id of the person is in the file."""
        return any(one.standard == "record_id" for record in self.records if record.person for one in record.fields)

    def table(self) -> pd.DataFrame:
        """One row a field: where it is, what it is, where its values go, and where the facts come from."""
        rows = [
            {
                "record": record.name,
                "field": one.name,
                "label": one.label,
                "start": one.start,
                "length": one.length,
                "kind": one.kind,
                "standard": one.standard,
                "carry": one.target if one.carry else "",
                "width": one.width or one.length,
                "protects": " ".join(one.protects),
                "tainted": one.tainted or self.tainted,
                "codes": "; ".join(f"{code}={meaning}" for code, meaning in one.codes.items()),
                "codes_status": one.codes_status,
                "item": one.item,
                "source": one.source or self.source,
                "status": one.status,
            }
            for record in self.records
            for one in record.fields
        ]
        return pd.DataFrame(rows)

    def _fields_of(self, record: str, key: str) -> Mapping[str, int]:
        """The fields of the record type, and their lengths."""
        if record not in [one.name for one in self.records]:
            raise SpecError(f"{key}.record: no record type {record!r}")
        return {one.name: one.length for one in self.record(record).fields}


def _alone(fields: Sequence[Field], layout: Layout) -> bool:
    """Whether in each record type at most one of the fields is there, so that none are joined."""
    return all(sum(one in record.fields for one in fields) < 2 for record in layout.records)


def _check_positions(record: RecordLayout) -> None:
    """Fields of a fixed-width record do not overlap; gaps are allowed. None has a position in a CSV layout."""
    placed = sorted((one for one in record.fields if one.start), key=lambda one: one.start)
    if placed and len(placed) < len(record.fields):
        lacking = next(one.name for one in record.fields if not one.start)
        raise SpecError(f"records.{record.name}.fields.{lacking}.start: missing; the other fields have one")
    for before, after in pairwise(placed):
        if after.start <= before.end:
            raise SpecError(f"records.{record.name}.fields.{after.name}.start: overlaps {before.name!r}")
    if record.blocks and placed:
        first, last = record.blocks.start, record.blocks.start - 1 + record.blocks.length * record.blocks.count
        for one in placed:
            if not (one.end < first or one.start > last or first <= one.start <= one.end <= record.blocks.end):
                raise SpecError(
                    f"records.{record.name}.fields.{one.name}.start: must lie in the first block or outside"
                )


def _check_csv(layout: Layout) -> None:
    """A CSV layout has nothing that tells lines or values by their place."""
    if len(layout.records) > 1:
        raise SpecError("records: a CSV layout has one record type")
    if layout.header or layout.trailer or layout.records[0].start_of_line:
        raise SpecError("header, trailer, start_of_line: a CSV file is told by its columns alone")
    if layout.records[0].blocks:
        raise SpecError(f"records.{layout.records[0].name}.blocks: a line of a CSV layout is one row")


def _check_records(layout: Layout) -> None:
    names = [record.name for record in layout.records]
    if len(set(names)) < len(names):
        raise SpecError("records: each record type needs its own name")
    for one, other in permutations(layout.records, 2):
        if one.start_of_line and other.start_of_line.startswith(one.start_of_line):
            raise SpecError(f"records.{other.name}.start_of_line: a line could be a {one.name!r} as well")
    if [record.start_of_line for record in layout.records].count("") > 1:
        raise SpecError("records: only one record type may do without start_of_line")
    for record in layout.records:
        if (record.length > 0) != (layout.kind == "fixed"):
            needed = "need start and length" if layout.kind == "fixed" else "have no start and length"
            raise SpecError(f"records.{record.name}.fields: in a {layout.kind} layout they {needed}")
        if layout.record_length and record.length > layout.record_length:
            raise SpecError(f"record_length: {record.name!r} is longer")


def _check_persons(layout: Layout) -> None:
    for key in ("key", "within"):
        for column in getattr(layout.persons, key):
            if column not in layout.columns:
                raise SpecError(f"persons.{key}: no person or case field goes to {column!r}")
    made = [record for record in layout.records if record.person]
    if made and not layout.has_record_id and not layout.persons.key:
        raise SpecError("persons.key: needed, since no field goes to record_id")
