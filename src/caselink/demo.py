"""The demo: a synthetic county goes through the same door as an agency's files, and the truth says how well it went."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from caselink.evaluate import Evaluation
from caselink.linking import LinkedFiles, RunOptions, link_files
from caselink.progress import Progress
from caselink.settings import read_settings
from caselink.synthetic import draw_county, write_county


def run_demo(
    n_people: int, out: Path, *, seed: int = 0, progress: Progress | None = None
) -> tuple[LinkedFiles, Evaluation]:
    """Write a county's extracts into ``out``, link them, and compare the persons with the truth, by group too."""
    folder = write_county(draw_county(n_people, seed=seed), out)
    told = [pd.read_csv(folder / f"{name}.csv", dtype="string") for name in ("truth", "truth-registers")]
    truth = pd.concat(told, ignore_index=True)
    options = RunOptions(seed=seed, progress=progress, truth=truth, group="name_group")
    linked = link_files(read_settings(folder / "sources.toml"), folder, options)
    return linked, linked.result.evaluate(truth)
