"""The two pages as bytes: templates filled in, everything escaped, and a policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caselink.purposes import NARROWEST, Purpose
from caselink.report.beside import Beside
from caselink.report.contents import gather_contents
from caselink.report.drawings import BOTTOM, LEFT, RIGHT, TOP
from caselink.report.review_pairs import ReviewPairs, gather_pairs
from caselink.report.tables import BAR_WIDTH
from caselink.storage import write_files

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Environment

    from caselink.result import Result


def report_page(result: Result, beside: Beside | None = None, *, purpose: str | Purpose = NARROWEST) -> bytes:
    """The report as one HTML file: counts and shares only."""
    contents = gather_contents(result, beside or Beside(), purpose)
    return _filled("report.html", {"report": contents}, script="")


def review_page(
    result: Result,
    pairs: pd.DataFrame,
    beside: Beside | None = None,
    *,
    purpose: str | Purpose = NARROWEST,
    masked: bool = True,
) -> bytes:
    """The page for clerical review of ``pairs`` (of ``plan_review`` or ``next_to_review``) as one HTML file."""
    told = gather_pairs(result, pairs, beside or Beside(), purpose=purpose, masked=masked)
    return _filled("review.html", {"review": told, "data": _as_data(told)}, script=_text("review.js"))


def write_report(
    result: Result, path: str | os.PathLike[str], beside: Beside | None = None, *, purpose: str | Purpose = NARROWEST
) -> Path:
    """Write the report to ``path``."""
    return _write(path, report_page(result, beside, purpose=purpose))


def write_review(
    result: Result,
    path: str | os.PathLike[str],
    pairs: pd.DataFrame,
    beside: Beside | None = None,
    *,
    purpose: str | Purpose = NARROWEST,
    masked: bool = True,
) -> Path:
    """Write the review page to ``path``."""
    return _write(path, review_page(result, pairs, beside, purpose=purpose, masked=masked))


def _write(path: str | os.PathLike[str], page: bytes) -> Path:
    file = Path(path)
    write_files(file.parent, {file.name: page})
    return file


def _filled(template: str, content: dict[str, Any], *, script: str) -> bytes:
    style = _text("style.css")
    policy = f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'"
    if script:
        policy += f"; script-src '{_digest(script)}'"
    drawn = {"left": LEFT, "top": TOP, "right": RIGHT, "bottom": BOTTOM, "bar": BAR_WIDTH}
    page = _templates().get_template(template)
    return page.render(**content, style=style, script=script, policy=policy, drawn=drawn).encode()


def _as_data(told: ReviewPairs) -> str:
    """The pairs as JSON that nothing in them can end: no ``<``, no ``&``, and only ASCII."""
    text = json.dumps(told.as_data(), separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _text(name: str) -> str:
    return files("caselink.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("caselink.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
