from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")  # two thousand people are few to learn from
def test_python_runs(tmp_path, monkeypatch):
    """The Python blocks run one after the other, as a reader types them, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    typed: dict[str, object] = {}
    for number, block in enumerate(_blocks("python"), start=1):
        exec(compile(block, f"README.md, Python block {number}", "exec"), typed)  # noqa: S102 - ours
    assert number == 7


def test_sources_toml_is_accepted(tmp_path):
    """The settings shown are settings that caselink takes."""
    from caselink.settings import read_settings

    first, beside, chosen = (block for block in _blocks("toml") if "inherits" not in block)
    for text, names, carried in ((first + chosen, ["iva", "ivd"], ("worker_id",)), (beside, ["ivd"], ())):
        for source in tomllib.loads(text)["source"]:
            for key in ("path", "memberships", "cases"):
                (tmp_path / source.get(key, source["path"])).touch()
        (tmp_path / "referrals.csv").touch()
        (tmp_path / "known_bad.csv").write_text("record_id,ssn\n", encoding="utf-8")
        (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
        settings = read_settings(tmp_path / "sources.toml")
        assert [source.name for source in settings.sources] == names
        assert settings.carried == carried


def test_profile_is_accepted(tmp_path):
    """The error rates shown are a profile that a county can be drawn with."""
    from caselink.synthetic import read_profile

    (block,) = [block for block in _blocks("toml") if "inherits" in block]
    (tmp_path / "ours.toml").write_text(block, encoding="utf-8")
    rates = read_profile(tmp_path / "ours.toml").rates("ivd")
    assert rates.ssn_missing == 0.3
    assert rates.typing > read_profile("typical").rates("ivd").typing


def test_commands_shown_are_commands():
    """The options shown are those that the commands have."""
    from typer.testing import CliRunner

    from caselink.cli import app

    shown = [line.split("  ")[0] for line in "".join(_blocks("text")).splitlines()]
    assert len(shown) == 5
    for line in shown:
        _, command, *options = shlex.split(line)
        told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
        for option in options:
            if option.startswith("--"):
                assert option in told


def test_links_lead_somewhere():
    """Every relative link of the README is in the repository."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target
