"""Renders a verdict as GitHub-flavoured Markdown, for job summaries. Renders; never decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from testkeep.model.finding import Finding
from testkeep.model.verdict import Decision, StageResult, StageStatus, Verdict
from testkeep.reports import _wording as wording
from testkeep.reports._grouping import Group, grouped

MOST_CHARACTERS = 60_000

# The most that each part may take, in characters, so that none of them crowds out the errors.
_ROOM_FOR_STAGES = 8_000
_ROOM_FOR_NOTES = 4_000
_ROOM_FOR_FATES = 2_000
_ROOM_FOR_PARTIAL = 2_000
_ROOM_FOR_FRAME = 200
_ROOM_FOR_TESTS = 8_000
_LONGEST_TEXT = 2_000

_DECISION_MARKS = {Decision.PASS: "✅", Decision.FAIL: "❌", Decision.INCONCLUSIVE: "⚠️"}
_STATUS_MARKS = {
    StageStatus.PASSED: "✅",
    StageStatus.FAILED: "❌",
    StageStatus.SKIPPED: "➖",
    StageStatus.ERROR: "⚠️",
}

# A word that means nothing to Markdown, nor to GitHub, which links mentions, issues, commits and addresses.
_PLAIN_WORD = re.compile(
    r"""["'(]* (?![0-9a-f]{7,}) [^\W_]+ (?:['’-][^\W\d_]+|\.\d+)* ["')]* [.,;:!?%]* ["')]* | n/a,? | %[,;:]? | -""",
    re.VERBOSE,
)
_LIST_MARKER = re.compile(r"-|\d+[.)]")


def render(verdict: Verdict) -> str:
    """Render at most 60,000 characters; what does not fit is left out from the end, and counted.

    Whatever came from outside stands in code spans, except for words that cannot be anything but words.
    """
    head = "".join(f"{block}\n\n" for block in _head(verdict))
    room = MOST_CHARACTERS - len(head)
    findings = _findings(grouped(verdict.findings), room - _ROOM_FOR_FATES)
    fates = "".join(_fates(wording.fates(verdict.conservation), room - len(findings)))
    return f"{head}{findings}{fates}".rstrip() + "\n"


def _head(verdict: Verdict) -> Iterator[str]:
    yield f"## {_DECISION_MARKS[verdict.verdict]} testkeep: {wording.headline(verdict)}"
    head, base = (code(wording.short_commit(_clip(name))) for name in (verdict.head, verdict.base))
    reason = f" ({prose(_clip(verdict.base_reason))})" if verdict.base_reason else ""
    yield f"head {head}, base {base}{reason}"
    yield _stages(verdict.stages)
    yield f"**Coverage:** {prose(_clip(wording.coverage_summary(verdict.coverage)))}"
    partial = wording.partial_branches(verdict.coverage)
    if partial:
        lines = _list([f"- {prose(_clip(line))}\n" for line in partial], _ROOM_FOR_PARTIAL, "line").rstrip()
        yield f"Changed lines that ran without taking all of their branches:\n\n{lines}"
    yield f"**Conservation:** {prose(wording.conservation_summary(verdict))}"
    if verdict.notes:
        yield _list([f"- {_words(note, '  ')}\n" for note in verdict.notes], _ROOM_FOR_NOTES, "note").rstrip()


def _stages(stages: Sequence[StageResult]) -> str:
    if not stages:
        return "No stage ran."
    heading = "| stage | status | tests | time | detail |\n|---|---|---|---:|---|\n"
    return (heading + _list([_row(stage) for stage in stages], _ROOM_FOR_STAGES, "stage")).rstrip()


def _row(stage: StageResult) -> str:
    cells = (
        code(_clip(stage.name)),
        f"{_STATUS_MARKS[stage.status]} {stage.status.value}",
        prose(_clip(wording.count_tests(stage.tests))),
        wording.duration(stage.duration_s),
        prose(_clip(stage.detail)),
    )
    return "| " + " | ".join(map(_in_cell, cells)) + " |\n"


def _list(lines: Sequence[str], room: int, noun: str) -> str:
    """Keep the first lines that fit, and count the others."""
    kept: list[str] = []
    for line in lines:
        room -= len(line)
        if room < 0:
            return "".join(kept) + f"\n{wording.number(len(lines) - len(kept), f'more {noun}')} left out.\n"
        kept.append(line)
    return "".join(kept)


def _findings(groups: Sequence[Group], room: int) -> str:
    """Render findings in order for as long as there is room for the next one."""
    pieces = [piece for group in groups for piece in _pieces(group)]
    kept = ""
    for position, (text, _) in enumerate(pieces):
        if len(kept) + len(text) > room:
            missing = (finding for _, findings in pieces[position:] for finding in findings)
            return kept + f"\n{wording.left_out(missing)}.\n\n"
        kept += text if kept else text.lstrip()
    return kept + "\n" if kept else ""


def _pieces(group: Group) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Split a group into texts that a page may end after, each with the findings that it is for."""
    opening = f"\n### {code(group.title)}: {group.extent}\n\n"
    if group.help:
        opening += f"How to settle it: {_words(group.help, '')}\n\n"
    for statement in group.statements:
        opening += f"- {_words(statement.message, '  ')}\n"
        for finding in statement.findings:
            places = (" ".join(code(_clip(text)) for text in pair if text) for pair in wording.places(finding))
            yield opening + _list([f"  - {place}\n" for place in places], _ROOM_FOR_TESTS, "test"), (finding,)
            opening = ""


def _fates(fates: Sequence[wording.Fate], room: int) -> Iterator[str]:
    for position, fate in enumerate(fates):
        share = room // (len(fates) - position)
        items = _list([_fate_entry(entry) for entry in fate.entries], share - _ROOM_FOR_FRAME, "test")
        title = f"{fate.name}: {wording.number(len(fate.entries), 'test')}"
        text = f"<details><summary>{title}</summary>\n\n{items}\n</details>\n\n"
        room -= len(text)
        yield text


def _fate_entry(entry: wording.FateEntry) -> str:
    remark = prose(_clip(entry.remark))
    others = ", ".join(code(_clip(other)) for other in entry.others)
    reason = prose(_clip(f"({entry.reason})")) if entry.reason else ""
    return f"- {' '.join(filter(None, (code(_clip(entry.test)), remark, others, reason)))}\n"


def _clip(text: str) -> str:
    beyond = len(text) - _LONGEST_TEXT
    return text if beyond <= 0 else f"{text[:_LONGEST_TEXT]} ({beyond} more characters)"


def _words(text: str, margin: str) -> str:
    """Render the first line as prose and the others as a code block, indented to stay in its list item."""
    lines = wording.several_lines(_clip(text))
    if len(lines) == 1:
        return prose(lines[0])
    fence = _fence(text, 3)
    block = (f"{margin}{line}".rstrip() for line in (f"{fence}text", *lines[1:], fence))
    return "\n".join((prose(lines[0]), "", *block))


def prose(text: str) -> str:
    """Render one line of text of any origin: plain words as they are, all else in code spans."""
    words = wording.one_line(text).strip().split(" ")
    plain = [bool(_PLAIN_WORD.fullmatch(word)) for word in words]
    if len(words) > 1 and _LIST_MARKER.fullmatch(words[0]):
        plain[0] = False
    runs = groupby(zip(plain, words, strict=True), key=lambda pair: pair[0])
    joined = ((is_plain, " ".join(word for _, word in run)) for is_plain, run in runs)
    return " ".join(run if is_plain else _code_before_punctuation(run) for is_plain, run in joined)


def _code_before_punctuation(run: str) -> str:
    """Leave the sentence's own comma, semicolon or colon out of the code span."""
    text = run.rstrip(",;:")
    return code(text) + run[len(text) :] if text else code(run)


def code(text: str) -> str:
    """Put one line of text of any origin into a code span, which nothing in it can end."""
    shown = wording.one_line(text)
    if not shown:
        return ""
    fence = _fence(shown, 1)
    # A space on each side is dropped again by whoever renders the span.
    needs_space = shown[0] in "` " or shown[-1] in "` "
    return f"{fence} {shown} {fence}" if needs_space else f"{fence}{shown}{fence}"


def _fence(text: str, least: int) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(longest + 1, least)


def _in_cell(rendered: str) -> str:
    # A pipe ends a cell even in a code span, unless escaped; behind a backslash the escape would be escaped.
    return rendered.replace("\\|", "\\ |").replace("|", "\\|")
