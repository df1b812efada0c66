"""The processes of one stage, and the record that a static stage's processes add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from testkeep.formats import complaints
from testkeep.formats.stage_hints import assigns_marks, concerns_stage
from testkeep.model.duration import parse_duration
from testkeep.model.evidence import EVIDENCE_SCHEMA, Evidence, Job, ToolRun
from testkeep.model.partition import Partition
from testkeep.model.stage import Stage
from testkeep.pipeline.commands import PytestRun, ToolCommand, further_commands, static_command
from testkeep.pipeline.context import Project
from testkeep.pipeline.environments import test_environment, tool_environment
from testkeep.pipeline.measuring import PYTEST_CONFIG_FILES, measure_with, missing_plugins
from testkeep.pipeline.static_tools import files_of, outdated_tools, tools_of
from testkeep.system import interpreter
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import read_output
from testkeep.system.process import Ended, Task

NO_TESTS = "no tests"
NOT_CONFIGURED = "not configured; to run it, list it in the policy's stages"


@dataclass(frozen=True)
class RunOptions:
    """What to run and how. ``jobs`` is the number of processes at a time; ``measure`` switches coverage on;
    ``without`` are ids of tests that are left out; with ``footprints`` it is recorded which lines each test runs.
    With ``again_alone`` a test stage that failed beside others is run again alone, and that counts.
    ``planned`` is the one job of a plan that is run, and ``partition`` the split of its stage's tests (None: none).
    """

    stages: tuple[Stage, ...]
    folder: EvidenceFolder
    jobs: int = 8
    fail_fast: bool = False
    measure: bool = True
    pytest_arguments: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    footprints: bool = False
    again_alone: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    planned: Job | None = None
    partition: Partition | None = None

    def job(self, stage: Stage) -> Job:
        """The job that a stage is run as: the planned one, or one that nobody planned."""
        return self.planned or Job(id=stage, stages=(stage,))


@dataclass(frozen=True)
class StagePlan:
    """The processes of one stage; none if it has nothing to do, for which ``idle`` gives the reason.

    ``tools`` has the static tools, ``missing`` those that are not installed.
    """

    stage: Stage
    tasks: tuple[Task, ...]
    tools: tuple[ToolCommand, ...] = ()
    missing: tuple[ToolCommand, ...] = ()
    idle: str = ""

    def is_over(self, ended: Mapping[str, Ended]) -> bool:
        """Whether all processes of the stage have ended."""
        return all(task.name in ended for task in self.tasks)


def make_plans(project: Project, options: RunOptions, stages: Sequence[Stage]) -> list[StagePlan]:
    """Plan the processes of some stages.

    Raises:
        EvidenceError: a test stage's context cannot be written into the evidence folder.
    """
    # Every pytest process imports all test files; one that cannot find anything of its own is better not started.
    tests = stages_with_tests(project, [stage for stage in stages if not stage.is_static])
    return [
        (
            _static_plan(project, options, stage)
            if stage.is_static
            else _test_plan(project, options, stage) if stage in tests else StagePlan(stage, (), idle=NO_TESTS)
        )
        for stage in stages
    ]


def stages_with_tests(project: Project, stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Those of some stages of which any file of the project may have a test, as far as its text tells."""
    texts = {name: project.text(name) for name in project.files if name.endswith(".py")}
    any_name = any("python_files" in project.text(name) for name in PYTEST_CONFIG_FILES)
    computed = any(map(assigns_marks, texts.values()))
    return tuple(
        stage
        for stage in stages
        if any(
            concerns_stage(stage, name, text, any_name=any_name, computed_marks=computed)
            for name, text in texts.items()
        )
    )


def missing_tools(project: Project, stage: Stage) -> tuple[ToolCommand, ...]:
    """The tools that a static stage would run and that are not installed."""
    commands = (static_command(use, files_of(project, use), required=True) for use in tools_of(project, stage))
    return tuple(command for command in commands if not _argv(command, project.root))


def _static_plan(project: Project, options: RunOptions, stage: Stage) -> StagePlan:
    required = project.policy.lists(stage)
    uses = [(use, files_of(project, use)) for use in tools_of(project, stage)]
    own = [static_command(use, files, required=required) for use, files in uses if files or use.names_targets]
    has_python = any(name.endswith((".py", ".pyi")) for name in project.files)
    commands = (*(own if has_python else ()), *further_commands(project.policy, stage))
    if not commands:
        return StagePlan(stage, (), idle=NOT_CONFIGURED if has_python and not uses else "no Python files")
    argvs = {command: argv for command in commands if (argv := _argv(command, project.root))}
    tasks = tuple(
        Task(
            name=f"{stage}.{index}",
            argv=argv,
            cwd=project.root,
            env=tool_environment(options.environment),
            log=options.folder.log_path(f"{options.job(stage).stem}.{index}"),
            timeout_s=parse_duration(project.policy.timeout),
        )
        for index, argv in enumerate(argvs.values())
    )
    missing = tuple(command for command in commands if command not in argvs)
    return StagePlan(stage, tasks, tuple(argvs), missing)


def _argv(command: ToolCommand, root: Path) -> tuple[str, ...]:
    """The process of a tool; empty if it is not installed, or too old to be read."""
    if command.module and command.tool in outdated_tools():
        return ()
    if command.module:
        return (interpreter.executable(), *command.argv) if interpreter.has_module(command.module) else ()
    program = interpreter.find_program(command.tool, root)
    return (program, *command.arguments) if program else ()


def _test_plan(project: Project, options: RunOptions, stage: Stage) -> StagePlan:
    absent = missing_plugins(project) if options.measure else ()
    if absent:
        return StagePlan(stage, (), missing=tuple(map(_plugin, absent)))
    folder = options.folder
    job = options.job(stage)
    context = folder.context_path(job.stem)
    context.write_bytes(
        msgspec.json.encode(
            msgspec.structs.replace(
                project.context(job),
                without=options.without,
                footprints=options.footprints,
                partition=options.partition,
            )
        )
    )
    run = PytestRun(
        stage=stage,
        root=str(project.root),
        evidence=str(folder.path),
        context=str(context),
        coverage_config=(
            str(measure_with(project, folder, job.stem, options.pytest_arguments)) if options.measure else ""
        ),
        source=project.measured,
        workers=project.policy.suites.workers.get(stage, 1),
        extra=options.pytest_arguments,
    )
    task = Task(
        name=stage,
        argv=(interpreter.executable(), "-m", "pytest", *run.arguments),
        cwd=project.root,
        env=test_environment(project, options.environment),
        log=folder.log_path(job.stem),
        timeout_s=parse_duration(project.policy.timeout),
    )
    return StagePlan(stage, (task,))


def _plugin(name: str) -> ToolCommand:
    return ToolCommand(f"coverage.py's plugin {name}", install=f"pip install {name.replace('_', '-')}")


def record_of(plan: StagePlan, project: Project, job: Job, begun: float, ended: Mapping[str, Ended]) -> Evidence:
    """Make the record of a static stage whose processes have ended, or of a stage that had nothing to do."""
    runs = [
        ToolRun(
            tool=command.tool,
            version=interpreter.version_of(command.tool),
            command=command.shown,
            exit_code=ended[task.name].exit_code,
            duration_s=round(ended[task.name].duration_s, 3),
            output=(output := read_output(task.log)),
            required=command.required,
            complaints=complaints.loads(output, str(project.root), project.text) if ended[task.name].exit_code else (),
        )
        for command, task in zip(plan.tools, plan.tasks, strict=True)
    ]
    runs += [
        ToolRun(
            tool=command.tool,
            version=interpreter.version_of(command.tool),
            command=command.shown,
            exit_code=None,
            duration_s=0.0,
            output="",
            install=outdated_tools().get(command.tool, command.install),
            required=command.required,
        )
        for command in plan.missing
    ]
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        job=job,
        provenance=project.provenance,
        started_at=begun,
        duration_s=max((run.duration_s for run in runs), default=0.0),
        tools=tuple(runs),
        idle=plan.idle,
    )
