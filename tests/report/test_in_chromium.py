"""Both pages in a real browser: clicked through, with keys and without, at two widths."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from chromium import Chromium, find_chromium
from hostile_keys import HOSTILE

from caselink.report import read_decisions, report_page, review_page

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="no chromium is installed here")
WIDTHS = (1280, 390)
KEYS = ["source_left", "record_id_left", "source_right", "record_id_right"]
SHOWN = "document.querySelector('.sides').innerText"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A headless browser of its own."""
    with Chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(result, beside, tmp_path_factory):
    """The report, and review pages of the same five pairs: masked, and with whole values."""
    folder, pairs = tmp_path_factory.mktemp("pages"), result.next_to_review(5)
    (folder / "report.html").write_bytes(report_page(result, beside))
    for name, masked in (("masked", True), ("whole", False)):
        (folder / f"{name}.html").write_bytes(review_page(result, pairs, beside, purpose="iv-d", masked=masked))
    return folder, pairs


def start(browser, file):
    """The page as it is when nothing was answered."""
    browser.open(file)
    browser.run("localStorage.clear()")
    browser.open(file)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["report", "masked", "whole"])
def test_a_page_opens_quietly(browser, pages, name, width):
    """It asks for nothing but itself, the console stays empty, no name runs, and nothing sticks out at the side."""
    seconds = browser.open(pages[0] / f"{name}.html", width=width)
    assert seconds < 20
    assert browser.requests() == [(pages[0] / f"{name}.html").as_uri()]
    assert not browser.complaints()
    assert browser.run("document.title") in ("Record linkage report", "Clerical review")
    assert browser.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.run("document.querySelectorAll('img, iframe').length") == 0


def test_styles_apply(browser, pages):
    """The policy lets the page's own style in."""
    browser.open(pages[0] / "report.html")
    assert browser.run("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"


def test_details_are_printed(browser, pages):
    """On paper the tables are there that are folded away on the screen."""
    browser.open(pages[0] / "report.html")
    seen = "document.querySelector('details table').checkVisibility()"
    assert not browser.run(seen)
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        browser.picture(pages[0] / "print.png")  # draws it, so that what is seen is up to date
        assert browser.run(seen)
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")


def test_pairs_are_decided_by_pressing_and_by_keys(browser, pages, tmp_path):
    """Buttons and keys answer, go on and back, and the export is what the linker reads."""
    folder, pairs = pages
    start(browser, folder / "masked.html")
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    assert browser.text("#place") == "Pair 1 of 5"
    browser.click("#match")
    browser.press("n")
    browser.press("u")
    assert browser.text("#place") == "Pair 4 of 5"
    assert browser.text("#count") == "3 of 5 answered"
    assert browser.run("document.querySelector('#done').value") == 3
    browser.press("ArrowLeft")
    assert browser.run("document.querySelector('#unsure').getAttribute('aria-pressed')") == "true"
    browser.press("o")
    assert browser.text("#place") == "Pair 4 of 5"
    browser.click("#not")
    browser.click("#export")
    rows = decided(tmp_path)
    expected = pairs[KEYS].head(4).assign(decision=["match", "not", "unsure", "not"])
    assert rows.to_numpy().tolist() == expected.to_numpy().tolist()
    assert browser.run("document.title") == "Clerical review"


def decided(folder) -> pd.DataFrame:
    """The decisions that were downloaded; no cell of the file begins like a formula."""
    file = folder / "decisions.csv"
    for _ in range(100):
        if file.is_file() and file.stat().st_size:
            break
        time.sleep(0.1)
    cells = pd.read_csv(file, dtype=str).to_numpy().ravel()
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    return read_decisions(file)


def test_answers_outlive_the_page_and_can_be_forgotten(browser, pages):
    """They are there when it is opened again, under no name or value; two presses forget them."""
    start(browser, pages[0] / "masked.html")
    browser.press("m")
    browser.open(pages[0] / "masked.html")
    assert browser.text("#count") == "1 of 5 answered"
    assert browser.text("#place") == "Pair 2 of 5"
    assert browser.run("Object.values(localStorage).join()") == '{"0":"match"}'
    browser.click("#forget")
    assert browser.text("#count") == "1 of 5 answered"
    browser.click("#forget")
    assert browser.text("#count") == "0 of 5 answered"


def test_letter_keys_can_be_switched_off(browser, pages):
    """As the accessibility rules ask of keys of one character; keys with Ctrl are the browser's own."""
    start(browser, pages[0] / "masked.html")
    browser.click("#keys")
    browser.press("m")
    assert browser.text("#count") == "0 of 5 answered"


def test_a_browser_that_keeps_nothing_says_so(browser, pages):
    """Answers still count, and the page warns."""
    browser.open(pages[0] / "masked.html")
    browser.run("Storage.prototype.setItem = () => { throw new Error('full') }")
    browser.press("m")
    assert "keeps no answers" in browser.text("#said")


def test_whole_values_appear_when_asked_and_hide_again(browser, pages, result):
    """Hidden at first, shown by a press, and hidden again at the next pair; a masked page has no button for it."""
    start(browser, pages[0] / "whole.html")
    dates = set(result.records["birth_date"].dropna())
    shown = []
    for _ in range(5):
        before = browser.run(SHOWN)
        browser.click("#reveal")
        shown.append(any(one in browser.run(SHOWN) for one in dates))
        assert not [one for one in dates if one in before]
        browser.press("ArrowRight")
    assert any(shown)
    browser.open(pages[0] / "masked.html")
    assert browser.run("document.querySelector('#reveal') === null")


def test_hostile_names_are_read_as_they_stand(browser, pages):
    """They are text in the table."""
    browser.open(pages[0] / "masked.html")
    texts = []
    for _ in range(5):
        texts.append(browser.run("document.querySelector('.sides').textContent"))
        browser.press("ArrowRight")
    assert [name for name in HOSTILE if any(name in text for text in texts)]


def test_everything_can_be_reached_by_tab(browser, pages):
    """The answers come after the records, each with a visible outline."""
    browser.open(pages[0] / "masked.html")
    reached = []
    for _ in range(13):
        browser.press("Tab")
        reached.append(browser.run("document.activeElement.id"))
    assert [one for one in reached if one] == ["match", "not", "unsure", "next", "open", "export", "forget", "keys"]
