"""The scores of `evaluate` against a slow evaluation that lists every pair."""

import math
from itertools import combinations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import ColumnMissingError, InputError, RecordIdError, SpecError
from caselink.evaluate import Scores, blocking_recall, losses_by_error, scores_by_group
from caselink.evaluate import evaluate as evaluate_with_intervals

LABELS = st.one_of(st.none(), st.sampled_from("abcd"))


def evaluate(persons, truth, **options):
    """The evaluation without intervals, which tests of their own look at."""
    return evaluate_with_intervals(persons, truth, interval=None, **options)


@st.composite
def clusterings(draw, max_records=12):
    """Records of up to three sources with a true and a found person and household, some of them unknown."""
    keys = draw(
        st.sets(
            st.tuples(st.sampled_from(["iva", "ivd", "wages"]), st.sampled_from("01234")),
            min_size=1,
            max_size=max_records,
        )
    )
    labels = st.lists(LABELS, min_size=len(keys), max_size=len(keys))
    columns = {name: draw(labels) for name in ("entity_id", "person_id", "true_household", "found_household")}
    keys = draw(st.permutations(sorted(keys)))
    key_columns = {"source": [source for source, _ in keys], "record_id": [record for _, record in keys]}
    return pd.DataFrame({**key_columns, **columns}, dtype=object)


def persons_of(frame):
    """The answer: found persons and households."""
    return frame[["source", "record_id", "person_id"]].assign(household_id=frame["found_household"])


def truth_of(frame):
    """The truth: people and their households."""
    return frame[["source", "record_id", "entity_id"]].assign(household_id=frame["true_household"])


def clusters_of(frame, column):
    """The clusters of a label column as sets of rows; a row without a label is alone."""
    groups = {}
    for row, label in zip(frame.index, frame[column], strict=True):
        groups.setdefault(row if label is None else label, set()).add(row)
    return [frozenset(group) for group in groups.values()]


def pairs_of(clusters):
    """All pairs of records that share a cluster."""
    return {pair for cluster in clusters for pair in combinations(sorted(cluster), 2)}


def counts(scores: Scores):
    """The three counts of a score."""
    return scores.right, scores.predicted, scores.true


def overlap(predicted, true):
    """The three counts of two sets."""
    return len(predicted & true), len(predicted), len(true)


def brute_bcubed(predicted, true):
    """Precision and recall of each record, averaged in a loop."""
    rows = sorted(row for cluster in true for row in cluster)
    precision = recall = 0.0
    for row in rows:
        (mine,) = (cluster for cluster in predicted if row in cluster)
        (own,) = (cluster for cluster in true if row in cluster)
        precision += len(mine & own) / len(mine)
        recall += len(mine & own) / len(own)
    return precision / len(rows), recall / len(rows)


@given(clusterings())
def test_pair_scores_are_those_of_all_pairs_listed(frame):
    """Pairwise, cross-source, within-source and per-source-pair counts are those of a loop over pairs."""
    result = evaluate(persons_of(frame), truth_of(frame))
    universe = frame[frame["entity_id"].notna()]
    predicted, true = (pairs_of(clusters_of(universe, column)) for column in ("person_id", "entity_id"))
    source = universe["source"]

    def among(pairs, keep):
        return {pair for pair in pairs if keep(*sorted(source[list(pair)]))}

    assert counts(result.pairwise) == overlap(predicted, true)
    for scores, keep in [
        (result.cross_source, lambda a, b: a != b),
        (result.within_source, lambda a, b: a == b),
        *[(scores, lambda a, b, key=key: (a, b) == key) for key, scores in result.by_source.items()],
    ]:
        assert counts(scores) == overlap(among(predicted, keep), among(true, keep))
    assert sum(scores.predicted for scores in result.by_source.values()) == result.pairwise.predicted


@given(clusterings())
def test_cluster_scores_are_those_of_sets_compared(frame):
    """A cluster is right exactly when the same set of records is on both sides."""
    result = evaluate(persons_of(frame), truth_of(frame))
    universe = frame[frame["entity_id"].notna()]
    predicted, true = (set(clusters_of(universe, column)) for column in ("person_id", "entity_id"))
    many = [{cluster for cluster in side if len(cluster) > 1} for side in (predicted, true)]
    assert counts(result.cluster) == overlap(predicted, true)
    assert counts(result.cluster_multi) == overlap(*many)
    assert (result.records, result.persons, result.entities) == (len(universe), len(predicted), len(true))


@given(clusterings())
def test_bcubed_is_the_mean_over_records(frame):
    """B-cubed equals a loop over records, each with its own precision and recall."""
    result = evaluate(persons_of(frame), truth_of(frame))
    universe = frame[frame["entity_id"].notna()]
    if universe.empty:
        assert math.isnan(result.bcubed.f1)
        return
    precision, recall = brute_bcubed(*(clusters_of(universe, column) for column in ("person_id", "entity_id")))
    assert result.bcubed.precision == pytest.approx(precision)
    assert result.bcubed.recall == pytest.approx(recall)
    assert result.bcubed.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def nearest(clusters, others):
    """The mean over clusters of the Jaccard similarity to the one most alike among the others."""
    return sum(max(len(one & other) / len(one | other) for other in others) for one in clusters) / len(clusters)


@given(clusterings())
def test_closest_cluster_is_that_of_all_clusters_compared(frame):
    """Closest cluster equals a loop over all pairs of clusters."""
    closest = evaluate(persons_of(frame), truth_of(frame)).closest
    universe = frame[frame["entity_id"].notna()]
    if universe.empty:
        assert math.isnan(closest.f1)
        return
    predicted, true = (clusters_of(universe, column) for column in ("person_id", "entity_id"))
    assert closest.precision == pytest.approx(nearest(predicted, true))
    assert closest.recall == pytest.approx(nearest(true, predicted))
    assert (closest.predicted, closest.true, closest.missed) == (len(predicted), len(true), None)


@given(clusterings(), st.data())
def test_pairs_lost_by_blocking_are_told_from_those_lost_later(frame, data):
    """Every true pair was made or not, and joined or not: the four counts are those of sets of pairs."""
    pair = st.sampled_from(list(combinations(range(len(frame)), 2))) if len(frame) > 1 else st.nothing()
    made = data.draw(st.sets(pair))
    left, right = ([pair[side] for pair in sorted(made)] for side in (0, 1))
    blocking = blocking_recall(left, right, frame["entity_id"], person=frame["person_id"])
    result = evaluate(persons_of(frame), truth_of(frame), blocking=blocking)
    known = frame[frame["entity_id"].notna()]
    true, predicted = (pairs_of(clusters_of(known, column)) for column in ("entity_id", "person_id"))
    assert (result.after_blocking.right, result.after_blocking.total) == (
        len(true & made & predicted),
        len(true & made),
    )
    assert (blocking.joined, blocking.lost) == (len(true & predicted - made), len(true - made))
    table = result.to_frame()["missed"]
    assert (table["blocking"], table["pairwise after blocking"]) == (len(true - made), len(true & made - predicted))


@given(clusterings())
def test_household_scores_leave_out_records_whose_household_is_unknown(frame):
    """Households are sets of the records with a true household; a record without a found one is alone."""
    household = evaluate(persons_of(frame), truth_of(frame)).household
    universe = frame[frame["true_household"].notna()]
    predicted, true = (set(clusters_of(universe, column)) for column in ("found_household", "true_household"))
    across = {cluster for cluster in true if len(set(universe.loc[list(cluster), "source"])) > 1}
    many = {cluster for cluster in true if len(cluster) > 1}
    assert counts(household.pairwise) == overlap(pairs_of(predicted), pairs_of(true))
    assert counts(household.cluster) == overlap(predicted, true)
    for share, among in [(household.exact, true), (household.exact_multi, many), (household.exact_across, across)]:
        assert (share.right, share.total) == (len(predicted & among), len(among))


@given(clusterings(), st.randoms())
def test_row_order_and_label_names_do_not_matter(frame, random):
    """Shuffled tables and renamed persons give the very same evaluation."""
    shuffled = frame.sample(frac=1, random_state=random.randint(0, 99))
    renamed = persons_of(shuffled).replace({"person_id": {"a": "d", "d": "a"}})
    assert evaluate(renamed, truth_of(frame)).to_frame().equals(evaluate(persons_of(frame), truth_of(frame)).to_frame())


@given(clusterings())
def test_the_truth_scores_one(frame):
    """The truth handed in as the answer has no wrong and no missed pair, person or record."""
    truth = truth_of(frame)
    table = evaluate(truth.rename(columns={"entity_id": "person_id"}), truth).to_frame()
    assert (table[["wrong", "missed"]].fillna(0) == 0).all(axis=None)
    assert set(table["f1"].dropna()) <= {1.0}


@given(clusterings(), st.data())
def test_absent_records_count_as_alone(frame, data):
    """Leaving a record out of the persons is the same as giving it a person of its own."""
    rows = data.draw(st.sets(st.sampled_from(list(frame.index)))) if len(frame) else set()
    left_out = persons_of(frame.drop(index=list(rows)))
    alone = frame.copy()
    alone.loc[list(rows), ["person_id", "found_household"]] = None
    one, other = evaluate(left_out, truth_of(frame)), evaluate(persons_of(alone), truth_of(frame))
    assert one.to_frame().equals(other.to_frame())
    assert one.absent == int(frame.loc[list(rows), "entity_id"].notna().sum()) + int(
        frame.drop(index=list(rows)).query("person_id.isna() and entity_id.notna()").shape[0]
    )


def small():
    """Four records of three people; the answer splits the first person and merges the other two."""
    records = pd.DataFrame({"source": ["iva", "ivd", "iva", "ivd"], "record_id": ["1", "1", "2", "2"]})
    truth = records.assign(entity_id=["ann", "ann", "bob", "eve"])
    return records.assign(person_id=["p1", "p2", "p3", "p3"]), truth


def test_persons_outside_the_truth_are_left_out_and_counted():
    """Records that the truth does not know, or whose person it does not know, change the counts only."""
    persons, truth = small()
    more = pd.DataFrame({"source": ["iva", "wages"], "record_id": ["9", "1"], "person_id": ["p1", "p3"]})
    nobody = pd.DataFrame({"source": ["iva"], "record_id": ["9"], "entity_id": [None]})
    result = evaluate(pd.concat([persons, more]), pd.concat([truth, nobody]))
    assert result.unknown == 2
    assert result.to_frame().equals(evaluate(persons, truth).to_frame())


def test_ids_read_as_numbers_meet_ids_read_as_text():
    """A truth file read with whole numbers as record ids still finds the records."""
    persons, truth = small()
    numbers = truth.assign(record_id=truth["record_id"].astype(int))
    assert evaluate(persons, numbers).absent == 0


def test_the_table_says_what_is_known_of_blocking():
    """Without blocking a line says so; with it the pairs lost there and later are counted; another truth is refused."""
    persons, truth = small()
    assert "not told apart here" in str(evaluate(persons, truth))
    nothing = blocking_recall([], [], truth["entity_id"])
    assert "blocking made 0 and lost 1" in str(evaluate(persons, truth, blocking=nothing))
    assert evaluate(persons, truth, blocking=nothing).after_blocking is None
    joined = blocking_recall([], [], truth["entity_id"], person=truth["entity_id"])
    known = evaluate(truth.assign(person_id=truth["entity_id"]), truth, blocking=joined)
    assert "0 were lost later; 1 of those lost were joined by way of others" in str(known)
    absent = evaluate(persons, pd.concat([truth, truth.iloc[:2].assign(record_id="9")]), blocking=nothing)
    assert "are of records that were not given to it" in str(absent)
    with pytest.raises(SpecError, match="same truth"):
        evaluate(persons, truth.assign(entity_id=[1, 2, 3, 4]), blocking=nothing)
    with pytest.raises(SpecError, match="one for each"):
        blocking_recall([], [], truth["entity_id"], person=truth["entity_id"].iloc[:1])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({}, "no source in common", id="source"),
        pytest.param({"source": "iva", "record_id": list("7788")}, "no record_id in common", id="record_id"),
        pytest.param({"record_id": list("7788")}, "no source and no record_id in common", id="both"),
    ],
)
def test_tables_that_share_no_record_are_refused(change, reason):
    """Blanks would look like a result: the error says which key differs and shows no id."""
    persons, truth = small()
    with pytest.raises(InputError, match=reason) as refused:
        evaluate(persons[persons["source"] == "iva"], truth.assign(**change)[truth["source"] == "ivd"])
    assert "none of the 2 records of the truth is among the 2 of the persons" in str(refused.value)


def test_the_table_reads_well():
    """The printed table and the notebook's table name every measure and say how many people there are."""
    persons, truth = small()
    result = evaluate(persons.assign(household_id="h"), truth.assign(household_id="h"))
    for text in (str(result), repr(result), result._repr_html_()):
        assert "4 records of 3 people, found as 3 persons" in text
        assert "true households found exactly 1.0000 (1 of 1)" in text
        for measure in ("pairwise", "cross-source", "iva ~ ivd", "B-cubed", "household cluster"):
            assert measure in text


def test_a_truth_that_knows_nobody_gives_an_empty_evaluation():
    """No known people: no counts, and scores that are not numbers; a truth without a row is an error."""
    persons, truth = small()
    result = evaluate(persons, truth.assign(entity_id=None))
    assert counts(result.pairwise) == (0, 0, 0)
    assert math.isnan(result.bcubed.f1)
    assert evaluate(persons.iloc[:0], truth).absent == len(truth)
    with pytest.raises(InputError, match="truth has no rows"):
        evaluate(persons, truth.iloc[:0])


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("column", ["person_id", "entity_id", "household_id"])
def test_blank_ids_are_missing(column, blank):
    """Two records with an empty id are not one person, one household or one truth."""
    persons, truth = small()
    tables = [table.assign(household_id="h") for table in (persons, truth)]
    found = [
        str(evaluate(*(t.assign(**{column: [value, value, *t[column][2:]]}) if column in t else t for t in tables)))
        for value in (blank, None)
    ]
    assert found[0] == found[1]
    with pytest.raises(RecordIdError, match="1 rows of truth lack"):
        evaluate(persons, truth.assign(record_id=["1", blank, "2", "2"]))


def other_frames(frame):
    """The same frame as others have it."""
    import polars as pl

    table = pl.from_pandas(frame)
    numbered = table.with_columns(pl.col("source").cast(pl.Categorical))
    return [pa.Table.from_pandas(frame, preserve_index=False), table, numbered]


@pytest.mark.parametrize("place", range(3), ids=["pyarrow", "polars", "polars, categories"])
def test_frames_that_speak_arrow_are_taken(place):
    """Tables of pyarrow and polars give the scores, groups and losses that pandas frames give."""
    persons, truth = small()
    truth = truth.assign(group=["x", "", "y", None])
    errors = truth[["source", "record_id"]].assign(field="ssn", kind="ocr")
    given = [other_frames(table)[place] for table in (persons, truth, errors)]
    assert str(evaluate(*given[:2])) == str(evaluate(persons, truth))
    pd.testing.assert_frame_equal(losses_by_error(*given), losses_by_error(persons, truth, errors))
    groups = [scores_by_group(*tables, "group", replicates=5) for tables in (given[:2], (persons, truth))]
    assert str(groups[0]) == str(groups[1])
    assert list(groups[0].scores.index) == ["x", "y"]
    with pytest.raises(ColumnMissingError, match="entity_id"):
        evaluate(given[0], given[0])
    with pytest.raises(InputError, match="not a builtins dict"):
        evaluate(persons, {"source": ["secret"]})


@pytest.mark.parametrize("table", ["persons", "truth"])
def test_records_must_be_unique_and_named(table):
    """A record twice, or without an id, is an error that counts rows and shows no id."""
    tables = dict(zip(("persons", "truth"), small(), strict=True))
    doubled = {**tables, table: pd.concat([tables[table]] * 2)}
    with pytest.raises(RecordIdError, match=f"4 rows of {table} repeat"):
        evaluate(**doubled)
    nameless = {**tables, table: tables[table].assign(record_id=["1", None, "2", "2"])}
    with pytest.raises(RecordIdError, match=f"1 rows of {table} lack"):
        evaluate(**nameless)


@pytest.mark.parametrize(("table", "column"), [("persons", "person_id"), ("truth", "entity_id")])
def test_a_missing_column_is_named(table, column):
    """The error says which table lacks which column."""
    tables = dict(zip(("persons", "truth"), small(), strict=True))
    with pytest.raises(ColumnMissingError, match=f"{table}.*{column}"):
        evaluate(**{**tables, table: tables[table].drop(columns=column)})


def test_a_column_of_mixed_types_is_refused_without_showing_a_value():
    """Text and numbers in one id column are refused by the column's name alone."""
    persons, truth = small()
    with pytest.raises(InputError, match="person_id") as refused:
        evaluate(persons.assign(person_id=["secret", 1, 2, 3]), truth)
    assert "secret" not in str(refused.value)
