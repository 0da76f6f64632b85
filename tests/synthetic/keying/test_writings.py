"""Other ways to write a name."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from caselink.synthetic.keying.writings import (
    PARTICLES,
    Variants,
    has_marks,
    has_particles,
    lose_marks,
    nicknames,
    write_particles,
)

NAMES = st.text("ABCDEÉÑÜØß' -", min_size=1, max_size=10)


def texts(*names):
    """Names as an array of objects."""
    return np.array(names, dtype=object)


@given(st.lists(NAMES, min_size=1), st.integers(0, 99))
def test_losing_marks_touches_marked_letters_alone(names, seed):
    """A name without marks stays; of the others every plain letter stays, in order, and no name is lost altogether."""
    lost = lose_marks(np.random.default_rng(seed), texts(*names))
    for before, after, marked in zip(names, lost, has_marks(texts(*names)), strict=True):
        plain = "".join(letter for letter in before if letter.isascii())
        assert after == before if not marked else after
        assert after.isascii() or not plain
        letters = iter(after)
        assert all(letter in letters for letter in plain)


@given(st.lists(st.sampled_from(PARTICLES), min_size=1, max_size=3), st.integers(0, 99))
def test_particles_are_written_otherwise_and_the_name_stays(particles, seed):
    """The name behind the particles is always there, and something has changed."""
    name = " ".join([*particles, "KOENIG"])
    assert has_particles(texts(name)).all()
    written = write_particles(np.random.default_rng(seed), texts(name))[0]
    assert written.endswith("KOENIG")
    assert written != name


@given(st.sampled_from(["MC DONALD", "O'BRIEN", "D'ANGELO"]), st.integers(0, 99))
def test_what_is_part_of_the_name_is_never_left_out(name, seed):
    """MC and O' are joined or set apart, never lost."""
    written = write_particles(np.random.default_rng(seed), texts(name))[0]
    assert written != name
    assert written.replace(" ", "") == name.replace(" ", "").replace("'", "")


def test_variants_are_chosen_among_those_of_the_name():
    """Each of a name's variants is chosen at some time, and no other."""
    variants = Variants(texts("A", "B", "A"), texts("X", "Y", "Z"))
    assert variants.known(texts("A", "C", "B")).tolist() == [True, False, True]
    chosen = variants.choose(np.linspace(0, 0.99, 20), texts(*["A"] * 20))
    assert set(chosen) == {"X", "Z"}
    assert variants.choose(np.array([0.99]), texts("B")).tolist() == ["Y"]
    assert nicknames().known(texts("ROBERT", "QQQ")).tolist() == [True, False]
