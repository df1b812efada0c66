"""The shared words and numbers, and the cleaning of text from outside."""

from __future__ import annotations

import pytest

from testkeep.model.finding import Severity
from testkeep.model.verdict import Conservation, CoverageResult, Decision, Lost, Moved
from testkeep.reports import _wording as wording
from unit.reports.verdicts import a_finding, a_verdict


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(None, "n/a", id="not measured"),
        pytest.param(0.0, "0%", id="nothing"),
        pytest.param(100.0, "100%", id="everything"),
        pytest.param(99.999, "99.99%", id="nearly everything"),
        pytest.param(86.996, "86.99%", id="just below a threshold"),
        pytest.param(88.07, "88.07%", id="below itself in floating point times 100"),
        pytest.param(50.0, "50%", id="a multiple of ten"),
        pytest.param(91.30, "91.3%", id="one digit"),
    ],
)
def test_percent__any_value__is_rounded_down(value: float | None, shown: str) -> None:
    assert wording.percent(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        pytest.param(0.0, "-", id="not run"),
        pytest.param(0.0001, "<1 ms", id="too short to say"),
        pytest.param(0.9994, "999 ms", id="just below a second"),
        pytest.param(0.9996, "1.0 s", id="a second after rounding"),
        pytest.param(59.94, "59.9 s", id="just below a minute"),
        pytest.param(59.96, "1 min 00 s", id="a minute after rounding"),
        pytest.param(3599.6, "1 h 00 min", id="an hour after rounding"),
        pytest.param(7384.0, "2 h 03 min", id="hours"),
    ],
)
def test_duration__around_a_change_of_unit__has_the_unit_of_what_is_shown(seconds: float, shown: str) -> None:
    assert wording.duration(seconds) == shown


@pytest.mark.parametrize(
    ("tests", "shown"),
    [
        pytest.param({}, "-", id="no test stage"),
        pytest.param({"passed": 0}, "no tests", id="zeros only"),
        pytest.param(
            {"passed": 3, "failed": 1, "error": 1, "skipped": 0},
            "1 failed, 1 error, 3 passed",
            id="bad first",
        ),
        pytest.param({"error": 2, "left-out": 4}, "2 errors, 4 left out", id="words"),
        pytest.param({"zebra": 1, "absent\n": 2, "passed": 1}, "1 passed, 2 absent\\n, 1 zebra", id="unknown last"),
    ],
)
def test_count_tests__any_counts__are_words_in_a_fixed_order(tests: dict[str, int], shown: str) -> None:
    assert wording.count_tests(tests) == shown


@pytest.mark.parametrize(
    ("commit", "shown"),
    [
        pytest.param("0123456789abcdef" + "0" * 24, "0123456789", id="sha1"),
        pytest.param("0123456789abcdef" + "0" * 48, "0123456789", id="sha256"),
        pytest.param("worktree", "worktree", id="worktree"),
        pytest.param("feature/a-long-branch\n", "feature/a-long-branch\\n", id="branch"),
    ],
)
def test_short_commit__hash_or_name__shortens_the_hash_only(commit: str, shown: str) -> None:
    assert wording.short_commit(commit) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain [x] <y>", "plain [x] <y>", id="markup is the renderers' business"),
        pytest.param("a\r\nb\tc", "a\\r\\nb\\tc", id="line breaks and tabs"),
        pytest.param("\x1b[31m\x07\x9b", "\\x1b[31m\\x07\\x9b", id="terminal control"),
        pytest.param("a\u202eb\u200bc\ufeff", "a\\u202eb\\u200bc\\ufeff", id="reordered or hidden"),
        pytest.param("\ud800 \uffff", "\\ud800 \\uffff", id="not for UTF-8 or XML"),
        pytest.param("größe 猫 👩‍💻", "größe 猫 👩‍💻", id="other scripts"),
    ],
)
def test_one_line__any_text__escapes_what_cannot_be_seen(text: str, shown: str) -> None:
    assert wording.one_line(text) == shown


def test_several_lines__mixed_line_ends__splits_at_newlines_only() -> None:
    assert wording.several_lines("\n a\r\n\tb  \rc\u2028d\n\n") == ("a", "    b  \\rc\\u2028d")


@pytest.mark.parametrize(
    ("coverage", "shown"),
    [
        pytest.param(CoverageResult(), "not measured", id="nothing"),
        pytest.param(CoverageResult(overall_percent=91.0), "overall 91%, diff n/a", id="overall only"),
        pytest.param(CoverageResult(diff_percent=0.0), "overall n/a, diff 0%", id="diff only"),
        pytest.param(
            CoverageResult(overall_percent=1.0, diff_percent=2.0, layers={"service": 90.1}),
            "overall 1%, diff 2%, service 90.1%",
            id="everything",
        ),
        pytest.param(
            CoverageResult(
                overall_percent=86.5,
                layers={"overall": 90.0, "service": 80.0},
                defaults={"coverage.overall": 87.0, "coverage.layers.service": 85.0},
            ),
            "overall 86.5% (87% is the default, not required), diff n/a, overall 90%, "
            "service 80% (85% is the default, not required)",
            id="minima that nobody wrote down",
        ),
    ],
)
def test_coverage_summary__measured_in_part__says_what_was_not(coverage: CoverageResult, shown: str) -> None:
    assert wording.coverage_summary(coverage) == shown


@pytest.mark.parametrize(
    ("base", "conservation", "shown"),
    [
        pytest.param("none", Conservation(), "not compared: there is no base", id="no base"),
        pytest.param("b", Conservation(), "not compared with the base", id="not comparable"),
        pytest.param("b", Conservation(compared=True), "no test guarded at the base", id="empty base"),
        pytest.param("b", Conservation(compared=True, kept=5), "5 kept, 0 lost", id="all kept"),
        pytest.param(
            "b",
            Conservation(compared=True, kept=5, lost=(Lost(test="t", how="skipped"),), retired=("u", "v")),
            "5 kept, 1 lost, 2 retired",
            id="some not kept",
        ),
    ],
)
def test_conservation_summary__with_and_without_baseline__claims_no_comparison_that_was_not_made(
    base: str, conservation: Conservation, shown: str
) -> None:
    verdict = a_verdict(base=base, conservation=conservation)
    assert wording.conservation_summary(verdict) == shown


@pytest.mark.parametrize(
    ("decision", "severities", "shown"),
    [
        pytest.param(Decision.PASS, [], "PASS: no errors", id="pass"),
        pytest.param(Decision.PASS, ["warning", "warning"], "PASS: no errors, 2 warnings", id="warnings"),
        pytest.param(Decision.FAIL, ["note", "error"], "FAIL: 1 error, 1 note", id="fail"),
        pytest.param(
            Decision.INCONCLUSIVE,
            [],
            "INCONCLUSIVE: no errors; not everything could be checked",
            id="inconclusive",
        ),
    ],
)
def test_headline__each_decision__counts_the_findings(decision: Decision, severities: list[str], shown: str) -> None:
    findings = [a_finding(severity=Severity(severity)) for severity in severities]
    assert wording.headline(a_verdict(*findings, decision=decision)) == shown


def test_finding_counts__waived_error__is_counted_apart() -> None:
    assert wording.finding_counts([a_finding(waived=True)]) == "no errors, 1 waived"


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        pytest.param(0, "", id="none"),
        pytest.param(1, "1 more finding is left out: 1 error", id="one"),
        pytest.param(2, "2 more findings are left out: 2 errors", id="two"),
    ],
)
def test_left_out__some_findings__are_counted(n: int, shown: str) -> None:
    assert wording.left_out([a_finding()] * n) == shown


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        pytest.param("a.py", 3, "a.py:3", id="path and line"),
        pytest.param("a.py", 0, "a.py", id="path"),
        pytest.param("", 3, "", id="line only"),
    ],
)
def test_location__parts_missing__shows_what_can_be_opened(path: str, line: int, shown: str) -> None:
    assert wording.location(a_finding(path=path, line=line)) == shown


def test_fates__reasons__come_with_what_was_accounted_for() -> None:
    conservation = Conservation(
        moved=(Moved(from_="a", to="b"),), retired=("c",), reasons={"a": "the same body", "c": "its code was deleted"}
    )
    assert wording.fates(conservation) == (
        wording.Fate("moved", (wording.FateEntry("a", "now", ("b",), "the same body"),)),
        wording.Fate("retired", (wording.FateEntry("c", reason="its code was deleted"),)),
    )
