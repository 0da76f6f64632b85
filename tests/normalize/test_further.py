"""Further names and numbers as sets, and numbers that unrelated people use."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.errors import SpecError
from caselink.normalize import Cleaning, normalize, profile, value_rejects
from caselink.normalize.shared import UNRELATED_HOLDERS, shared_numbers


def frame(source="iva", **columns):
    """A frame with ids from 1 on."""
    length = len(next(iter(columns.values())))
    table = {"source": source, "record_id": [str(row) for row in range(1, length + 1)]}
    return pd.DataFrame(table | {name: pd.Series(values, dtype=object) for name, values in columns.items()})


def column(records, name):
    """Values of a column, None where missing."""
    return [None if pd.isna(value) else value for value in records[name]]


def test_whole_names_come_apart_into_sets():
    """Aliases give first and last names, each once and sorted, with what is given as such; fillers are none."""
    people = frame(
        other_names=["Maria E Lopez|LOPEZ, ANA|FNU LNU", None, "UNKNOWN"],
        other_last_names=["O'Brien-Smith|Lopez", "DIAZ", None],
    )
    records = normalize(people)
    assert column(records, "other_first_names") == ["ANA|MARIA", None, None]
    assert column(records, "other_last_names") == ["LOPEZ|OBRIEN SMITH", "DIAZ", None]
    assert "other_names" not in records
    counts = profile(people).set_index("column")
    assert counts.loc["other_names", ["records", "missing", "placeholder"]].tolist() == [3, 1, 1]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param("Ann", "Lopez née Diaz", ("ANN", "LOPEZ", None, "DIAZ"), id="maiden name"),
        pytest.param("William aka Bill", "Ott", ("WILLIAM", "OTT", "BILL", None), id="alias"),
        pytest.param("Ann", "Lopez FKA Diaz Jr", ("ANN", "LOPEZ", None, "DIAZ"), id="former name"),
        pytest.param("Ann", "Nee", ("ANN", "NEE", None, None), id="Nee is also a surname"),
        pytest.param("Ann", "Nee Lopez", ("ANN", "NEE LOPEZ", None, None), id="and a first part of one"),
        pytest.param("Ann", "Lopez aka unknown", ("ANN", "LOPEZ", None, None), id="alias not known"),
        pytest.param("LOPEZ, MARIA E", None, ("MARIA", "LOPEZ", None, None), id="whole name in the first name"),
        pytest.param("LOPEZ, MARIA", "Ott", ("LOPEZ MARIA", "OTT", None, None), id="last name known, comma ignored"),
        pytest.param("Ann", "Lopez, MD", ("ANN", "LOPEZ", None, None), id="a degree is no name"),
    ],
)
def test_other_names_within_a_name(first, last, expected):
    """What stands after NÉE, AKA or FKA is another name; a name in the wrong field is put in order."""
    records = normalize(frame(first_name=[first], last_name=[last]))
    names = ("first_name", "last_name", "other_first_names", "other_last_names")
    assert tuple(column(records, name)[0] if name in records else None for name in names) == expected


def test_numbers_for_taxes_stand_under_their_own_name():
    """An ITIN in the place of an SSN is no SSN, no reject, and not lost."""
    people = frame(ssn=["912-70-1234", "212345678", "913491234"], taxpayer_id=[None, "900-93-1234", None])
    records = normalize(people)
    assert column(records, "ssn") == [None, "212345678", None]
    assert column(records, "taxpayer_id") == ["912701234", "900931234", None]
    assert value_rejects(people)["line"].tolist() == [3]
    counts = profile(people).set_index("column").loc["ssn"]
    assert counts[["invalid", "other_kind", "placeholder"]].tolist() == [1, 1, 0]


def test_numbers_for_taxes_find_each_other():
    """Where people have them, records of one number meet and are compared, as personal evidence."""
    numbers = normalize(frame(ssn=["912-70-1234", "912701234", "212345678"]))
    columns = cl.linker.present_columns(numbers)
    (found,) = [
        one for one in cl.comparisons.defaults.default_comparisons(columns, ["iva"]) if one.definition.name != "ssn"
    ]
    assert (found.definition.name, found.definition.evidence) == ("taxpayer_id", "personal")
    assert cl.count_pairs(numbers).set_index("rule").loc["taxpayer_id", "new_pairs"] == 1
    assert "taxpayer_id" not in cl.count_pairs(normalize(frame(ssn=["212345678"])))["rule"].tolist()


def test_further_names_and_numbers_are_compared_by_default():
    """A married woman's record under her maiden name, with her former number, is hers."""
    records = normalize(
        frame(first_name=["ANA"], last_name=["RUIZ"], ssn=["212345678"], other_last_names=["DIAZ"], other_ssns=[None]),
        frame(
            "ivd",
            first_name=["ANA"],
            last_name=["DIAZ"],
            ssn=["313456789"],
            other_last_names=[None],
            other_ssns=["212-34-5678"],
        ),
    )
    names = cl.linker.present_columns(records)
    comparisons = {one.definition.name: one for one in cl.comparisons.defaults.default_comparisons(names, ["iva"])}
    encoded = cl.encoding.encode(records, ["first_name", "last_name", "ssn", "other_last_names", "other_ssns"])
    pair = np.array([0], np.int32), np.array([1], np.int32)
    for name, level in (("last_name", "other name"), ("ssn", "other number")):
        found = comparisons[name].levels(encoded, *pair)
        assert comparisons[name].definition.level_names[found[0]] == level


PEOPLE = [("ANA", "RUIZ"), ("BO", "LI"), ("EVA", "OTT"), ("ANN", "RUIZ"), ("RUIZ", "ANA"), ("LI", None), (None, None)]
HOLDERS = st.lists(
    st.tuples(
        st.sampled_from(["212345678", "313456789", None]),
        st.sampled_from(PEOPLE),
        st.sampled_from(["1990-01-02", "1985-03-04", None]),
    ),
    max_size=8,
)


def most_unrelated(people):
    """The largest number of people that can be chosen one after the other, each unrelated to those before."""
    chosen = []
    for first, last, born in sorted({(f[:2], name[:2], b or "") for f, name, b in people}):
        if all(not {first, last} & set(one[:2]) and not (born and born == one[2]) for one in chosen):
            chosen.append((first, last, born))
    return len(chosen)


@settings(max_examples=200)
@given(holders=HOLDERS)
def test_a_number_of_three_unrelated_people_is_shared(holders):
    """Found exactly where three people hold it whose names and birth dates have nothing in common."""
    numbers, names, born = (list(part) for part in zip(*holders, strict=True)) if holders else ([], [], [])
    columns = [numbers, [first for first, _ in names], [last for _, last in names], born]
    shared = shared_numbers(*(pa.array(values, pa.string()) for values in columns))
    for number, found in zip(numbers, shared, strict=True):
        people = [(*name, date) for one, name, date in holders if one == number and all(name)]
        assert found == (number is not None and most_unrelated(people) >= UNRELATED_HOLDERS)


def test_a_shared_number_is_marked_over_all_sources():
    """Its SSN stays, since another number still speaks against a match; equal ones say little."""
    names = {"first_name": ["ANA", "BO"], "last_name": ["RUIZ", "LI"]}
    one = frame(**names, ssn=["212345678", "212345678"])
    other = frame("ivd", first_name=["EVA", "IDA"], last_name=["OTT", "KOCH"], ssn=["212-34-5678", "313456789"])
    assert "shared_ssn" not in normalize(one)
    records = normalize(one, other)
    assert column(records, "shared_ssn") == ["212345678"] * 3 + [None]
    assert column(records, "ssn") == ["212345678"] * 3 + ["313456789"]
    pd.testing.assert_frame_equal(normalize(records), records)
    found = cl.SSN(shared="shared_ssn")
    encoded = cl.encoding.encode(records, ["ssn", "shared_ssn"])
    places = encoded.positions(records["source"], records["record_id"]).astype(np.int32)
    levels = found.levels(encoded, places[[0, 0]], places[[1, 3]])
    assert [found.definition.level_names[level] for level in levels] == ["shared number", "differ"]


def test_known_bad_numbers_are_refused():
    """A pair of record and number that a worker found to be wrong counts as invalid; nobody else's number does."""
    people = frame(ssn=["212-34-5678", "212345678", "313456789"])
    cleaning = Cleaning(known_bad_ssns=[("1", "212345678"), ("3", "212345678")])
    assert column(normalize(people, cleaning=cleaning), "ssn") == [None, "212345678", "313456789"]
    rejects = value_rejects(people, cleaning=cleaning)
    assert rejects[["line", "reason"]].to_numpy().tolist() == [[1, "an SSN known not to be this person's"]]
    assert "212345678" not in repr(cleaning)
    with pytest.raises(SpecError, match="pairs"):
        Cleaning(known_bad_ssns=["212345678"])
