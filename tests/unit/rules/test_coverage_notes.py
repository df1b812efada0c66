"""What a reader of the coverage should know, and no rule says."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from builders import a_baseline, a_record, a_suite, a_test, the_facts
from testkeep.model.coverage import BaseCoverage, Coverage, CoverageTotals, FileCoverage, Ratio
from testkeep.model.evidence import Evidence, Measurement
from testkeep.rules.base import Facts
from testkeep.rules.coverage_notes import coverage_notes

_NONE = CoverageTotals(files={})
_CORES = "coverage was measured by different cores, which may differ in some lines"


def _measured_by(core: str) -> Evidence:
    measurement = Measurement(core=core, branch=False, concurrency=("thread",), coverage="7.11.3")
    return a_record(suite=msgspec.structs.replace(a_suite(a_test()), measurements=(measurement,)))


def _facts(*changed: str, project: str = "", excluded: frozenset[int] = frozenset()) -> Facts:
    file = FileCoverage(ratio=Ratio(1, 1), excluded=excluded)
    facts = the_facts(a_record(a_test()), project=project, coverage=Coverage(files={"app/a.py": file}))
    return replace(facts, changed_lines=dict.fromkeys(changed, (1, 2, 3)))


def _against(base: BaseCoverage, before: str = "ctrace", now: str = "ctrace") -> Facts:
    facts = the_facts(_measured_by(now), baseline=a_baseline(_measured_by(before)))
    return replace(facts, base_coverage=base)


@pytest.mark.parametrize(
    ("facts", "source", "expected"),
    [
        pytest.param(_facts("app/a.py"), ("app",), [], id="nothing to say"),
        pytest.param(
            _facts(),
            (),
            ["coverage is not measured: no production code was found; name its folders with source in [tool.testkeep]"],
            id="no source",
        ),
        pytest.param(the_facts(a_record()), (), [], id="no source, and no test ran"),
        pytest.param(
            _facts("workers/b.py", "workers/a.py", "scripts/c.py", "tests/d.py", "setup.py", "app/e.py", "docs/f.md"),
            ("app",),
            ["changed, and not measured, because it is outside of source (app): workers/a.py and 1 more"],
            id="code outside of the source; scripts, tests and set-up are none",
        ),
        pytest.param(
            _facts("web/workers/a.py", "web/app/b.py", "workers/c.py", "website/workers/d.py", project="web"),
            ("app",),
            ["changed, and not measured, because it is outside of source (app): workers/a.py"],
            id="in a sub-folder: code of other projects is no matter",
        ),
        pytest.param(
            _facts("app/a.py", excluded=frozenset({2, 3, 9})),
            ("app",),
            ["excluded from coverage (pragma: no cover, exclude_also): 2 lines of the change"],
            id="changed lines that are excluded",
        ),
        pytest.param(
            _facts("web/app/a.py", project="web", excluded=frozenset({1})),
            ("app",),
            ["excluded from coverage (pragma: no cover, exclude_also): 1 line of the change"],
            id="in a sub-folder: a changed line that is excluded",
        ),
        pytest.param(
            _facts("app/b.py", excluded=frozenset({1})), ("app",), [], id="excluded lines that did not change"
        ),
        pytest.param(_against(BaseCoverage(whole=_NONE, kept=_NONE)), ("app",), [], id="the base is comparable"),
        pytest.param(
            _against(BaseCoverage(whole=_NONE, kept=_NONE, obstacle="it is so")),
            ("app",),
            ["coverage is not held against the base's: it is so"],
            id="the base is not comparable",
        ),
        pytest.param(
            _against(BaseCoverage(whole=_NONE, kept=_NONE, lines_only=True)),
            ("app",),
            ["coverage is held against the base's by lines alone: branches were measured with the head's tests alone"],
            id="lines alone are comparable",
        ),
        pytest.param(
            _against(BaseCoverage(whole=_NONE, kept=_NONE), before="ctrace", now="sysmon"),
            ("app",),
            [f"{_CORES}: ctrace at the base, sysmon now"],
            id="another core",
        ),
    ],
)
def test_coverage_notes__table(facts: Facts, source: tuple[str, ...], expected: list[str]) -> None:
    assert list(coverage_notes(facts, source)) == expected
