"""The text of a project's first policy: each key with a comment that says what it is and where it was found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from testkeep.errors import PolicyError
from testkeep.formats import policy_toml
from testkeep.formats.python_versions import NamedVersions
from testkeep.model.policy import DEFAULT_OVERALL, CoveragePolicy, Policy
from testkeep.model.stage import DEFAULT_STAGES, Stage

PYPROJECT = "pyproject.toml"
OWN_FILE = "testkeep.toml"
_DEFAULT_TESTS = tuple(stage for stage in DEFAULT_STAGES if not stage.is_static)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found in a project.

    ``source`` is its production code, ``tools`` has its tools by static stage, ``tests`` are the test stages that have
    tests, those that are opt-in included.
    """

    source: tuple[str, ...] = ()
    tools: Mapping[Stage, tuple[str, ...]] = field(default_factory=dict)
    tests: tuple[Stage, ...] = ()
    pythons: NamedVersions = field(default_factory=NamedVersions)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that are listed: static ones with tools, and all test stages that are not opt-in.

        A test stage without tests starts nothing; one that is not listed would not run its first test, and say nothing.
        """
        return (*self.tools, *_DEFAULT_TESTS)


def compose(found: Found, table: str) -> str:
    """Write the policy. ``table`` is the name of its table, empty at the top of a file of its own.

    >>> print(compose(Found(source=("app",)), "tool.testkeep").splitlines()[2])
    source = ["app"]
    """
    return "\n".join((*([f"[{table}]"] if table else ()), *_lines(found), "", *_coverage(table))) + "\n"


def add_policy(pyproject: str, found: Found) -> str | None:
    """Add the policy to the end of pyproject.toml, with its line ends; None if that file cannot take a table.

    A file that has, say, ``tool = {…}`` in one line cannot.
    """
    newline = "\r\n" if "\r\n" in pyproject else "\n"
    gap = "" if not pyproject else newline if pyproject.endswith("\n") else newline * 2
    text = pyproject + gap + compose(found, "tool.testkeep").replace("\n", newline)
    try:
        policy = policy_toml.loads(text, PYPROJECT)
    except PolicyError:
        return None
    return text if policy is not None else None


def policy_in(text: str) -> Policy:
    """Read a policy that was composed, or the file that it stands in."""
    return policy_toml.loads(text, OWN_FILE) or Policy()


def _lines(found: Found) -> Iterator[str]:
    if found.source:
        yield "# The production code, as the project's layout has it; coverage counts these files."
        yield f"source = {_list(found.source)}"
    yield from _stages(found)
    if Stage.FORMAT not in found.tools:
        yield '# Nothing formats this project. To begin, list "format" in the stages and choose: black or ruff.'
        yield '# formatter = "black"'
    if found.pythons.versions:
        yield f"# The versions that CI runs the tests with: {found.pythons.where}. One is enough on a laptop."
        yield f"python = {_list(found.pythons.versions)}"


def _stages(found: Found) -> Iterator[str]:
    yield "# What runs: a stage that is listed always runs, one that is not listed does not."
    yield from (f"# {stage}: {', '.join(tools)}." for stage, tools in found.tools.items())
    without = [stage for stage in _DEFAULT_TESTS if stage not in found.tests]
    if without:
        yield f"# {', '.join(without)}: no tests yet; starts nothing until there are."
    opt_in = [stage for stage in found.tests if stage not in DEFAULT_STAGES]
    if opt_in:
        yield f"# {', '.join(opt_in)}: there are tests, too, which run only if they are listed here."
    yield f"stages = {_list(found.stages)}"


def _coverage(table: str) -> Iterator[str]:
    defaults = CoveragePolicy()
    yield f"[{table}.coverage]" if table else "[coverage]"
    yield "# The least percentage of all lines, all test stages together: required once it is written down."
    yield f"# overall = {DEFAULT_OVERALL:g}"
    yield "# The least percentage of the changed lines (the default)."
    yield f"diff = {defaults.diff:g}"
    yield "# Never below the base commit, overall and per layer (the default)."
    yield f"ratchet = {json.dumps(defaults.ratchet)}"


def _list(values: Sequence[str]) -> str:
    return json.dumps([str(value) for value in values], ensure_ascii=False)
