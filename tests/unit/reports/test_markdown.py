"""The job summary, read back with a Markdown parser."""

from __future__ import annotations

from collections import Counter

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from testkeep.model.finding import Severity
from testkeep.model.verdict import Conservation, CoverageResult, Decision, StageResult, StageStatus
from testkeep.reports.markdown import MOST_CHARACTERS, code, prose, render
from unit.reports.verdicts import HOSTILE, a_finding, a_full_verdict, a_hostile_verdict, a_verdict, forty

FULL = """\
## ❌ testkeep: FAIL: 3 errors, 1 warning, 1 note, 1 waived

head `3f2a9c1b7e`, base `9d8c7b6a5f`

| stage | status | tests | time | detail |
|---|---|---|---:|---|
| `format` | ✅ passed | - | 400 ms |  |
| `unit` | ❌ failed | 1 failed, 2 errors, 41 passed, 2 left out | 1.2 s |  |
| `migration` | ➖ skipped | - | - | no tests of this stage |
| `concurrency` | ⚠️ error | - | 2 min 05 s | killed after 125 s |

**Coverage:** overall 91.3%, diff n/a, service 99.99%, router 100%

**Conservation:** 100 kept, 2 lost, 1 moved, 1 replaced, 1 retired, 1 waived

- The policy is read from the base commit.

### `TK201 newly-skipped`: 2 errors

How to settle it: Let it run again, replace it, or waive it with a reason and an expiry date.

- passed at the base and is skipped now: needs redis
  - `tests/unit/test_cart.py:12` `tests/unit/test_cart.py::test_drop`
  - `tests/unit/test_cart.py:20` `tests/unit/test_cart.py::test_add[two words]`

### `TK301 coverage-overall`: 1 error

- 91.3% of the lines are covered, 92% are wanted

### `TK402 over-budget`: 1 warning

- took 340 ms, the budget is 100 ms
  - `tests/unit/test_mail.py:7` `tests/unit/test_mail.py::test_send`

### `TK405 skip-without-reason`: 1 note

- skipped without a reason

### `TK203 removed`: 1 error, waived

- passed at the base and is gone
  - `tests/unit/test_old.py::test_gone`

<details><summary>lost: 2 tests</summary>

- `tests/unit/test_cart.py::test_add[two words]` skipped
- `tests/unit/test_cart.py::test_drop` skipped

</details>

<details><summary>moved: 1 test</summary>

- `tests/a.py::test_a` now `tests/b.py::test_a`

</details>

<details><summary>replaced: 1 test</summary>

- `tests/a.py::test_b` replaced by `tests/b.py::test_b`, `tests/b.py::test_c`

</details>

<details><summary>retired: 1 test</summary>

- `tests/a.py::test_d`

</details>

<details><summary>waived: 1 test</summary>

- `tests/unit/test_old.py::test_gone`

</details>
"""

EMPTY = """\
## ✅ testkeep: PASS: no errors

head `worktree`, base `none`

No stage ran.

**Coverage:** not measured

**Conservation:** not compared: there is no base
"""

# What our own skeleton is made of; a link, an image or an emphasis came from outside.
SKELETON = {
    "bullet_list_close",
    "bullet_list_open",
    "code_inline",
    "fence",
    "heading_close",
    "heading_open",
    "html_block",
    "inline",
    "list_item_close",
    "list_item_open",
    "paragraph_close",
    "paragraph_open",
    "softbreak",
    "strong_close",
    "strong_open",
    "table_close",
    "table_open",
    "tbody_close",
    "tbody_open",
    "td_close",
    "td_open",
    "text",
    "th_close",
    "th_open",
    "thead_close",
    "thead_open",
    "tr_close",
    "tr_open",
}


def tokens(markdown: str) -> list[Token]:
    parsed = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [token for block in parsed for token in (block, *(block.children or ()))]


def code_spans(markdown: str) -> list[str]:
    return [token.content for token in tokens(markdown) if token.type == "code_inline"]


def test_render__something_of_everything__is_this_text() -> None:
    assert render(a_full_verdict()) == FULL


def test_render__nothing_at_all__says_so() -> None:
    verdict = a_verdict(decision=Decision.PASS, head="worktree", base="none")
    assert render(verdict) == EMPTY


def test_render__hostile_text__cannot_leave_its_place() -> None:
    found = tokens(render(a_hostile_verdict()))
    types = Counter(token.type for token in found)
    blocks = {token.content.strip() for token in found if token.type == "html_block"}
    words = "".join(token.content for token in found if token.type == "text")
    assert set(types) <= SKELETON
    assert (types["table_open"], types["tr_open"], types["td_open"], types["heading_open"]) == (1, 2, 5, 3)
    assert blocks == {"</details>"} | {
        f"<details><summary>{name}: 1 test</summary>" for name in ("lost", "moved", "replaced", "retired", "waived")
    }
    assert [mark for mark in ("@", "#1", "http", "www", "<", "`", ":smile:", "\x1b", "\u202e") if mark in words] == []


def test_render__message_of_several_lines__is_a_code_block_in_its_item() -> None:
    verdict = a_verdict(a_finding(message="first\n```\n- x\n\n</details>", test="t"))
    assert "- first\n\n  ````text\n  ```\n  - x\n\n  </details>\n  ````\n  - `t`\n" in render(verdict)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a", id="a word"),
        pytest.param("`", id="a backtick"),
        pytest.param("a``b`c", id="backticks inside"),
        pytest.param("`a`", id="backticks at the ends"),
        pytest.param(" a ", id="spaces at the ends"),
        pytest.param(" a", id="a space in front"),
        pytest.param("\\", id="a backslash"),
        pytest.param("<b>&amp;", id="HTML"),
        pytest.param("a | b", id="a pipe"),
    ],
)
def test_code__any_line__reads_back_as_it_was(text: str) -> None:
    assert code_spans(f"x {code(text)} y") == [text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("needs redis, isn't there (yet).", "needs redis, isn't there (yet).", id="words"),
        pytest.param("91.3% of 7", "91.3% of 7", id="numbers"),
        pytest.param("use @octocat's a_b c", "use `@octocat's a_b` c", id="mention and identifier"),
        pytest.param("fixes #12 and GH-12", "fixes `#12` and `GH-12`", id="issues"),
        pytest.param("see www.x.org or http://x.org", "see `www.x.org` or `http://x.org`", id="links"),
        pytest.param("reverts 0123abc, *really*", "reverts `0123abc, *really*`", id="commit and emphasis"),
        pytest.param("1. item", "`1.` item", id="list marker"),
        pytest.param("- item - dash", "`-` item - dash", id="bullet"),
        pytest.param("a\nb", "`a\\nb`", id="line break"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_prose__any_line__leaves_only_plain_words_bare(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize(
    ("detail", "read"),
    [
        pytest.param("a|b", "a|b", id="pipe"),
        pytest.param("a\\|b", "a\\ |b", id="pipe behind a backslash"),
        pytest.param("a\\\\|b", "a\\\\ |b", id="pipe behind two backslashes"),
        pytest.param("a_b\\", "a_b\\", id="backslash at the end"),
    ],
)
def test_render__pipe_in_a_table_cell__stays_in_the_cell(detail: str, read: str) -> None:
    stages = (StageResult(name="unit", status=StageStatus.PASSED, detail=detail),)
    markdown = render(a_verdict(stages=stages, decision=Decision.PASS))
    assert code_spans(markdown)[2:] == ["unit", read]


def test_render__more_than_fits__leaves_out_the_least_important_and_counts_it() -> None:
    findings = [a_finding(message=f"{n:04}", test=f"tests/test_a.py::test_{n:04}") for n in range(2000)]
    warnings = [a_finding(message="w", severity=Severity.WARNING) for _ in range(5)]
    retired = tuple(f"tests/test_b.py::test_{n}" for n in range(3000))
    markdown = render(a_verdict(*warnings, *findings, conservation=Conservation(retired=retired)))
    shown = sum(line.startswith(("- 0", "- 1")) for line in markdown.splitlines())
    assert 55_000 < len(markdown) <= MOST_CHARACTERS
    assert "- 0000\n" in markdown
    assert f"{2005 - shown} more findings are left out: {2000 - shown} errors, 5 warnings." in markdown
    assert "retired: 3000 tests" in markdown
    assert "more tests left out." in markdown


def test_render__everything_huge__stays_within_the_limit() -> None:
    huge = HOSTILE * 200
    stages = tuple(StageResult(name=f"{n}{huge}", status=StageStatus.PASSED, detail=huge) for n in range(20))
    verdict = a_verdict(
        *(a_finding(message=huge, help=f"{n}{huge}", test=huge, path=huge) for n in range(30)),
        stages=stages,
        notes=(huge,) * 20,
        coverage=CoverageResult(layers={f"{n}{huge}": 1.0 for n in range(30)}),
        conservation=Conservation(retired=(huge,) * 50, waived=(huge,) * 50),
        head=huge,
        base=huge,
    )
    markdown = render(verdict)
    assert len(markdown) <= MOST_CHARACTERS
    assert {token.type for token in tokens(markdown)} <= SKELETON


def test_render__one_cause_and_several_tests__lists_them_below_one_place() -> None:
    text = render(a_verdict(forty(3, path="conftest.py", line=7)))
    assert (
        "### `TK201 newly-skipped`: 1 error of 3 tests\n\n"
        "- skipped now\n"
        "  - `conftest.py:7` `tests/test_a.py::test_0`\n"
        "  - `tests/test_a.py::test_1`\n"
        "  - `tests/test_a.py::test_2`\n"
    ) in text


def test_render__one_cause_and_thousands_of_tests__counts_what_does_not_fit() -> None:
    text = render(a_verdict(forty(5000)))
    shown = text.count("  - `tests/test_a.py::test_")
    assert 100 < shown < 5000
    assert f"{5000 - shown} more tests left out." in text


def test_render__branches_never_taken__are_a_list() -> None:
    coverage = CoverageResult(overall_percent=91.0, partial_branches={"app/a.py": {3: ("exit",)}})
    text = render(a_verdict(coverage=coverage))
    assert "branches:\n\n- `app/a.py:3` never went to exit\n" in text
