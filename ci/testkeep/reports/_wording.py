"""The words and numbers that all reports share, and the cleaning of text from outside. Decides nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal

from msgspec import Struct

from testkeep.model.finding import Finding, Severity
from testkeep.model.verdict import Conservation, CoverageResult, Decision, Verdict

NOTHING = "-"

# Control characters, characters that reorder or hide text (Trojan source), what UTF-8 or XML cannot carry.
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT = 10

_COUNT_ORDER = (
    "failed",
    "error",
    "xpassed",
    "passed",
    "skipped",
    "xfailed",
    "deselected",
    "dropped",
    "left-out",
)
_COUNT_WORDS = {"left-out": "left out"}

_DECISION_WORDS = {
    Decision.PASS: "PASS",
    Decision.FAIL: "FAIL",
    Decision.INCONCLUSIVE: "INCONCLUSIVE",
}


def one_line(text: str) -> str:
    r"""Make text of any origin fit for one line: line breaks and invisible characters become escapes.

    >>> one_line("red \x1b[31m\nnext")
    'red \\x1b[31m\\nnext'
    """
    return _UNSHOWN.sub(_escape, text)


def several_lines(text: str) -> tuple[str, ...]:
    """Split text of any origin into lines that are fit to show; blank space at either end is dropped."""
    unified = text.replace("\r\n", "\n").strip().expandtabs(4)
    return tuple(one_line(line).rstrip() for line in unified.split("\n"))


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def short_commit(commit: str) -> str:
    """Shorten a full hash to ten digits; ``worktree``, ``none`` and names stay as they are."""
    return commit[:_SHORT] if _COMMIT.fullmatch(commit) else one_line(commit)


def percent(value: float | None) -> str:
    """Show percent with at most two digits, rounded down, so that 100% is only shown for 100.

    >>> percent(99.999), percent(88.0), percent(None)
    ('99.99%', '88%', 'n/a')
    """
    if value is None:
        return "n/a"
    # Decimal by way of the shortest notation: 88.07 * 100 is below 8807 in floating point.
    floor = Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_FLOOR)
    return f"{floor.normalize():f}%"


def duration(seconds: float) -> str:
    """Show a duration in seconds the way a person would say it.

    >>> duration(0.012), duration(1.25), duration(125), duration(3720)
    ('12 ms', '1.2 s', '2 min 05 s', '1 h 02 min')
    """
    milliseconds = round(seconds * 1000)
    if not milliseconds:
        return NOTHING if not seconds else "<1 ms"
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    if milliseconds < 59_950:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def number(n: int, noun: str) -> str:
    """Count a noun that takes an s.

    >>> number(1, "error"), number(2, "error"), number(0, "error")
    ('1 error', '2 errors', 'no errors')
    """
    return f"{n or 'no'} {noun}{'' if n == 1 else 's'}"


def count_tests(tests: Mapping[str, int]) -> str:
    """Put a stage's test counts in words, what went wrong first."""
    known = [name for name in _COUNT_ORDER if tests.get(name)]
    others = sorted(name for name, n in tests.items() if n and name not in _COUNT_ORDER)
    if not known and not others:
        return "no tests" if tests else NOTHING
    return ", ".join(_count(tests[name], name) for name in (*known, *others))


def _count(n: int, name: str) -> str:
    return number(n, name) if name == "error" else f"{n} {_COUNT_WORDS.get(name, one_line(name))}"


class Figure(Struct, frozen=True):
    """One figure of the coverage, in percent; ``remark`` says what a reader must know of it, if anything."""

    name: str
    percent: float | None
    remark: str = ""


def coverage_figures(coverage: CoverageResult) -> tuple[Figure, ...]:
    """List the figures by name, overall and diff first; empty if nothing was measured."""
    if coverage == CoverageResult():
        return ()
    return (
        _measured("overall", coverage.overall_percent, coverage.defaults.get("coverage.overall")),
        Figure("diff", coverage.diff_percent),
        *(
            _measured(one_line(name), value, coverage.defaults.get(f"coverage.layers.{name}"))
            for name, value in coverage.layers.items()
        ),
    )


def _measured(name: str, value: float | None, default: float | None) -> Figure:
    """A figure below a minimum that nobody wrote down says so."""
    is_below = value is not None and default is not None and value < default
    return Figure(name, value, not_required(default) if is_below and default is not None else "")


def coverage_summary(coverage: CoverageResult) -> str:
    """Put coverage in one line."""
    return ", ".join(map(_figure, coverage_figures(coverage))) or "not measured"


def _figure(figure: Figure) -> str:
    return f"{figure.name} {percent(figure.percent)}" + (f" ({figure.remark})" if figure.remark else "")


def not_required(default: float) -> str:
    """Show a minimum that nobody wrote down."""
    return f"{percent(default)} is the default, not required"


def partial_branches(coverage: CoverageResult) -> tuple[str, ...]:
    """List the changed lines that were run and have branches that were never taken, with what these lead to."""
    return tuple(
        f"{one_line(path)}:{line} never went to {' or '.join(map(_target, targets))}"
        for path, lines in sorted(coverage.partial_branches.items())
        for line, targets in sorted(lines.items())
    )


def _target(target: str) -> str:
    return f"line {target}" if target.isdecimal() else one_line(target)


def conservation_summary(verdict: Verdict) -> str:
    """Put in one line what became of the tests that guarded at the base."""
    conservation = verdict.conservation
    if verdict.base == "none":
        return "not compared: there is no base"
    if not conservation.compared:
        return "not compared with the base"
    if conservation == Conservation(compared=True):
        return "no test guarded at the base"
    changed = ((fate.name, len(fate.entries)) for fate in fates(conservation) if fate.name != "lost")
    counts = (("kept", conservation.kept), ("lost", len(conservation.lost)), *changed)
    return ", ".join(f"{n} {name}" for name, n in counts)


class FateEntry(Struct, frozen=True):
    """One test that was not kept as it was: its id at the base, a remark, ids of tests at the head, and why."""

    test: str
    remark: str = ""
    others: tuple[str, ...] = ()
    reason: str = ""


class Fate(Struct, frozen=True):
    """What became of some of the base's tests."""

    name: str
    entries: tuple[FateEntry, ...]


def fates(conservation: Conservation) -> tuple[Fate, ...]:
    """List the tests that were not kept as they were, by what became of them, the lost ones first."""
    why = conservation.reasons
    everything = (
        Fate("lost", tuple(FateEntry(lost.test, lost.how) for lost in conservation.lost)),
        Fate(
            "moved",
            tuple(FateEntry(one.from_, "now", (one.to,), why.get(one.from_, "")) for one in conservation.moved),
        ),
        Fate(
            "replaced",
            tuple(FateEntry(one.lost, "replaced by", one.by, why.get(one.lost, "")) for one in conservation.replaced),
        ),
        Fate("retired", tuple(FateEntry(test, reason=why.get(test, "")) for test in conservation.retired)),
        Fate("waived", tuple(map(FateEntry, conservation.waived))),
    )
    return tuple(fate for fate in everything if fate.entries)


def decision_word(decision: Decision) -> str:
    """Name a decision."""
    return _DECISION_WORDS[decision]


def reason(verdict: Verdict) -> str:
    """Say in a few words what a verdict rests on: its findings, and what blocks if it is not an error."""
    tally = finding_counts(verdict.findings)
    if verdict.verdict is Decision.INCONCLUSIVE:
        return f"{tally}; not everything could be checked"
    return tally


def headline(verdict: Verdict) -> str:
    """Put the verdict in one line."""
    return f"{decision_word(verdict.verdict)}: {reason(verdict)}"


def finding_counts(findings: Iterable[Finding]) -> str:
    """Count findings by severity, errors always; waived ones are counted apart."""
    counts = Counter("waived" if finding.waived else finding.severity.value for finding in findings)
    words = [number(counts["error"], "error")]
    words += [number(counts[name], name) for name in (Severity.WARNING, Severity.NOTE) if counts[name]]
    if counts["waived"]:
        words.append(f"{counts['waived']} waived")
    return ", ".join(words)


def left_out(findings: Iterable[Finding]) -> str:
    """Say how many findings a report has no room for; empty if there are none."""
    missing = tuple(findings)
    if not missing:
        return ""
    verb = "is" if len(missing) == 1 else "are"
    return f"{number(len(missing), 'more finding')} {verb} left out: {finding_counts(missing)}"


def places(finding: Finding) -> tuple[tuple[str, str], ...]:
    """List where a finding is, as pairs of location and test; a finding about several tests has a pair for each.

    Several tests share one cause, and its location is said once.
    """
    tests = finding.about or ("",)
    first = (location(finding), one_line(tests[0]))
    return tuple(pair for pair in (first, *(("", one_line(test)) for test in tests[1:])) if any(pair))


def location(finding: Finding) -> str:
    """Point at the finding as ``path:line``; without a line, the path; without a path, nothing."""
    path = one_line(finding.path)
    return f"{path}:{finding.line}" if path and finding.line else path
