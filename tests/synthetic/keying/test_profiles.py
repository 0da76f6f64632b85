"""Profiles: three in the package, one's own as TOML, every mistake named by file and key."""

from dataclasses import fields

import pytest

from caselink.errors import SpecError
from caselink.synthetic.keying.profiles import PROFILE_NAMES, Profile, read_profile
from caselink.synthetic.keying.rates import RATES, ErrorRates, Subgroup
from caselink.synthetic.programs.caseload import PROGRAMS


def own(tmp_path, text):
    """A profile written by a user."""
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    return read_profile(file)


@pytest.mark.parametrize("program", PROGRAMS)
def test_profiles_of_the_package_rise_from_mild_to_hard(program):
    """No rate falls from mild to typical to hard, and most rise."""
    mild, typical, hard = (read_profile(name).rates(program) for name in PROFILE_NAMES)
    for name in RATES:
        assert getattr(mild, name) <= getattr(typical, name) <= getattr(hard, name)
    rises = [getattr(mild, name) < getattr(hard, name) for name in RATES if getattr(typical, name) > 0]
    assert sum(rises) / len(rises) > 0.8
    assert mild.widths == typical.widths == hard.widths
    assert mild.worker_spread < typical.worker_spread < hard.worker_spread


def test_an_empty_file_is_the_typical_profile(tmp_path):
    """What a file does not give, typical has."""
    assert own(tmp_path, "").by_program == read_profile("typical").by_program


def test_a_factor_scales_what_the_file_does_not_give(tmp_path):
    """Rates of the parent are multiplied and stop at 1; those that the file gives stay as given."""
    profile = own(tmp_path, 'inherits = "typical"\nfactor = 3\n[all]\ntyping = 0.05\n[ivd]\nssn_missing = 0.5\n')
    typical = read_profile("typical")
    assert profile.rates("ivd").ssn_missing == 0.5
    assert profile.rates("iva").ssn_missing == pytest.approx(3 * typical.rates("iva").ssn_missing)
    assert {profile.rates(program).typing for program in PROGRAMS} == {0.05}
    assert profile.rates("employment").birth_date_missing == 1.0
    assert profile.rates("iva").worker_spread == typical.rates("iva").worker_spread


def test_nothing_happens_where_nothing_is_inherited(tmp_path):
    """A file that inherits from none has the rates it gives and no others."""
    profile = own(tmp_path, 'inherits = "none"\n[iva]\ntyping = 0.1\nwidths = { last_name = 9 }\n')
    assert profile.rates("ivd") == ErrorRates()
    assert profile.rates("iva").typing == 0.1
    assert profile.rates("iva").widths.last_name == 9


def test_subgroups_reach_every_program(tmp_path):
    """A table of a subgroup holds for all programs."""
    profile = own(
        tmp_path, '[subgroup.name_group.spanish]\nall = 1.5\n[subgroup.age_group."under 1"]\nssn_missing = 4\n'
    )
    expected = (
        Subgroup(column="name_group", value="spanish", times={"all": 1.5}),
        Subgroup(column="age_group", value="under 1", times={"ssn_missing": 4.0}),
    )
    assert all(rates.subgroups == expected for rates in profile.all_rates().values())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("[iva]\ntiping = 0.1", "iva.tiping: unknown", id="unknown rate"),
        pytest.param("[ivx]\ntyping = 0.1", "ivx: unknown", id="unknown program"),
        pytest.param("[iva]\ntyping = 1.1", "iva.typing: must be a share", id="above 1"),
        pytest.param("[all]\ntyping = -0.1", "all.typing: must be a share", id="below 0"),
        pytest.param("[iva]\ntyping = nan", "iva.typing: must be a share", id="not a number"),
        pytest.param('[iva]\ntyping = "much"', "iva.typing: must be a number", id="text"),
        pytest.param("[iva]\ntyping = true", "iva.typing: must be a number", id="boolean"),
        pytest.param("iva = 3", "iva: must be a table", id="no table"),
        pytest.param("[iva]\nworker_spread = 9", "iva.worker_spread: must be between", id="spread"),
        pytest.param('[iva]\nnot_asked = ["ssn"]', "iva.not_asked: must be a list", id="column that every form has"),
        pytest.param("[iva.widths]\nlast_name = 0", "iva.widths.last_name: must be a whole number", id="no width"),
        pytest.param("[iva.widths]\nnick_name = 5", "iva.widths.nick_name: unknown", id="unknown width"),
        pytest.param('inherits = "severe"', "inherits: must be none, mild", id="unknown parent"),
        pytest.param("factor = -1", "factor: must be", id="factor"),
        pytest.param("[subgroup.height.tall]\nall = 2", "subgroup.height: unknown", id="unknown column"),
        pytest.param("[subgroup.sex.X]\nall = 2", "subgroup.sex.X: unknown", id="unknown value"),
        pytest.param("[subgroup.sex.F]\ntiping = 2", "subgroup.sex.F.tiping: unknown", id="unknown kind"),
        pytest.param("[subgroup.sex.F]\ntyping = -2", "subgroup.sex.F.typing: must be", id="negative"),
        pytest.param("[subgroup.sex]\nF = 2", "subgroup.sex.F: must be a table", id="multiplier without kind"),
        pytest.param("typing = = 1", "line 1: not valid TOML", id="no TOML"),
    ],
)
def test_mistakes_are_named_by_file_and_key(tmp_path, text, key):
    """An error says which file, which key, and what would do."""
    with pytest.raises(SpecError, match=r"own\.toml") as error:
        own(tmp_path, text)
    assert key in str(error.value)


def test_a_profile_that_is_not_there_is_named():
    """A name that is neither a profile nor a file is an error that lists the profiles."""
    with pytest.raises(SpecError, match="mild, typical, hard"):
        read_profile("tough")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    """A file that is not UTF-8 is an error that says so."""
    file = tmp_path / "own.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError, match="not UTF-8"):
        read_profile(file)


def test_a_profile_in_hand_is_taken_as_it_is():
    """What was read before, or made in Python, need not be read again; an unknown program is refused."""
    profile = Profile("mine", {"iva": ErrorRates(typing=0.5)})
    assert read_profile(profile) is profile
    with pytest.raises(SpecError, match="ivd"):
        profile.rates("ivd")


def test_every_rate_of_a_packaged_profile_is_named_somewhere():
    """Each kind of slip happens in some program of the typical profile, so that none is forgotten in the file."""
    rates = read_profile("typical").all_rates().values()
    names = {one.name for one in fields(ErrorRates)} & set(RATES)
    assert {name for name in names if not any(getattr(program, name) > 0 for program in rates)} == set()
