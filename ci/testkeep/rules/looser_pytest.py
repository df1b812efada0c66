"""TK503, of pytest: a configuration that is more lenient with warnings, marks and unexpected passes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from testkeep.model.evidence import Evidence
from testkeep.model.finding import Severity
from testkeep.rules.base import Facts, Problem

_STRICT_PARTS = ("strict_markers", "strict_config", "xfail_strict")
# pytest 9.1 has strict_xfail as another name of xfail_strict.
_OTHER_NAMES = {"strict_xfail": "xfail_strict"}
_ERROR_FILTER = re.compile(r"(?<!\S)error(?::\S*)?(?!\S)")
_FILTERS = re.compile(r"\s+(?=(?:error|ignore|always|all|default|module|once)(?::|\s|$))")
_OPTIONS = re.compile(r"(?<!\S)(?:(-W|-p)[ =]?(\S+)|--pythonwarnings[ =](\S+)|(--strict(?:-markers|-config)?))(?!\S)")
_MEANT = "If it is meant, nothing needs to be done."


def looser_pytest(facts: Facts) -> Iterator[Problem]:
    """Compare the pytest configurations of both sides, stage by stage; one finding for a key is enough."""
    if facts.baseline is None or facts.baseline.problem:
        return
    base, found = facts.baseline, dict[str, Problem]()
    for record, suite in facts.suites():
        before = _ini_of_same_stage(base.evidence, record)
        for key, old, new in _lenient(before, suite.settings.ini) if before is not None else ():
            message = f"pytest became more lenient: {key} is {old} at {base.commit[:12]}, {new} now"
            problem = Problem(message=message, help=_MEANT, test=f"pytest.{key}", severity=Severity.WARNING)
            found.setdefault(key, problem)
    yield from found.values()


def _ini_of_same_stage(evidence: Iterable[Evidence], record: Evidence) -> Mapping[str, str] | None:
    stages = set(record.job.stages)
    return next((one.suite.settings.ini for one in evidence if one.suite and stages & set(one.job.stages)), None)


def _lenient(base: Mapping[str, str], head: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for key, is_looser in (("filterwarnings", _takes_warnings), ("addopts", _has_looser_options)):
        if is_looser(base, head):
            yield key, f'"{base.get(key, "")}"', f'"{head.get(key, "")}"'
    parts = [part for part in _STRICT_PARTS if _is_strict(base, part) and not _is_strict(head, part)]
    if parts and base.get("strict") == "True" and head.get("strict") != "True":
        yield "strict", "true", "false"
        return
    yield from ((part, "true", "false") for part in parts)


def _takes_warnings(base: Mapping[str, str], head: Mapping[str, str]) -> bool:
    """Whether a warning that was an error is none: no filter makes it one any more, or a new one comes before that."""
    filters = [_FILTERS.split(ini.get("filterwarnings", "")) for ini in (base, head)]
    before, now = (_ERROR_FILTER.findall(ini.get("filterwarnings", "")) for ini in (base, head))
    if not set(before) <= set(now) and "error" not in now:
        return True
    return bool(before) and any(one and not one.startswith("error") for one in set(filters[1]) - set(filters[0]))


def _has_looser_options(base: Mapping[str, str], head: Mapping[str, str]) -> bool:
    old, new = ({"".join(one) for one in _OPTIONS.findall(ini.get("addopts", ""))} for ini in (base, head))
    dropped = {one for one in old - new if one.startswith(("-Werror", "error", "--strict"))}
    if {"error"} <= set(_ERROR_FILTER.findall(head.get("filterwarnings", ""))):
        dropped = {one for one in dropped if one.startswith("--strict")}
    added = {one for one in new - old if one == "-pno:warnings" or "ignore" in one.partition(":")[0]}
    still = {f"--{part.replace('_', '-')}" for part in _STRICT_PARTS if _is_strict(head, part)}
    return bool(dropped - still - ({"--strict"} if still else set())) or bool(added)


def _is_strict(ini: Mapping[str, str], part: str) -> bool:
    """Whether a part of pytest's strictness is on: by itself, or unset under ``strict`` (since pytest 9)."""
    names = [part, *(other for other, name in _OTHER_NAMES.items() if name == part)]
    said = {ini[name] for name in names if name in ini}
    return "True" in said or (ini.get("strict") == "True" and said <= {"None"})
