"""What a rule is, and everything that it may see."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from testkeep.model.asserted import Difference
from testkeep.model.assertion_site import Statements
from testkeep.model.comparison import Comparison
from testkeep.model.coverage import BaseCoverage, Coverage
from testkeep.model.diff_coverage import DiffCoverage
from testkeep.model.evidence import Evidence, Provenance, Suite, Unfinished
from testkeep.model.finding import Finding, Severity
from testkeep.model.gap import Gap
from testkeep.model.inspection import Inspection
from testkeep.model.kept_coverage import Untested
from testkeep.model.leniency import Leniency
from testkeep.model.policy import Policy, Waiver
from testkeep.model.policy_change import PolicyChange
from testkeep.model.source import FunctionSource, Sources
from testkeep.model.stage import Stage
from testkeep.model.tests import Item, RecordedTest, function_of
from testkeep.model.unstable import Unstable
from testkeep.model.verdict import Decision


class RejectionKind(StrEnum):
    """Why a job's record cannot be used."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    DOUBLED = "doubled"


OF_HEAD, OF_BASE, OF_DIFF, FOOTPRINTS = "coverage", "coverage of the base", "coverage of the diff", "footprints"
FILES = "files"
COVERAGE_SUMS = (OF_HEAD, OF_BASE, OF_DIFF, FOOTPRINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A job whose record cannot be used, what is wrong with it, and what to do where it is not to run the job again.

    ``stages`` are those of a planned job. One of ``COVERAGE_SUMS`` in the place of a job stands for what is made of the
    coverage data of all jobs.
    """

    job: str
    kind: RejectionKind
    reason: str
    help: str = ""
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The base commit and its evidence, or the problem that kept it from being had.

    ``is_fresh`` says that all of it was made just now, on this machine and in this environment; ``notes`` what is to be
    known of how it was had. ``known_red`` are the tests that failed in a whole run of the commit's own working tree.
    """

    commit: str
    evidence: tuple[Evidence, ...] = ()
    problem: str = ""
    is_fresh: bool = False
    notes: tuple[str, ...] = ()
    known_red: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a rule may see: values, no way to fetch more.

    ``stages`` are those that the run was asked for; ``evidence`` holds complete records of the tree that is judged;
    ``baseline`` is None if none was asked for; ``comparison`` is what became of its guards. ``base_sources`` and
    ``head_sources`` have the files of tests that are on one side only, and changed and new ones, by path (None: the
    file is not there); ``head_imports`` the names that files import which lost tests; ``inspection`` is what a closer
    look brought; ``unstable`` the functions whose tests have other ids in every run: in ``evidence`` and ``baseline``
    they have ids that both sides share; ``differences`` the tests that assert something else than they did, and
    ``statements`` the assertions in their files. ``today`` is the day of the head commit, by which everything is
    judged; ``clock_day`` is the day of the clock, and only proposes dates.

    ``coverage`` is that of all test stages together (None: something is missing from the sum), ``base_coverage`` that
    of the base commit (None: nothing to compare with), ``untested`` what no test runs beside what none ran there, by
    file; ``inherited_layers`` has the layers that files left by a new name, by the names that they have now; ``diff``
    is that of ``changed_lines``, which are by file, relative to the repository's root; ``gaps`` are the places to win
    coverage, by the key of the threshold that was missed (``coverage.overall``, ``coverage.layers.service``).

    ``base_tools`` are the records of static stages at the base commit, of those that are red at the head; the paths of
    their complaints are those of the head. ``dropped_tools`` are the tools of stages for which the base configures
    some, and the head none; ``leniencies`` is what the change has tools check less of.

    ``unittest_files`` are the files with tests of unittest, relative to the project's root, where not one test was
    collected.
    ``not_given`` are the files and folders (with a slash) that are here, that git does not have, and that the base was
    not given; ``needs`` has those that a test of the base names, by its id.

    ``is_one_job`` says that only one job of a plan is judged: what the others do is not known.

    ``policy`` is the one in force; ``policy_change`` has those of both sides (None: there is no base commit).
    ``waivers`` are those that are honoured, and ``findings`` what was found so far: only rules about waivers see them.
    """

    policy: Policy
    provenance: Provenance
    stages: tuple[Stage, ...]
    evidence: tuple[Evidence, ...]
    unfinished: tuple[Unfinished, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    baseline: Baseline | None = None
    base_tools: Mapping[Stage, Evidence] = field(default_factory=dict)
    dropped_tools: Mapping[Stage, tuple[str, ...]] = field(default_factory=dict)
    leniencies: tuple[Leniency, ...] = ()
    comparison: Comparison = field(default_factory=Comparison)
    coverage: Coverage | None = None
    base_coverage: BaseCoverage | None = None
    untested: Mapping[str, Untested] = field(default_factory=dict)
    inherited_layers: Mapping[str, str] = field(default_factory=dict)
    diff: DiffCoverage | None = None
    changed_lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    gaps: Mapping[str, tuple[Gap, ...]] = field(default_factory=dict)
    base_sources: Sources = field(default_factory=dict)
    head_sources: Sources = field(default_factory=dict)
    head_imports: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unittest_files: tuple[str, ...] = ()
    inspection: Inspection = field(default_factory=Inspection)
    unstable: tuple[Unstable, ...] = ()
    differences: tuple[Difference, ...] = ()
    statements: Statements = field(default_factory=Statements)
    today: datetime.date = datetime.date.max
    clock_day: datetime.date = datetime.date.min
    policy_change: PolicyChange | None = None
    not_given: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    is_one_job: bool = False
    waivers: tuple[Waiver, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def proposal_day(self) -> datetime.date:
        """The day from which a date is proposed: one that is over already helps nobody."""
        return max(self.today, self.clock_day)

    @property
    def test_stages(self) -> tuple[Stage, ...]:
        """The stages that run tests, of those that the run was asked for."""
        return tuple(stage for stage in self.stages if not stage.is_static)

    @property
    def rejected_stages(self) -> frozenset[Stage]:
        """The stages of which a planned job left no usable record."""
        return frozenset(stage for rejection in self.rejections for stage in rejection.stages)

    @property
    def incomplete_stages(self) -> frozenset[Stage]:
        """The stages of which a job left no usable record, or none that is whole."""
        return self.rejected_stages.union(*(left.job.stages for left in self.unfinished))

    @property
    def known_red(self) -> frozenset[str]:
        """The ids of tests that failed in the base commit's own working tree."""
        return self.baseline.known_red if self.baseline is not None else frozenset()

    def base_suites(self) -> Iterator[Suite]:
        """The base's test runs."""
        records = self.baseline.evidence if self.baseline is not None else ()
        return (record.suite for record in records if record.suite is not None)

    def base_tests(self) -> Iterator[RecordedTest]:
        """All recorded tests of the base."""
        return (test for suite in self.base_suites() for test in suite.tests)

    def suites(self) -> Iterator[tuple[Evidence, Suite]]:
        """The records of test runs, each with its suite."""
        return ((record, record.suite) for record in self.evidence if record.suite is not None)

    def tests(self) -> Iterator[RecordedTest]:
        """All recorded tests of the head."""
        return (test for _, suite in self.suites() for test in suite.tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finding before it has its rule's code and name. ``path`` is relative to the repository's root.

    ``tests`` are all tests that one cause concerns, where there may be several.
    """

    message: str
    help: str = ""
    test: str = ""
    tests: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    severity: Severity = Severity.ERROR


Check = Callable[[Facts], Iterable[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One coded check. The check's docstring is the rule's documentation: its title, then what to do.

    ``effect`` is what an error of this rule makes of the verdict. A rule that is ``about_waivers`` is applied after all
    others, and cannot be waived.
    """

    code: str
    name: str
    check: Check
    effect: Decision = Decision.FAIL
    about_waivers: bool = False

    @property
    def title(self) -> str:
        """What the rule is about, in one line."""
        return self.documentation.partition("\n")[0]

    @property
    def documentation(self) -> str:
        """The whole documentation, as Markdown."""
        return inspect.cleandoc(self.check.__doc__ or "")

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Apply the rule."""
        for problem in self.check(facts):
            yield Finding(
                code=self.code,
                name=self.name,
                severity=problem.severity,
                message=problem.message,
                help=problem.help,
                test=problem.tests[0] if problem.tests else problem.test,
                tests=problem.tests if len(problem.tests) > 1 else (),
                path=problem.path,
                line=problem.line,
            )


def in_repository(facts: Facts, path: str) -> str:
    """Turn a path relative to the project into one relative to the repository.

    Empty for a place that is not the project's own: the path is absolute, or that of an installed package.
    """
    if path.startswith("/") or "site-packages" in path.split("/"):
        return ""
    folder = facts.provenance.project
    return f"{folder}/{path}" if folder and path else path


def in_project(facts: Facts, path: str) -> str:
    """Turn a path relative to the repository's root into one relative to the project's; others stay as they are."""
    folder = facts.provenance.project
    return path.removeprefix(f"{folder}/") if folder else path


def split_location(location: str) -> tuple[str, int]:
    """Take ``path:line`` apart.

    >>> split_location("tests/test_a.py:5")
    ('tests/test_a.py', 5)
    """
    path, _, line = location.rpartition(":")
    return (path, int(line)) if line.isdecimal() else (location, 0)


def first_line(text: str) -> str:
    """The first line of a text that says anything."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def name_in_file(item: Item) -> str:
    """The qualified name that a test's function has in its file; of a doctest, that of the object with the examples."""
    names = function_of(item.id).split("::")[1:]
    if len(names) != 1 or "." not in names[0]:
        return ".".join(names)
    module = item.id.partition("::")[0].removesuffix(".py").removesuffix("/__init__").split("/")
    parts = names[0].split(".")
    # A doctest is named by its module and the object; how much of the path the module's name takes varies.
    shared = next((n for n in range(min(len(parts), len(module)), 0, -1) if module[-n:] == parts[:n]), 0)
    return ".".join(parts[shared:])


def is_doctest(test: RecordedTest) -> bool:
    """Whether a test is a docstring's examples: it has the name of a module and an object, with dots."""
    return "." in function_of(test.item.id).partition("::")[2].rpartition("::")[2]


def source_in(sources: Sources, test: RecordedTest) -> FunctionSource | None:
    """A test's function in the sources of one side; None if its file has no such function."""
    return (sources.get(test.item.path) or {}).get(name_in_file(test.item))


def body_in(sources: Sources, test: RecordedTest) -> str:
    """The digest of the body of a test's function; empty if its file has no such function."""
    source = source_in(sources, test)
    return source.body if source is not None else ""
