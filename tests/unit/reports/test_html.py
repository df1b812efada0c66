"""The HTML page, read back with the standard library's parser."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from testkeep.model.verdict import CoverageResult, Decision
from testkeep.reports.html import render
from unit.reports.verdicts import HOSTILE, a_finding, a_full_verdict, a_hostile_verdict, a_verdict, forty

VOID = {"meta"}


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.setdefault(self.open[-1], []).append(data)


def test_render__something_of_everything__shows_all_of_it() -> None:
    page = Page(render(a_full_verdict()))
    assert page.open == []
    assert page.texts["h1"] == ["FAIL"]
    assert page.texts["h2"] == ["Findings", "Stages", "Coverage", "Conservation", "Notes"]
    assert page.texts["th"][5:] == ["format", "unit", "migration", "concurrency"]
    assert page.texts["dt"] == ["overall", "diff", "service", "router"]
    assert page.texts["dd"] == ["91.3%", "n/a", "99.99%", "100%"]
    assert page.texts["summary"] == [
        "lost: 2 tests",
        *(f"{n}: 1 test" for n in ("moved", "replaced", "retired", "waived")),
    ]
    assert page.texts["code"] == [
        "3f2a9c1b7e",
        "9d8c7b6a5f",
        "tests/unit/test_cart.py:12",
        "tests/unit/test_cart.py::test_drop",
        "tests/unit/test_cart.py:20",
        "tests/unit/test_cart.py::test_add[two words]",
        "tests/unit/test_mail.py:7",
        "tests/unit/test_mail.py::test_send",
        "tests/unit/test_old.py::test_gone",
        "tests/unit/test_cart.py::test_add[two words]",
        "tests/unit/test_cart.py::test_drop",
        "tests/a.py::test_a",
        "tests/b.py::test_a",
        "tests/a.py::test_b",
        "tests/b.py::test_b",
        "tests/b.py::test_c",
        "tests/a.py::test_d",
        "tests/unit/test_old.py::test_gone",
    ]
    assert page.texts["span"] == [
        "2 errors",
        "TK201 newly-skipped",
        "passed at the base and is skipped now: needs redis",
        "Let it run again, replace it, or waive it with a reason and an expiry date.",
        "1 error",
        "TK301 coverage-overall",
        "91.3% of the lines are covered, 92% are wanted",
        "1 warning",
        "TK402 over-budget",
        "took 340 ms, the budget is 100 ms",
        "1 note",
        "TK405 skip-without-reason",
        "skipped without a reason",
        "1 error, waived",
        "TK203 removed",
        "passed at the base and is gone",
        "passed",
        "failed",
        "skipped",
        "no tests of this stage",
        "error",
        "killed after 125 s",
        "The policy is read from the base commit.",
    ]


def test_render__nothing_at_all__says_so() -> None:
    page = Page(render(a_verdict(decision=Decision.INCONCLUSIVE, base="none")))
    assert page.texts["h1"] == ["INCONCLUSIVE"]
    assert page.texts["p"] == [
        "no errors; not everything could be checked",
        "testkeep, head ",
        ", base ",
        "no errors",
        "No stage ran.",
        "Not measured.",
        "not compared: there is no base",
    ]


def test_render__indented_lines__are_code() -> None:
    finding = a_finding(message="ruff says:\n  a.py:1\n    E1", help="Write:\n    [table]\n    key = 1\nOr not.")
    page = Page(render(a_verdict(finding)))
    assert page.texts["pre"] == ["a.py:1\n  E1", "[table]\nkey = 1"]
    assert {"ruff says:", "Write:", "Or not."} <= set(page.texts["span"])


def test_render__hostile_text__adds_no_element_and_no_attribute() -> None:
    page = Page(render(a_hostile_verdict()))
    assert set(page.tags) <= set(Page(render(a_full_verdict())).tags)
    assert (page.tags["tr"], page.tags["article"], page.tags["details"], page.open) == (2, 2, 6, [])
    assert [value for _, value in page.attributes if value and "evil" in value] == []


def test_render__hostile_text__is_shown_whole() -> None:
    shown = HOSTILE.encode("unicode_escape").decode().replace("\\\\", "\\")
    assert Page(render(a_hostile_verdict())).texts["code"].count(shown) == 11


@pytest.mark.parametrize("verdict", [a_full_verdict(), a_hostile_verdict()], ids=["full", "hostile"])
def test_render__any_verdict__fetches_nothing_and_runs_nothing(verdict) -> None:
    html = render(verdict)
    page = Page(html)
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert ("content", policy) in page.attributes
    assert {"script", "link", "img", "iframe", "object", "a", "form"} & set(page.tags) == set()
    assert {"src", "href", "style", "onclick"} & {name for name, _ in page.attributes} == set()
    assert re.findall(r"url\(|@import", style) == []


def test_render__hostile_text__can_be_written_as_utf8() -> None:
    assert render(a_hostile_verdict()).encode()


def test_render__one_cause_and_several_tests__lists_them_below_one_place() -> None:
    page = render(a_verdict(forty(3, path="conftest.py", line=7)))
    assert "1 error of 3 tests" in page
    assert [page.count(f"tests/test_a.py::test_{number}") for number in range(3)] == [1, 1, 1]
    assert page.count("conftest.py:7") == 1


def test_render__branches_never_taken__are_a_list() -> None:
    coverage = CoverageResult(overall_percent=91.0, partial_branches={"app/a.py": {3: ("14",)}})
    text = render(a_verdict(coverage=coverage))
    assert "all of their branches: 1</summary>" in text
    assert "app/a.py:3 never went to line 14" in text
