"""A county whose every value is a canary, and a naive account of who may see which of them.

Words of names and places are replaced by words that stand nowhere else, one for one, so that the files link as before;
numbers and dates are looked for as they are. Who is protected is reckoned here once more, in the plainest way.
"""

from __future__ import annotations

import random
import re
import string
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from caselink.purposes import NAMES, PURPOSES

FLAG = "QZXFLAGFLAGFLAG"
PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "jobs": "jobs", "employment": "earnings"}
IDS = {"iva": "client_id", "ivd": "participant_id", "jobs": "participant_no", "employment": "report_id"}
FLAGS = {"iva": "safety_flag", "ivd": "fv_ind"}
COLUMNS = {
    "iva": {"fname": "name", "mi": "name", "lname": "name", "dob": "born", "ssn": "ssn", "phone": "phone"}
    | dict.fromkeys(("street", "apt", "city"), "place"),
    "ivd": {"first_nm": "name", "mid_init": "name", "last_nm": "name", "birth_dt": "born", "ssn_no": "ssn"}
    | {"phone_no": "phone"}
    | dict.fromkeys(("addr_line_1", "addr_line_2", "city_nm"), "place"),
    "jobs": {"participant_name": "name", "date_of_birth": "born", "ssn": "ssn", "phone": "phone"}
    | dict.fromkeys(("address", "unit", "city"), "place"),
    "employment": {"employee_first": "name", "employee_middle": "name", "employee_last": "name"}
    | {"date_of_birth": "born", "employee_ssn": "ssn"}
    | dict.fromkeys(("employee_address", "employee_city", "employer"), "place"),
    "deaths": {"first_name": "name", "middle_name": "name", "last_name": "name", "birth_date": "born", "ssn": "ssn"},
}
COLUMNS["confinements"] = COLUMNS["deaths"]
_WORD = re.compile(r"[^\W\d_]{3,}")
_TYPES = frozenset(
    {"AVE", "AVENUE", "BLVD", "BOX", "CIRCLE", "COURT", "DRIVE", "LANE", "PLACE", "ROAD", "STREET", "APT"}
)
_CANARY = re.compile(r"QZX[A-Z]{12}")
_NUMBER = re.compile(r"(?<![\w.])(?:\d{3}-\d\d-\d{4}|\d{4}-\d\d-\d\d|\d{9,10})(?!\w)")


@dataclass
class Planted:
    """``seen[record]``: for each kind the canaries that the record holds; ``flags``: what it says of protection."""

    folder: Path
    seen: Mapping[tuple[str, str], Mapping[str, set[str]]] = field(repr=False)
    flags: Mapping[tuple[str, str], str] = field(repr=False)

    @property
    def everything(self) -> set[str]:
        """All canaries of all kinds."""
        held = {one for kinds in self.seen.values() for values in kinds.values() for one in values}
        return held | {FLAG}


def plant(folder: Path, seed: int, flags: Iterable[str], dropped: Iterable[str] = ()) -> Planted:
    """Turn the files of a county into canaries and flag its people by ``flags`` (*yes*, *no*, *unknown*), in turn.

    Of the sources ``dropped`` no column says who is protected.
    """
    draw, words = random.Random(seed), Words(random.Random(seed + 1))
    seen, said = defaultdict(lambda: defaultdict(set)), {}
    turn = [{"yes": FLAG, "no": "N", "unknown": ""}[one] for one in flags]
    for source, columns in COLUMNS.items():
        file = folder / f"{source}.csv"
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        ids = rows[IDS.get(source, "record_id")]
        for column, kind in columns.items():
            rows[column] = [words.replace(text) if kind in ("name", "place") else text for text in rows[column]]
            for record_id, text in zip(ids, rows[column], strict=True):
                seen[source, record_id][kind] |= _canaries(text, kind)
        if source in FLAGS:
            told = [turn[draw.randrange(len(turn))] if source not in dropped else "" for _ in range(len(rows))]
            rows[FLAGS[source]] = told
            said |= {(source, one): flag for one, flag in zip(ids, told, strict=True)}
        rows.drop(columns=[FLAGS[source]] if source in dropped else []).to_csv(file, index=False)
    _forget_columns(folder, dropped)
    keys = {key for _, key in seen} | _cases(folder)
    for kinds in seen.values():
        kinds["ssn"] -= keys
        kinds["phone"] -= keys
    _claim(folder, said)
    return Planted(folder, seen, said)


def _forget_columns(folder: Path, dropped: Iterable[str]) -> None:
    """The settings without the columns that say who is protected."""
    settings = (folder / "sources.toml").read_text(encoding="utf-8")
    for source in dropped:
        settings = settings.replace(f'protected = "{FLAGS[source]}"\n', "")
    (folder / "sources.toml").write_text(settings, encoding="utf-8")


@dataclass
class Words:
    """A canary for each word, always the same one."""

    draw: random.Random
    held: dict[str, str] = field(default_factory=dict)

    def replace(self, text: str) -> str:
        """The text with canaries in the place of its words; what kind of street it is stays."""
        return _WORD.sub(lambda found: self._canary(found.group()), text)

    def _canary(self, word: str) -> str:
        if word.upper() in _TYPES:
            return word
        if word.upper() not in self.held:
            self.held[word.upper()] = "QZX" + "".join(self.draw.choices(string.ascii_uppercase, k=12))
        return self.held[word.upper()]


def _canaries(text: str, kind: str) -> set[str]:
    if kind in ("name", "place"):
        return set(_CANARY.findall(text))
    digits = re.sub(r"\D", "", text)
    if kind == "born":
        return {_as_date(text, digits)} - {""}
    length = 9 if kind == "ssn" else 10
    return {digits} if len(digits) == length and len(set(digits)) > 2 else set()


def _as_date(text: str, digits: str) -> str:
    """A date as it stands when it is read; only what can be read in one way is looked for."""
    if len(digits) != 8:
        return ""
    if "/" in text:
        return f"{digits[4:]}-{digits[:2]}-{digits[2:4]}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _cases(folder: Path) -> set[str]:
    return {case for file in folder.glob("cases-*.csv") for case in pd.read_csv(file, dtype=str)["case_id"]}


def _claim(folder: Path, said: dict[tuple[str, str], str]) -> None:
    """Whoever is in a case with good cause claimed or granted, or is named in such a referral, is protected."""
    for source in PROGRAMS:
        if not (folder / f"cases-{source}.csv").exists():
            continue
        cases = pd.read_csv(folder / f"cases-{source}.csv", dtype=str)
        claimed = set(cases.loc[cases["good_cause"].notna() & (cases["good_cause"] != "CO"), "case_id"])
        rosters = pd.read_csv(folder / f"memberships-{source}.csv", dtype=str)
        for record_id in rosters.loc[rosters["case_id"].isin(claimed), "record_id"]:
            said[source, record_id] = FLAG


def guarded_people(result, said: Mapping[tuple[str, str], str]) -> set[str]:
    """Persons who are not free: by a record, or by sharing a household or a case with somebody who is not."""
    person = {(row.source, row.record_id): row.person_id for row in result.persons.itertuples()}
    flags = defaultdict(set)
    for key, one in person.items():
        flags[one].add(said.get(key, "").strip())
    own = {one for one, told in flags.items() if told - {"", "N"} or "N" not in told}
    groups = defaultdict(set)
    for row in result.households.itertuples():
        groups["household", row.household_id].add(row.person_id)
    for row in result.memberships.itertuples():
        groups[row.source, row.case_id].add(person.get((row.source, row.record_id)))
    shared = {one for members in groups.values() if members & own for one in members}
    return own | shared


def forbidden(planted: Planted, result, purpose: str, *, masked: bool) -> set[str]:
    """All canaries but those that some record may show to readers of this purpose."""
    seen = PURPOSES[purpose]
    guarded = guarded_people(result, planted.flags)
    person = {(row.source, row.record_id): row.person_id for row in result.persons.itertuples()}
    ours = {one for (source, _), one in person.items() if PROGRAMS.get(source) in seen.programs}
    allowed = set()
    for key, kinds in planted.seen.items():
        one, source = person.get(key), key[0]
        if not seen.programs or one not in ours or PROGRAMS.get(source) is None:
            continue
        free, own = one not in guarded, PROGRAMS[source] in seen.programs
        if free or own:
            allowed |= kinds["name"] if seen.fields & NAMES else set()
            allowed |= set() if masked else kinds["born"]
        if not masked and free and planted.flags.get(key) == "N":
            allowed |= kinds["place"] | kinds["phone"]
    return planted.everything - allowed


def found(canaries: set[str], text: str) -> set[str]:
    """Which canaries are in a text, however it is cased, dashed or put together."""
    upper = text.upper()
    told = set(_CANARY.findall(upper)) | ({FLAG} if FLAG in upper else set())
    numbers = set(_NUMBER.findall(upper))
    return canaries & (told | numbers | {one.replace("-", "") for one in numbers if len(one) == len("123-45-6789")})


def everything_in(folder: Path) -> str:
    """The names and contents of all files of a folder: tables decoded, with what Parquet keeps beside the values."""
    import pyarrow.parquet as pq

    texts = []
    for file in sorted(folder.rglob("*")):
        texts.append(file.name)
        if file.suffix == ".parquet":
            held = pq.ParquetFile(file)
            texts += [held.read().to_pandas().to_csv(), str(held.schema_arrow.metadata), str(held.metadata.metadata)]
            groups = [held.metadata.row_group(n) for n in range(held.metadata.num_row_groups)]
            texts += [str(group.column(n).statistics) for group in groups for n in range(group.num_columns)]
        if file.is_file():
            texts.append(file.read_bytes().decode("utf-8", errors="replace"))
    return "\n".join(texts)
