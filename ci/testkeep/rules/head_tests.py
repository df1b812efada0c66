"""The head's tests, made easy to look up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from testkeep.model.evidence import CollectorReport
from testkeep.model.source import FunctionSource
from testkeep.model.stage import Stage
from testkeep.model.tests import RecordedTest, function_of
from testkeep.rules.base import Facts


@dataclass(frozen=True, slots=True)
class HeadTests:
    """An index of the head's records.

    ``tests`` has the runs of each test by its id, each with the environment that it was in; ``elsewhere`` the stages of
    tests that other stages' runs collected; ``functions`` the ids of all functions that were collected; ``bodies`` the
    functions of the files that were read, with their paths, by the digests of their bodies.
    """

    facts: Facts
    tests: dict[str, list[tuple[str, RecordedTest]]] = field(default_factory=dict)
    elsewhere: dict[str, Stage] = field(default_factory=dict)
    collectors: dict[str, CollectorReport] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    environments: set[str] = field(default_factory=set)
    bodies: dict[str, list[tuple[str, FunctionSource]]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts) -> HeadTests:
        """Index the head's records."""
        head = cls(facts)
        for _, suite in facts.suites():
            environment = suite.settings.interpreter
            head.environments.add(environment)
            for test in suite.tests:
                head.tests.setdefault(test.item.id, []).append((environment, test))
                head.functions.add(function_of(test.item.id))
            for stage, ids in suite.elsewhere.items():
                head.elsewhere.update(dict.fromkeys(ids, stage))
            head.collectors.update({report.id: report for report in suite.collectors})
            head.ignored.update(suite.ignored_paths)
        for path, names in facts.head_sources.items():
            for source in (names or {}).values():
                head.bodies.setdefault(source.body, []).append((path, source))
        return head

    def runs(self, test_id: str, environments: Iterable[str] = ()) -> list[RecordedTest]:
        """The runs of a test: in some environments, or in all (none given)."""
        wanted = set(environments)
        return [test for where, test in self.tests.get(test_id, ()) if not wanted or where in wanted]

    def guards(self, test_id: str, environments: Iterable[str] = ()) -> bool:
        """Whether a test ran and guards wherever it ran, and ran in all of these environments."""
        wanted = set(environments)
        runs = self.runs(test_id, wanted)
        return bool(runs) and all(run.guards for run in runs) and wanted <= {where for where, _ in self.tests[test_id]}

    def guarding(self) -> Iterator[RecordedTest]:
        """All tests that guard anywhere, each once."""
        guarding = (next((run for _, run in runs if run.guards), None) for runs in self.tests.values())
        return (run for run in guarding if run is not None)


def enclosing(test_id: str) -> Iterator[str]:
    """The ids of what a test lies in, from the inside out: classes, the file, folders."""
    inner = function_of(test_id)
    while "::" in inner:
        inner = inner.rpartition("::")[0]
        yield inner
    yield from map(str, PurePosixPath(inner).parents)
