"""No value leaves for a purpose that may not see it: whole counties of canaries, looked for in all that comes out."""

from __future__ import annotations

import json
import logging
import warnings

import pandas as pd
import pytest
from canary_county import FLAG, IDS, PROGRAMS, Planted, everything_in, forbidden, found, plant
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink import charts
from caselink.cli import main
from caselink.linking import RunOptions, link_files
from caselink.normalize.patterns import patterns
from caselink.purposes import NAMES, PURPOSES
from caselink.synthetic import draw_county, write_county

FLAGS = st.lists(st.sampled_from(["yes", *["no"] * 9, "unknown"]), min_size=12, max_size=40)
DROPPED = st.sampled_from([(), (), (), ("iva",), ("ivd",), ("iva", "ivd")])
FEW = settings(
    deadline=None,
    max_examples=2,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller county would say no more, and each takes long
    suppress_health_check=list(HealthCheck),
)
PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]


def planted_county(folder, seed: int, flags, dropped=(), people: int = 180) -> Planted:
    """A county of canaries in this folder."""
    return plant(write_county(draw_county(people, seed=seed), folder), seed, flags, dropped)


def linked(planted: Planted, out, **options):
    """What linking the county gives, quietly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return link_files(planted.folder / "sources.toml", out, RunOptions(**options))


@FEW
@given(seed=st.integers(0, 10**6), flags=FLAGS, dropped=DROPPED)
def test_no_output_of_any_purpose_holds_what_it_may_not_show(seed, flags, dropped, tmp_path_factory, capsys, caplog):
    """Every file of every purpose, masked and not, what the terminal shows, logs and warnings."""
    folder = tmp_path_factory.mktemp("canaries")
    planted = planted_county(folder / "in", seed, flags, dropped)
    result = linked(planted, folder / "first").result
    model = str(folder / "first" / "model.json")
    for purpose, seen in PURPOSES.items():
        for masked in (True, False) if seen.may_unmask else (True,):
            out = folder / f"{purpose} {masked}"
            asked = ["--purpose", purpose, "--out", str(out), "--model", model, "--keep-links"]
            asked += ["--review", "20"] if seen.fields & NAMES else []
            with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                run(planted, asked if masked else [*asked, "--unmasked"])
            shown = capsys.readouterr()
            told = [shown.out, shown.err, caplog.text, *(str(one.message) for one in warned), everything_in(out)]
            assert not found(forbidden(planted, result, purpose, masked=masked), "\n".join(told))
            assert FLAG not in "\n".join(told)


def run(planted: Planted, asked) -> None:
    """Run `caselink link`."""
    with pytest.raises(SystemExit) as left:
        main(["link", "--sources", str(planted.folder / "sources.toml"), *asked])
    assert left.value.code == 0


def test_the_canaries_would_be_found(tmp_path):
    """They are in the input, and those that a purpose may see are in its output: looking for them can fail."""
    planted = planted_county(tmp_path / "in", 5, ["no"])
    assert len(found(planted.everything, everything_in(planted.folder))) > 0.9 * len(planted.everything) - 50
    out = linked(planted, tmp_path / "out", purpose="iv-d", review=20, masked=False)
    allowed = planted.everything - forbidden(planted, out.result, "iv-d", masked=False)
    assert len(found(allowed, everything_in(tmp_path / "out"))) > 5


@FEW
@given(seed=st.integers(0, 10**6), flags=FLAGS)
def test_nothing_that_is_said_of_a_result_holds_a_value(seed, flags, tmp_path_factory):
    """Explanations of pairs, households and findings in both languages, charts, counts, and how objects print."""
    folder = tmp_path_factory.mktemp("canaries")
    planted = planted_county(folder / "in", seed, flags)
    out = linked(planted, folder / "out")
    result, findings = out.result, out.beside.findings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        told = [*_explained(result, findings), *_printed(result, out), *_counted(result, out)]
    assert len(told) > 100
    assert not found(planted.everything, "\n".join(told))


def _explained(result, findings) -> list[str]:
    protection = result.families.protect(PROGRAMS)
    said = []
    for purpose in PURPOSES:
        seen = {"purpose": purpose, "protection": protection}
        for row in result.links.iloc[:: max(1, len(result.links) // 12)][PAIR].itertuples(index=False):
            said += [result.explain(*row, **seen), result.why_not(*row, **seen)]
        shown, _ = findings.view(protection, purpose)
        said += [result.explain_finding(findings, one, **seen) for one in shown.table["finding_id"][::9]]
        said += [shown, *([] if purpose != "statistics" else [findings])]
    homes = result.households["household_id"].dropna().unique()
    said += [result.explain_household(home) for home in homes[:: max(1, len(homes) // 12)]]
    said += [result.explain_household(*homes[:2])]
    return [text for one in said for text in _texts(one)]


def _texts(one) -> list[str]:
    """All the ways in which an object is shown."""
    texts = [str(one), repr(one), one._repr_html_() if hasattr(one, "_repr_html_") else ""]
    if hasattr(one, "sentences"):
        texts += [sentence for language in ("en", "es") for sentence in one.sentences(language)]
    if hasattr(one, "chart"):
        texts.append(json.dumps(one.chart().to_dict(), default=str))
    tables = [getattr(one, name, None) for name in ("table", "people", "evidence", "changes", "rosters", "months")]
    return texts + [table.to_csv() for table in tables if isinstance(table, pd.DataFrame)]


def _printed(result, out) -> list[str]:
    """How what the library gives prints."""
    protection = result.families.protect(PROGRAMS)
    shown = [result, result.matcher, result.families, result.judged, result.estimate(), protection, out, out.beside]
    shown += [out.tables, result.summary, cl.reconcile(result, out.tables), cl.count_people(result, out.tables)]
    shown += [cl.Linker(), result.prepared, result.constraints, result.pairs]
    return [text for one in shown for text in (repr(one), str(one), getattr(one, "_repr_html_", str)() or "")]


def _counted(result, out) -> list[str]:
    """Tables of counts and keys, and charts."""
    exchange = cl.reconcile(result, out.tables, "iv-d", protection=result.families.protect(PROGRAMS))
    tables = [result.links, result.persons, result.households, result.cases, result.household_history]
    tables += [exchange.table, exchange.counts(), patterns(result.records), result.plan_review(n=20)]
    tables += [result.next_to_review(5), result.golden_records.drop(columns="value")]
    drawn = [charts.weights_chart(result), charts.levels_chart(result)]
    return [*(table.to_csv() for table in tables), *(json.dumps(chart.to_dict(), default=str) for chart in drawn)]


# What may be concluded from what is withheld.


def _shown_of(folder) -> dict[str, str]:
    """All tables and pages of a run but what tells the hour, the seconds and the hashes of its input."""
    files = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.csv")}
    summary, audit = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("summary.json", "audit.json")
    )
    files["summary"] = json.dumps({name: summary[name] for name in ("counts", "findings", "exchange", "people_counts")})
    files["audit"] = json.dumps([audit["counts"], audit["withheld"]])
    files |= {file.name: file.read_text(encoding="utf-8") for file in folder.glob("review.html")}
    return files


@pytest.mark.parametrize(("purpose", "review"), [("statistics", 0), ("iv-d", 30)])
@FEW
@given(seed=st.integers(0, 10**6), flags=FLAGS, one=st.integers(0, 10**6))
def test_a_flag_and_no_answer_look_alike(purpose, review, seed, flags, one, tmp_path_factory):
    """Whether a person is protected or nobody knows cannot be told from any file, count or page."""
    folder = tmp_path_factory.mktemp("canaries")
    planted = planted_county(folder / "in", seed, [*flags, *["yes"] * 4])
    linked(planted, folder / "flagged", purpose=purpose, review=review)
    file = planted.folder / "ivd.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    flagged = rows.index[rows["fv_ind"] == FLAG]
    if len(flagged) < 2:
        return
    rows.loc[flagged[one % len(flagged)], "fv_ind"] = ""
    rows.to_csv(file, index=False)
    linked(planted, folder / "unknown", purpose=purpose, review=review)
    before, after = (_shown_of(folder / name) for name in ("flagged", "unknown"))
    assert [name for name in before if before[name] != after[name]] == []


CASE_COLUMNS = {"case_no", "case_number", "participation_no", "case_id", "iva_case_id", "ivd_case_id"}


def test_no_id_is_made_of_a_case_number(tmp_path):
    """With other case numbers (in the same order) all ids, and hashes of evidence, are as before."""
    planted = planted_county(tmp_path / "in", 11, ["no"] * 9 + ["yes"], people=400)
    linked(planted, tmp_path / "before")
    for file in planted.folder.glob("*.csv"):
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        for column in CASE_COLUMNS & set(rows.columns):
            rows[column] = [f"7{text}" if text else "" for text in rows[column]]
        rows.to_csv(file, index=False)
    linked(planted, tmp_path / "after")
    for name in ("findings", "finding_people", "finding_evidence", "persons", "households", "cases", "exchange"):
        before, after = (pd.read_csv(tmp_path / when / f"{name}.csv", dtype=str) for when in ("before", "after"))
        assert len(before)
        pd.testing.assert_frame_equal(before, after)


def test_the_files_of_one_run_are_not_left_for_the_next(tmp_path):
    """Pairs and review pages are written when asked for; the next run that does not ask takes them away."""
    planted = planted_county(tmp_path / "in", 5, ["no"])
    asked = {"links.parquet", "links.csv", "review.html"}
    linked(planted, tmp_path / "out", purpose="iv-d", review=3, keep_links=True)
    assert asked <= {file.name for file in (tmp_path / "out").iterdir()}
    linked(planted, tmp_path / "out", purpose="iv-d")
    assert not asked & {file.name for file in (tmp_path / "out").iterdir()}


def test_who_was_protected_stays_so_from_run_to_run(tmp_path):
    """The register of a run protects in the next one whoever was protected, and nobody further."""
    planted = planted_county(tmp_path / "in", 5, ["no"] * 9 + ["yes"])
    settings_file = planted.folder / "sources.toml"
    settings_file.write_text('protection = "protected.csv"\n' + settings_file.read_text("utf-8"), encoding="utf-8")
    linked(planted, tmp_path / "out")
    register = (planted.folder / "protected.csv").read_text(encoding="utf-8")
    assert {"own", "shared"} <= set(pd.read_csv(planted.folder / "protected.csv")["origin"])
    linked(planted, tmp_path / "again")
    assert (planted.folder / "protected.csv").read_text(encoding="utf-8") == register
    for source, flag in (("iva", "safety_flag"), ("ivd", "fv_ind")):
        rows = pd.read_csv(planted.folder / f"{source}.csv", dtype=str, keep_default_na=False).assign(**{flag: "N"})
        rows.to_csv(planted.folder / f"{source}.csv", index=False)
    linked(planted, tmp_path / "lifted")
    assert (planted.folder / "protected.csv").read_text(encoding="utf-8") == register
    assert (tmp_path / "lifted" / "households.csv").read_text() == (tmp_path / "out" / "households.csv").read_text()


def test_a_record_or_case_named_by_its_ssn_is_refused(tmp_path):
    """Every file would hold the number."""
    planted = planted_county(tmp_path / "in", 5, ["no"])
    settings_file = planted.folder / "sources.toml"
    told = settings_file.read_text("utf-8")
    ids = f'record_id = "{IDS["employment"]}"'
    settings_file.write_text(told.replace(ids, 'record_id = "employee_ssn"'), encoding="utf-8")
    with pytest.raises(cl.InputError, match="named by their own SSN in record_id"):
        linked(planted, tmp_path / "out")
    assert not (tmp_path / "out").exists()
