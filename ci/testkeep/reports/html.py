"""Renders a verdict as one self-contained HTML page: no scripts, nothing to fetch. Renders; never decides.

The page is built as a tree and written by the standard library, so that text cannot become markup.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from testkeep.model.finding import Finding
from testkeep.model.verdict import CoverageResult, StageResult, Verdict
from testkeep.reports import _wording as wording
from testkeep.reports._grouping import Group, Statement, grouped
from testkeep.reports._page_style import STYLE

Child = ET.Element | str


def render(verdict: Verdict) -> str:
    """Render the whole page; it needs no other file."""
    page = _element("html", _head(verdict), _body(verdict), lang="en")
    ET.indent(page, " ")
    return "<!DOCTYPE html>\n" + ET.tostring(page, encoding="unicode", method="html") + "\n"


def _element(tag: str, *children: Child, **attributes: str) -> ET.Element:
    """Build an element; a trailing underscore of an attribute's name is dropped, an inner one is a hyphen."""
    named = {name.rstrip("_").replace("_", "-"): wording.one_line(value) for name, value in attributes.items()}
    element = ET.Element(tag, named)
    last: ET.Element | None = None
    for child in children:
        if isinstance(child, ET.Element):
            element.append(child)
            last = child
        elif last is None:
            element.text = (element.text or "") + _clean(child)
        else:
            last.tail = (last.tail or "") + _clean(child)
    return element


def _clean(text: str) -> str:
    return "\n".join(map(wording.one_line, text.split("\n")))


def _head(verdict: Verdict) -> ET.Element:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    # The policy's hash is over the sheet exactly as it stands in the page.
    style = ET.Element("style")
    style.text = STYLE
    return _element(
        "head",
        _element("meta", charset="utf-8"),
        _element("meta", http_equiv="Content-Security-Policy", content=policy),
        _element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _element("meta", name="referrer", content="no-referrer"),
        _element("title", f"testkeep: {wording.headline(verdict)}"),
        style,
    )


def _body(verdict: Verdict) -> ET.Element:
    sections = [
        _section("Findings", *_findings(verdict.findings)),
        _section("Stages", *_stages(verdict.stages)),
        _section("Coverage", *_coverage(verdict.coverage)),
        _section("Conservation", *_conservation(verdict)),
        *([_section("Notes", _list(_element("li", _text(note)) for note in verdict.notes))] if verdict.notes else []),
    ]
    return _element("body", _banner(verdict), _element("main", *sections))


def _banner(verdict: Verdict) -> ET.Element:
    head, base = (_code(wording.short_commit(commit)) for commit in (verdict.head, verdict.base))
    reason = f" ({wording.one_line(verdict.base_reason)})" if verdict.base_reason else ""
    return _element(
        "header",
        _element("h1", wording.decision_word(verdict.verdict)),
        _element("p", wording.reason(verdict)),
        _element("p", "testkeep, head ", head, ", base ", base, reason, class_="commits"),
        class_=verdict.verdict.value,
    )


def _section(title: str, *children: Child) -> ET.Element:
    name = title.lower()
    return _element("section", _element("h2", title, id=name), *children, aria_labelledby=name)


def _stages(stages: Sequence[StageResult]) -> Iterator[ET.Element]:
    if not stages:
        yield _element("p", "No stage ran.")
        return
    titles = ("stage", "status", "tests", "time", "detail")
    heading = _element("tr", *(_element("th", title, scope="col", class_=title) for title in titles))
    yield _element(
        "div",
        _element(
            "table",
            _element("caption", "What became of each stage"),
            _element("thead", heading),
            _element("tbody", *map(_stage, stages)),
        ),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label="Stages",
    )


def _stage(stage: StageResult) -> ET.Element:
    return _element(
        "tr",
        _element("th", stage.name, scope="row"),
        _element("td", _badge(stage.status.value, stage.status.value)),
        _element("td", wording.count_tests(stage.tests), class_="tests"),
        _element("td", wording.duration(stage.duration_s), class_="time"),
        _element("td", _text(stage.detail), class_="detail"),
    )


def _coverage(coverage: CoverageResult) -> Iterator[ET.Element]:
    figures = wording.coverage_figures(coverage)
    if not figures:
        yield _element("p", "Not measured.")
        return
    yield _element("dl", *map(_figure, figures), class_="figures")
    partial = wording.partial_branches(coverage)
    if partial:
        yield _element(
            "details",
            _element("summary", f"Changed lines that ran without taking all of their branches: {len(partial)}"),
            _list(_element("li", _text(line)) for line in partial),
        )


def _figure(figure: wording.Figure) -> ET.Element:
    shown = _element("dd", wording.percent(figure.percent))
    if figure.percent is not None:
        # It says the same as the number beside it: once is enough to hear.
        shown.append(_element("meter", min="0", max="100", value=str(figure.percent), aria_hidden="true"))
    if figure.remark:
        shown.append(_element("small", figure.remark))
    return _element("div", _element("dt", figure.name), shown)


def _conservation(verdict: Verdict) -> Iterator[ET.Element]:
    yield _element("p", wording.conservation_summary(verdict))
    for fate in wording.fates(verdict.conservation):
        details = _element(
            "details",
            _element("summary", f"{fate.name}: {wording.number(len(fate.entries), 'test')}"),
            _list(map(_fate_entry, fate.entries)),
        )
        if fate.name == "lost":
            details.set("open", "")
        yield details


def _fate_entry(entry: wording.FateEntry) -> ET.Element:
    remark = [f" {entry.remark} "] if entry.remark else []
    others = [part for other in entry.others for part in (", ", _code(other))][1:]
    reason = [f" ({wording.one_line(entry.reason)})"] if entry.reason else []
    return _element("li", _code(entry.test), *remark, *others, *reason)


def _findings(findings: Sequence[Finding]) -> Iterator[ET.Element]:
    groups = tuple(grouped(findings))
    if len(groups) != 1:  # the only one has the number in its title
        yield _element("p", wording.finding_counts(findings))
    yield from map(_group, groups)


def _group(group: Group) -> ET.Element:
    tone = "waived" if group.waived else group.severity.value
    article = _element(
        "article",
        _element("h3", _badge(group.extent, tone), _element("span", group.title)),
        *map(_statement, group.statements),
        class_=tone,
    )
    if group.help:
        article.append(_element("div", _element("strong", "How to settle it: "), *_prose(group.help), class_="help"))
    return article


def _statement(statement: Statement) -> ET.Element:
    places = [_place(*pair) for finding in statement.findings for pair in wording.places(finding)]
    message = _element("div", _element("div", *_prose(statement.message)), class_="message")
    if places:
        message.append(_element("ul", *places, class_="places"))
    return message


def _place(where: str, test: str) -> ET.Element:
    parts = [_element("span", _code(where), class_="where")] if where else []
    return _element("li", *parts, *([_code(test)] if test else []))


def _list(items: Iterable[ET.Element]) -> ET.Element:
    return _element("ul", *items)


def _badge(text: str, tone: str) -> ET.Element:
    return _element("span", text, class_=f"badge {tone}")


def _code(text: str) -> ET.Element:
    return _element("code", wording.one_line(text))


def _text(text: str) -> ET.Element:
    return _element("span", "\n".join(wording.several_lines(text)), class_="text")


def _prose(text: str) -> Iterator[ET.Element]:
    """Render text in which indented lines are code, or what a tool printed."""
    for is_code, lines in groupby(wording.several_lines(text), key=lambda line: line.startswith(" ")):
        joined = "\n".join(lines)
        yield _element("pre", textwrap.dedent(joined)) if is_code else _element("span", joined, class_="text")
