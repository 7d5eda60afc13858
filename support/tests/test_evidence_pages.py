"""The pages as a reader sees them: the matrix and Allure's site in a browser, Cucumber's report by its own formatter."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.evidence.allure_results import AllureFiles, AllureResults
from support.evidence.ledger import Ledger
from support.evidence.matrix import matrix_document, render
from support.evidence.messages import envelopes
from support.evidence.records import Attachment, Evidence
from support.evidence.verdicts import judge
from support.tests.browser import CHROMIUM, browser, served
from support.tests.evidence_records import evidence, ledger, requirement, scenario, step
from support.tests.node import needs_node, npm

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
CONFIGURATION = Path(__file__).parents[1] / "evidence/allurerc.json"
FORMAT = """
import formatter from '@cucumber/html-formatter';
import { parseEnvelope } from '@cucumber/messages';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
const Formatter = formatter.default ?? formatter;
const lines = readFileSync(process.argv[2], 'utf8').trim().split('\\n').map((line) => parseEnvelope(line));
await pipeline(Readable.from(lines, { objectMode: true }), new Formatter(), createWriteStream(process.argv[3]));
"""
FEATURE = """Feature: Rollout

  @REQ-SPT-001
  Rule: A rule must hold

    Scenario: A healthy wave is followed by the next
      Then a healthy wave holds
    Scenario: An unhealthy wave is the last one
      Then an unhealthy wave holds
"""


@pytest.fixture
def book() -> Ledger:
    return ledger(requirement(1, title="Waves"), requirement(2, title="Second milestone", milestone=2))


@pytest.fixture
def run() -> Evidence:
    good = scenario("A healthy wave is followed by the next", "REQ-SPT-001", line=6, steps=(step("a healthy wave holds", verifies=("REQ-SPT-001",)),))
    red = step(
        "an unhealthy wave holds",
        verifies=("REQ-SPT-001",),
        verdict="failed",
        message="expected 2 nodes, saw 3",
        line=9,
        attachments=(Attachment("cloud", "text/plain", "three nodes on spot"),),
    )
    bad = scenario("An unhealthy wave is the last one", "REQ-SPT-001", line=8, outcome="failed", reason="expected 2 nodes, saw 3", steps=(red,))
    return evidence(good, bad)


@needs_browser
def test_the_matrix_can_be_filtered_and_unfolded(tmp_path: Path, book: Ledger, run: Evidence) -> None:
    page_file = tmp_path / "matrix.html"
    page_file.write_text(render(matrix_document(book, run, judge(book, run)), "html"), encoding="utf-8")
    with browser(tmp_path / "profile") as page:
        page.open(page_file.as_uri())
        page.shows("1 of 2 requirements", "Waves", "Statement 1 must hold.")
        assert page.run("document.querySelector('[data-total=failed]').textContent") == "1"
        page.run("(milestone.value = '', milestone.dispatchEvent(new Event('input', {bubbles: true})))")
        page.shows("2 of 2 requirements", "Second milestone")
        page.run("(words.value = 'unhealthy 3', words.dispatchEvent(new Event('input', {bubbles: true})))")
        page.shows("1 of 2 requirements")
        page.run("document.querySelector('#REQ-SPT-001 summary').click()")
        page.shows("What stands against it", "expected 2 nodes, saw 3", "Then a healthy wave holds")


@needs_browser
def test_the_matrix_can_be_printed(tmp_path: Path, book: Ledger, run: Evidence) -> None:
    page_file = tmp_path / "matrix.html"
    page_file.write_text(render(matrix_document(book, run, judge(book, run)), "html"), encoding="utf-8")
    with browser(tmp_path / "profile") as page:
        page.open(page_file.as_uri())
        page.on_paper()
        page.shows("1 of 2 requirements, milestone 1")
        colours = "['color', 'background-color'].map(name => getComputedStyle(document.body)[name]).join(' on ')"
        assert page.run(colours) == "rgb(23, 32, 43) on rgb(255, 255, 255)"
        assert page.run("[...document.querySelectorAll('.filters label, .filters fieldset, button')].filter(each => each.offsetHeight).length") == 0
        page.run("dispatchEvent(new Event('beforeprint'))")
        page.shows("What stands against it", "expected 2 nodes, saw 3")


@needs_browser
def test_the_matrix_fits_a_phone(tmp_path: Path, book: Ledger, run: Evidence) -> None:
    page_file = tmp_path / "matrix.html"
    page_file.write_text(render(matrix_document(book, run, judge(book, run)), "html"), encoding="utf-8")
    with browser(tmp_path / "profile") as page:
        page.open(page_file.as_uri(), width=375, height=800)
        assert page.run("document.documentElement.scrollWidth") <= 375


@needs_browser
@needs_node
def test_allure_shows_steps_requirement_and_attachment(tmp_path: Path, book: Ledger, run: Evidence) -> None:
    results = AllureResults(tmp_path / "results", book)
    results.describe(run.run)
    for each in run.scenarios:
        results.write(each)
    modules = npm(tmp_path / "npm", "allure")
    command = [
        str(modules / ".bin/allure"),
        "generate",
        "--config",
        str(CONFIGURATION),
        "--output",
        str(tmp_path / "site"),
        str(tmp_path / "results"),
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)  # noqa: S603 - as installed above
    with served(tmp_path / "site") as address, browser(tmp_path / "profile") as page:
        page.open(address)
        page.shows("Spot migration", "REQ-SPT-001 Waves", "An unhealthy wave is the last one")
        page.run("[...document.querySelectorAll('*')].filter(each => each.innerText === 'An unhealthy wave is the last one').pop().click()")
        page.shows("Then an unhealthy wave holds  [REQ-SPT-001]".replace("  ", " "), "expected 2 nodes, saw 3", "cloud")


def feature_in(root: Path, run: Evidence) -> Evidence:
    path = root / run.scenarios[0].file
    path.parent.mkdir(parents=True)
    path.write_text(FEATURE, encoding="utf-8")
    return replace(run, exit_code=1)


def test_a_table_is_attached_to_its_step_as_it_was_written(book: Ledger) -> None:
    table = (("agent", "reason"), ("cost", 'it said "no", twice'))
    files = AllureFiles(book).of(scenario("Told", "REQ-SPT-001", steps=(step("the agents said", table=table),)))
    (attached,) = (content for name, content in files.items() if name.endswith("-attachment.csv"))
    assert tuple(map(tuple, csv.reader(attached.decode().splitlines()))) == table


def test_messages_come_in_order_and_refer_to_each_other(tmp_path: Path, run: Evidence) -> None:
    told = list(envelopes(feature_in(tmp_path, run), tmp_path))
    kinds = [next(iter(each)) for each in told]
    assert kinds[:5] == ["meta", "source", "gherkinDocument", "pickle", "pickle"]
    assert kinds[-1] == "testRunFinished"
    assert kinds.count("testCaseFinished") == 2
    pickles = {each["pickle"]["id"]: {step["id"] for step in each["pickle"]["steps"]} for each in told if "pickle" in each}
    cases = [each["testCase"] for each in told if "testCase" in each]
    assert all({step["pickleStepId"] for step in case["testSteps"]} <= pickles[case["pickleId"]] for case in cases)
    results = [each["testStepFinished"]["testStepResult"] for each in told if "testStepFinished" in each]
    assert [result["status"] for result in results] == ["PASSED", "FAILED"]


@needs_node
def test_the_official_formatter_accepts_the_messages(tmp_path: Path, run: Evidence) -> None:
    messages = tmp_path / "messages.ndjson"
    found = envelopes(feature_in(tmp_path, run), tmp_path)
    messages.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    npm(tmp_path / "npm", "@cucumber/html-formatter", "@cucumber/messages")
    script = tmp_path / "npm/format.mjs"
    script.write_text(FORMAT, encoding="utf-8")
    node = shutil.which("node") or "node"
    command = [node, str(script), str(messages), str(tmp_path / "report.html")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))  # noqa: S603 - our own script
    assert done.returncode == 0, done.stderr
    assert "An unhealthy wave is the last one" in (tmp_path / "report.html").read_text(encoding="utf-8")
