"""People whose names and keys try to do something, in three sources of which one knows everybody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hostile_keys import HOSTILE, PROGRAMS

import caselink as cl
from caselink.report import Beside
from caselink.synthetic.race import draw_records


@pytest.fixture(scope="session")
def result():
    """Three hundred people, nobody protected; sources, keys and first names are hostile, last names are canaries."""
    records, _ = draw_records(450, seed=7)
    records = records.assign(
        source=records["source"].replace("ivd", "<b>ivd</b>"),
        record_id=[f"{HOSTILE[n % 5]}{one}" for n, one in enumerate(records["record_id"])],
        protected="N",
    )
    found = cl.Linker(families=False).fit_resolve(records)
    names = [HOSTILE[n % 5] for n in range(len(records))]
    marks = [f"QZXNAME{n}" for n in range(len(records))]
    return replace(found, records=records.assign(first_name=names, last_name=marks))


@pytest.fixture(scope="session")
def truth():
    """Who is who, with a group whose name is hostile."""
    records, truth = draw_records(450, seed=7)
    keys = [f"{HOSTILE[n % 5]}{one}" for n, one in enumerate(records["record_id"])]
    ids = dict(zip(zip(records["source"], records["record_id"], strict=True), keys, strict=True))
    told = pd.Series([ids[key] for key in zip(truth["source"], truth["record_id"], strict=True)])
    group = np.where(pd.factorize(truth["entity_id"])[0] % 2, "<i>one</i>", "two")
    source = truth["source"].replace("ivd", "<b>ivd</b>")
    return truth.assign(source=source, record_id=told.to_numpy(), group=group)


@pytest.fixture(scope="session")
def beside():
    """Which program each source is of."""
    return Beside(programs=PROGRAMS)
