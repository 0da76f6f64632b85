"""How both pages look and read in a real browser: contrast, layout with names that try to break it, and many pairs."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace

import pandas as pd
import pytest
from chromium import Chromium, find_chromium
from hostile_keys import PROGRAMS

import caselink as cl
from caselink.leads import find
from caselink.report import Beside, read_decisions, report_page, review_page

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="no chromium is installed here")
KEYS = ["source_left", "record_id_left", "source_right", "record_id_right"]
NAMES = [
    "X" * 400,
    "ANA\u202eGNP.EXE\u202c",
    "\u05d3\u05d5\u05d3 \u05d1\u05df \u05d2\u05d5\u05e8\u05d9\u05d5\u05df",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 SMITH",
    '" onmouseover="document.title=\'run\'" x="',
    "+1+cmd|' /C calc'!A0",
]
CONTRAST = """(() => {
  const lamp = (part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * lamp(r) + 0.7152 * lamp(g) + 0.0722 * lamp(b);
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  let seen = 0;
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !one.checkVisibility() || one.disabled || one.closest('script, style')) continue;
    const style = getComputedStyle(one);
    const pair = [light(parts(one.closest('svg') ? style.fill : style.color)), light(behind(one))].sort();
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    seen += 1;
    if (ratio < 4.5) poor.push(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
  }
  return [seen, [...new Set(poor)]];
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A headless browser of its own."""
    with Chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def odd(result):
    """The same people with names that are long, turn the direction, or try to run."""
    names = [NAMES[n % len(NAMES)] for n in range(len(result.records))]
    return replace(result, records=result.records.assign(first_name=names, last_name=names[::-1]))


@pytest.fixture(scope="module")
def pages(odd, beside, truth, tmp_path_factory):
    """Both pages with all that can be on them."""
    folder = tmp_path_factory.mktemp("pages")
    told = replace(beside, findings=find(odd), truth=truth, group="group")
    (folder / "report.html").write_bytes(report_page(odd, told, purpose="iv-d"))
    page = review_page(odd, odd.next_to_review(8), beside, purpose="iv-d", masked=False)
    (folder / "review.html").write_bytes(page)
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["report", "review"])
def test_every_text_stands_out(browser, pages, name, scheme):
    """By at least 4.5 to 1 against what is behind it, in the light and in the dark, folded parts opened."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.call("Emulation.setEmulatedMedia", features=features)
    try:
        browser.open(pages / f"{name}.html")
        browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        back = browser.run("getComputedStyle(document.documentElement).backgroundColor")
        if name == "review":
            browser.press("m")
            browser.press("ArrowLeft")  # a pressed button too
        seen, poor = browser.run(CONTRAST)
        assert seen > 20
        assert poor == []
        assert (back == "rgb(247, 250, 252)") == (scheme == "light")
    finally:
        browser.call("Emulation.setEmulatedMedia", features=[])


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["report", "review"])
def test_odd_names_break_no_layout(browser, pages, name, width):
    """Nothing sticks out at the side, no table is wider than the column of text, nothing runs, on every pair."""
    browser.open(pages / f"{name}.html", width=width)
    for _ in range(8 if name == "review" else 1):
        assert browser.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert browser.run("document.querySelectorAll('[onmouseover], img').length") == 0
        if name == "review":
            browser.press("r")
            assert browser.run("document.querySelector('.sides').offsetWidth <= innerWidth")
            browser.press("ArrowRight")
    assert browser.run("document.title") in ("Record linkage report", "Clerical review")
    assert not browser.complaints()


def test_what_turns_the_direction_is_told(browser, pages):
    """A character that would show a name backwards stands there by its number; letters of Hebrew stay letters."""
    browser.open(pages / "review.html")
    texts = []
    for _ in range(8):
        texts.append(str(browser.run("document.querySelector('.sides').textContent")))
        browser.press("ArrowRight")
    shown = "".join(texts)
    assert "ANA[U+202E]GNP.EXE" in shown
    assert "\u202e" not in shown
    assert NAMES[2] in shown
    assert NAMES[3] in shown


def test_the_smallest_text_can_be_read(browser, pages):
    """No text is under 11 pixels, also in the chart on a narrow screen."""
    size = """Math.min(...[...document.querySelectorAll('body *')].filter((one) => one.checkVisibility()
      && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
      && !one.closest('script, style, title, desc')).map((one) => {
        const drawn = one.closest('svg');
        const scale = drawn ? drawn.getBoundingClientRect().width / drawn.viewBox.baseVal.width : 1;
        return parseFloat(getComputedStyle(one).fontSize) * scale; }))"""
    for width in (1280, 390):
        browser.open(pages / "report.html", width=width)
        assert browser.run(size) >= 11


def test_answers_are_taken_back(browser, pages):
    """Undo goes back to the pair and to what was answered before; each step is told to who cannot see it."""
    browser.open(pages / "review.html")
    browser.run("localStorage.clear()")
    browser.open(pages / "review.html")
    assert browser.run("document.querySelector('#undo').disabled")
    browser.press("m")
    assert browser.text("#said") == "Pair 1: match. Now pair 2 of 8."
    browser.press("n")
    browser.press("ArrowLeft")
    browser.press("u")
    browser.press("z")
    assert browser.text("#said") == "Pair 2: again not a match."
    assert browser.text("#place") == "Pair 2 of 8"
    browser.click("#undo")
    assert browser.text("#said") == "Pair 2: open again."
    assert browser.text("#count") == "1 of 8 answered"
    assert browser.run("document.querySelector('#said').getAttribute('role')") == "status"


def test_two_thousand_pairs_are_quick(browser, odd, beside, tmp_path):
    """The page opens, and answers each key, without a wait; the next run takes the decisions in."""
    pairs = odd.links[KEYS].astype(str).head(2000)
    pairs = pd.concat([pairs] * (2000 // len(pairs) + 1), ignore_index=True).head(2000)
    (tmp_path / "review.html").write_bytes(review_page(odd, pairs, beside, purpose="iv-d"))
    assert browser.open(tmp_path / "review.html") < 10
    begun = time.monotonic()
    for _ in range(20):
        browser.press("u")
    assert (time.monotonic() - begun) / 20 < 1
    assert browser.text("#count") == "20 of 2000 answered"


def test_decisions_tie_and_keep_apart(browser, result, tmp_path):
    """What was pressed comes back through the export as must-link and cannot-link of the next run."""
    pairs = result.next_to_review(6)
    (tmp_path / "review.html").write_bytes(review_page(result, pairs, Beside(programs=PROGRAMS), purpose="iv-d"))
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    browser.open(tmp_path / "review.html")
    browser.run("localStorage.clear()")
    browser.open(tmp_path / "review.html")
    for linked in pairs["linked"].tolist():
        browser.press("n" if linked else "m")  # the opposite of what was decided
    browser.click("#export")
    file = tmp_path / "decisions.csv"
    for _ in range(100):
        if file.is_file() and file.stat().st_size:
            break
        time.sleep(0.1)
    decisions = read_decisions(file)
    assert len(decisions) == 6
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)  # hostile first names tell nothing
        again = cl.Linker(families=False, decisions=decisions).fit_resolve(result.records)
    person = again.persons.set_index(["source", "record_id"])["person_id"]
    for row in decisions.itertuples(index=False):
        one, other = person[(row.source_left, row.record_id_left)], person[(row.source_right, row.record_id_right)]
        assert (one == other) == (row.decision == "match")
