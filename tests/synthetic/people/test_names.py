"""Names as people write them, folded, taken apart, and grouped."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.names import fold, name_groups, two_surnames, variant_table, write_names
from caselink.synthetic.people.timeline import draw_history


def texts(*words):
    """Words as an array of objects."""
    return np.array(words, dtype=object)


@pytest.mark.parametrize(
    ("written", "folded", "plain"),
    [
        pytest.param("O'BRIEN", "O'BRIEN", "OBRIEN", id="apostrophe"),
        pytest.param("NÚÑEZ", "NUNEZ", "NUNEZ", id="accent and tilde"),
        pytest.param("PEÑA-RÍOS", "PENA-RIOS", "PENA RIOS", id="hyphen"),
        pytest.param("DE LEÓN", "DE LEON", "DE LEON", id="particle"),
        pytest.param("ARGÜELLO", "ARGUELLO", "ARGUELLO", id="diaeresis"),
        pytest.param(None, None, None, id="missing"),
    ],
)
def test_folded_names_are_unaccented(written, folded, plain):
    """Folding takes off the accents; plain text is that of normalized records."""
    assert fold(texts(written)).tolist() == [folded]
    assert fold(texts(written), plain=True).tolist() == [plain]


@given(st.lists(st.sampled_from(["GARCÍA", "SMITH", "O'DAY", None]) | st.text("AÁÉÑÜ -'", max_size=6)))
def test_folding_twice_changes_nothing_and_each_name_is_on_its_own(words):
    """Each text is folded as if alone, to ASCII, and folding again leaves it."""
    folded = fold(texts(*words, None))
    assert folded.tolist() == [fold(texts(word)).tolist()[0] for word in [*words, None]]
    assert fold(folded).tolist() == folded.tolist()
    assert all(text is None or text.isascii() for text in folded)


@pytest.mark.parametrize(
    ("last_name", "parts"),
    [
        pytest.param("SMITH", ("SMITH", None), id="one"),
        pytest.param("SMITH-JONES", ("SMITH", "JONES"), id="hyphen"),
        pytest.param("GARCÍA LÓPEZ", ("GARCÍA", "LÓPEZ"), id="two"),
        pytest.param("DE LA CRUZ", ("DE LA CRUZ", None), id="particles"),
        pytest.param("DE LARA", ("DE LARA", None), id="name that begins like a particle"),
        pytest.param("DEL TORO DE LA CRUZ", ("DEL TORO", "DE LA CRUZ"), id="particles twice"),
        pytest.param("VAN DER MEER-O'BRIEN", ("VAN DER MEER", "O'BRIEN"), id="Dutch and Irish"),
        pytest.param("MC DONALD", ("MC DONALD", None), id="Mc apart"),
        pytest.param("DELGADO RUIZ", ("DELGADO", "RUIZ"), id="no particle"),
        pytest.param(None, (None, None), id="missing"),
    ],
)
def test_last_names_fall_into_their_surnames(last_name, parts):
    """A particle belongs to the surname that follows."""
    one, two = two_surnames(texts(last_name))
    assert (one.tolist()[0], two.tolist()[0]) == parts


def test_names_are_written_by_their_shares():
    """Of many of one name the declared share write it each way; names not in the table stay, as do those left out."""
    names = texts(*["DELEON"] * 4_000, *["OBRIEN"] * 4_000, "SMITH")
    among = np.arange(len(names)) < 8_000
    written = pd.Series(write_names(np.random.default_rng(0), names, "surname", among))
    shares = written.value_counts() / 4_000
    for name, share in (("DELEON", 0.35), ("DE LEÓN", 0.35), ("DE LEON", 0.3), ("O'BRIEN", 0.85), ("OBRIEN", 0.15)):
        assert shares[name] == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / 4_000)), name
    assert written.iloc[-1] == "SMITH"
    untouched = write_names(np.random.default_rng(0), names, "surname", ~among)
    assert (untouched == names).all()


def test_every_spelling_folds_to_the_name_in_the_list():
    """A spelling differs from the federal list's form by accents, blanks and apostrophes alone."""
    from caselink.synthetic.people.names import _spellings

    for kind in ("surname", "first"):
        table = _spellings(kind)
        letters = [text.replace(" ", "") for text in fold(table["written"].to_numpy(dtype=object), plain=True)]
        assert letters == table["name"].tolist()
        assert table.groupby("name")["share"].sum().between(0, 1).all()


def test_variants_go_both_ways():
    """Who may be written otherwise may be meant by the other as well, and nobody is a variant of himself."""
    table = variant_table()
    pairs = set(table[["list", "name", "variant"]].itertuples(index=False, name=None))
    assert pairs == {(kind, variant, name) for kind, name, variant in pairs}
    assert (table["name"] != table["variant"]).all()
    assert len(pairs) == len(table) > 100


def test_groups_say_what_makes_a_name_hard_to_write():
    """Transliterated before particle before Spanish before double; the rest is plain."""
    last = texts("SMITH", "SMITH-JONES", "GARCÍA", "GARCIA LOPEZ", "DE LA CRUZ", "O'BRIEN", "HUSSEIN", "SMITH")
    first = texts("ANN", "ANN", "ANN", "ANN", "ANN", "ANN", "ANN", "MOHAMED")
    groups = ["plain", "double", "spanish", "spanish", "particle", "particle", "transliterated", "transliterated"]
    assert name_groups(first, last).tolist() == groups


def test_a_district_has_names_of_every_group():
    """Names with accents, particles, two surnames and from other scripts come in any larger district."""
    people = draw_history(8_000, streams=Streams(1), calendar=Calendar(1)).people
    counts = people["name_group"].value_counts()
    assert counts.min() > 10
    assert set(counts.index) == {"plain", "spanish", "double", "particle", "transliterated"}
    assert not all(name.isascii() for name in people["first_name"])
