"""What a project configured. Every key has a default that works for a conventional project."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from testkeep.model.duration import A_DURATION, DURATION_PATTERN
from testkeep.model.stage import DEFAULT_STAGES, Stage

# The descriptions complete the sentence "expected …" in the messages about a wrong policy.
Percent = Annotated[float, Meta(ge=0, le=100, description="a percentage from 0 to 100")]
Duration = Annotated[str, Meta(pattern=DURATION_PATTERN, description=A_DURATION)]
Text = Annotated[str, Meta(pattern=r"\S", description="a text that is not empty")]
Code = Annotated[str, Meta(pattern=r"^TK[0-9]{3}$", description="the code of a rule, such as 'TK201'")]
Patterns = Annotated[tuple[Text, ...], Meta(min_length=1, description="a list of at least one pattern")]
OLDEST_PYTHON = (3, 11)
"""Nothing of testkeep runs below it."""
OLDEST_PYTHON_NAME = ".".join(map(str, OLDEST_PYTHON))
PythonVersion = Annotated[
    str,
    Meta(
        pattern=r"^3\.(1[1-9]|[2-9][0-9]|[1-9][0-9]{2,})$", description="a Python version from 3.11 on, such as '3.12'"
    ),
]
Shards = Annotated[int, Meta(ge=1, description="a number of shards, at least 1")]
Workers = Annotated[int, Meta(ge=1, description="a number of processes, at least 1")]
Command = Annotated[
    str,
    # The words of a shell without its operators: each quotation mark has its partner.
    Meta(
        pattern=r"""^\s*(?=\S)([^\\'"]|\\.|'[^']*'|"([^"\\]|\\.)*")+$""",
        description="a command such as 'zizmor --offline .github'",
    ),
]
StaticStage = Literal["format", "lint", "typing"]
TestStage = Literal["unit", "integration", "migration", "concurrency", "e2e", "performance"]
Stages = Annotated[tuple[Stage, ...], Meta(min_length=1, description="a list of at least one stage")]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the policy: an unknown key is a mistake, never a wish for later."""


class Layer(_Table, frozen=True, kw_only=True):
    """One architectural layer: glob patterns of its files and its least coverage in percent.

    Who writes a layer down says its minimum. Only that of a default layer is None: nobody has chosen one.
    """

    paths: Patterns
    minimum: Percent | None


DEFAULT_LAYERS = {
    "repository": Layer(paths=("**/repository.py", "**/repositories/**"), minimum=None),
    "service": Layer(paths=("**/service.py", "**/services/**"), minimum=None),
    "router": Layer(paths=("**/router.py", "**/routers/**", "**/api/**"), minimum=None),
}
# Shown beside what was measured, and required of nobody who has not written them down.
DEFAULT_OVERALL = 87.0
DEFAULT_MINIMA = {"repository": 90.0, "service": 85.0, "router": 80.0}


class CoveragePolicy(_Table, frozen=True, kw_only=True):
    """Coverage thresholds, all in percent.

    ``overall`` is None where nobody has chosen one: then it is shown beside its default and required of nobody.
    ``slack_percent`` is how much lower than the base's the coverage may be under the ratchet, in percent points.
    ``omit`` are patterns of files that are not production code; ``include`` of those that are, although tests,
    migrations and generated files do not count by default.
    """

    overall: Percent | None = None
    diff: Percent = 90.0
    ratchet: bool = True
    slack_percent: Percent = 0.0
    branch: bool = False
    omit: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    layers: dict[str, Layer] = field(default_factory=DEFAULT_LAYERS.copy)


class Pyramid(_Table, frozen=True, kw_only=True):
    """The wanted share of each kind of test, in percent, and how far off it may be."""

    unit: Percent = 60.0
    integration: Percent = 35.0
    e2e: Percent = 5.0
    tolerance: Percent = 10.0


class SuitesPolicy(_Table, frozen=True, kw_only=True):
    """How tests are sorted into stages, and on how many processes a stage's tests run (``workers``, by pytest-xdist).

    ``alone`` are the stages that run by themselves, one after the other, when the other test stages have ended.
    ``shards`` is the number of jobs that CI spreads a stage's tests over.

    Tests that carry a mark named in ``leave_out`` are collected and recorded, but not run, unless the stage of that
    name is itself asked for. ``budgets`` are the longest times one test of a stage may take (``"100ms"``, ``"1s"``).
    """

    workers: dict[Stage, Workers] = {}
    alone: tuple[TestStage, ...] = ()
    shards: dict[Stage, Shards] = {}
    leave_out: tuple[str, ...] = ("slow", "performance", "diagnostic")
    pyramid: Pyramid | None = None
    budgets: dict[Stage, Duration] = {}


class Waiver(_Table, frozen=True, kw_only=True):
    """A recorded exception: which finding, why, who answers for it, until when (inclusive)."""

    test: Text
    rule: Code
    reason: Text
    owner: Text
    expires: datetime.date

    def is_expired(self, day: datetime.date) -> bool:
        """Whether the waiver does not count any more on a day. The day on which it expires is its last."""
        return day > self.expires


class Policy(_Table, frozen=True, kw_only=True):
    """The whole policy of a project.

    An empty ``source`` means: find it from the project's layout. Without ``stages`` all that are not opt-in are run,
    the static ones with the tools that the project itself configures; without a ``formatter`` that is found, too.
    ``existing`` says whether complaints of static tools block that were there at the base, ``loosened_tools`` whether
    it blocks that a change has these tools check less.

    ``python`` are the versions that CI runs the tests with, the first of them also the static stages; empty: the one
    that the plan is made with. ``commands`` are what a static stage runs beside the tools, without a shell, in the
    project's folder. ``timeout`` is the longest time one stage may take.

    ``base_files`` are patterns of files that git ignores and that the base's tests need: they are copied into its
    worktree.

    ``failures`` says which failing tests block: all of them, or those that do not fail at the base commit, too.

    ``waivers_from`` says whose waivers are honoured: those of the base commit, so that a change cannot excuse itself,
    or also those of the head. As everything else it is read from the base commit.
    """

    source: tuple[str, ...] = ()
    stages: Stages | None = None
    python: tuple[PythonVersion, ...] = ()
    formatter: Literal["black", "ruff"] | None = None
    existing: Literal["allow", "block"] = "allow"
    loosened_tools: Literal["allow", "block"] = "allow"
    commands: dict[StaticStage, tuple[Command, ...]] = {}
    timeout: Duration = "60m"
    base_files: tuple[Text, ...] = (".env*",)
    failures: Literal["all", "new"] = "all"
    coverage: CoveragePolicy = CoveragePolicy()
    suites: SuitesPolicy = SuitesPolicy()
    waivers: tuple[Waiver, ...] = ()
    waivers_from: Literal["base", "head"] = "base"

    @property
    def run_stages(self) -> tuple[Stage, ...]:
        """The stages of a run: those that are written down, else all that are not opt-in."""
        return self.stages or DEFAULT_STAGES

    @property
    def test_stages(self) -> tuple[Stage, ...]:
        """The stages that run tests, in the policy's order."""
        return tuple(stage for stage in self.run_stages if not stage.is_static)

    def lists(self, stage: Stage) -> bool:
        """Whether somebody wrote the stage down: then it runs although the project configures no tool for it."""
        return stage in (self.stages or ())
