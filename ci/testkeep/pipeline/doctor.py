"""A checkup of a project: what a run will find, and what is in its way. No test is run."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.errors import BaselineError, UsageError
from testkeep.formats.installed_versions import named as versions_named
from testkeep.formats.installed_versions import version_checks
from testkeep.formats.service_urls import services
from testkeep.model.checkup import CHECKUP_SCHEMA, Check, Checkup, ok, problem, warning
from testkeep.model.evidence import Suite
from testkeep.model.stage import Stage
from testkeep.pipeline.change_base import base_of_change, current_event
from testkeep.pipeline.collected import IDS, TESTS, counted, id_check, named, suite_checks
from testkeep.pipeline.collecting import Collection, collect, collection_context, last_numbers
from testkeep.pipeline.commands import further_commands, static_command
from testkeep.pipeline.context import Project
from testkeep.pipeline.own_requirements import IN_THE_PROJECTS, other_environment
from testkeep.pipeline.static_tools import tools_of
from testkeep.system import interpreter
from testkeep.system.network import refusals

_TREE = "working tree"
_TEXTS = (".py", ".toml", ".cfg", ".ini", ".env", ".yml", ".yaml")
# Two collections may take what one is allowed to, and a little more.
_QUICK = 2 / 3


def examine(project: Project, patience_s: float) -> Checkup:
    """Look at everything once; collecting the tests may take ``patience_s`` seconds.

    Raises:
        ToolError: git or Python cannot be started.
    """
    words = "\n".join(project.text(name) for name in project.files if name.endswith(_TEXTS)).lower()
    checks = [
        _root(project),
        _environment(project),
        _source(project),
        *_static_stages(project),
        *_tests(project, patience_s),
        _base(project),
        *_versions(words),
        *_services(words),
        *_ignored_files(project),
    ]
    return Checkup(schema=CHECKUP_SCHEMA, checks=tuple(checks))


def _root(project: Project) -> Check:
    where = f"{project.folder}, a folder of its repository" if project.folder else "the root of its repository"
    policy = f"policy in {project.policy_file}" if project.policy_file else "no policy: the defaults are in force"
    return ok("root", f"{project.root} ({where}); {policy}")


def _environment(project: Project) -> Check:
    other = other_environment(project.root)
    if other:
        return warning("environment", other, IN_THE_PROJECTS)
    version = ".".join(map(str, interpreter.python_version()))
    return ok("environment", f"Python {version}, {interpreter.executable()}")


def _source(project: Project) -> Check:
    if project.source:
        return ok("source", ", ".join(project.source))
    advice = "Name it: source = [...] in [tool.testkeep]."
    return warning("source", "no production code is found, so no coverage is measured", advice)


def _static_stages(project: Project) -> Iterator[Check]:
    try:
        for stage in project.policy.run_stages:
            if stage.is_static:
                yield from _static_stage(project, stage)
    except UsageError as error:  # of all stages: it is in the hooks' file
        yield problem("static tools", error.message, error.hint or "Mend the file.")


def _static_stage(project: Project, stage: Stage) -> Iterator[Check]:
    name, required, uses = f"stage {stage}", project.policy.lists(stage), tools_of(project, stage)
    further = further_commands(project.policy, stage)
    if not uses and not further:
        yield ok(name, "the project uses no tool for it")
    for use in uses:
        command = static_command(use, (), required=required)
        said = f"{use.tool}, found in {use.where}"
        if interpreter.has_module(command.module):
            yield ok(name, f"{said}; version {interpreter.version_of(command.tool)}")
        else:
            yield (problem if required else warning)(
                name, f"{said}, is not installed", f"Install it: {command.install}"
            )
    for program in dict.fromkeys(command.tool for command in further):
        if interpreter.find_program(program, project.root):
            yield ok(name, f"{program}, found in the policy's commands")
        else:
            yield problem(name, f"{program}, found in the policy's commands, is not installed", "Install it.")


def _tests(project: Project, patience_s: float) -> Iterator[Check]:
    first = collect(project, 1, patience_s)
    changed = set(first.changed)
    if first.suite is None:
        yield _no_collection(first, project)
    else:
        required = tuple(stage for stage in project.policy.stages or () if not stage.is_static)
        yield from suite_checks(first.suite, collection_context(project), required)
        if first.duration_s > patience_s * _QUICK:
            yield ok(IDS, f"not compared: collecting takes {first.duration_s:.1f} s")
        else:
            second = collect(project, 2, patience_s)
            changed |= set(second.changed)
            yield _ids(first.suite, second)
    if changed:
        said = f"collecting the tests changes {counted(len(changed), 'file')}: {named(sorted(changed))}"
        yield warning(_TREE, said, "A run is of other files then: let tests write to tmp_path, or have git ignore it.")
    else:
        yield ok(_TREE, "collecting the tests changes no file that git sees")


def _ids(suite: Suite, second: Collection) -> Check:
    if second.suite is not None:
        return id_check(suite, second.suite)
    if second.timed_out:
        return ok(IDS, "not compared: the second collection took much longer than the first")
    advice = "Look for what the first collection left behind, and for what depends on PYTHONHASHSEED."
    return problem(IDS, f"a second collection fails: {second.trouble}", advice)


def _no_collection(collection: Collection, project: Project) -> Check:
    if not collection.timed_out:
        advice = "Run 'pytest --collect-only' to see more."
        return problem(TESTS, f"pytest collects nothing: {collection.trouble}", advice)
    said = f"not counted: collecting was stopped after {collection.duration_s:.0f} s"
    last = ", ".join(f"{number} of stage {stage}" for stage, number in last_numbers(project).items())
    before = f"; the last run found {last}" if last else ""
    return warning(TESTS, said + before, "Let it take longer: testkeep doctor --patience 60")


def _base(project: Project) -> Check:
    try:
        base = base_of_change(project.repository, current_event())
    except (BaselineError, UsageError) as error:
        return problem("base", error.message, error.hint or "Name it: testkeep run --base REF.")
    return ok("base", f"{base.commit[:12]}, {base.how}" if base.commit else base.reason)


def _versions(words: str) -> tuple[Check, ...]:
    requirements = interpreter.requirements_of("testkeep")
    installed = {name: interpreter.version_of(name) for name in versions_named(requirements)}
    return version_checks(installed, requirements, words)


def _services(words: str) -> Iterator[Check]:
    found = services(interpreter.environment_variables())
    refused = refusals(found.values())
    for variable, place in found.items():
        reason, shown = refused.get(place, ""), f"{variable}: {place[0]}:{place[1]}"
        if not reason:
            yield ok("service", f"{shown} answers")
        elif variable.lower() in words:
            yield problem("service", f"{shown} {reason}", "Start it: the project's files name this variable.")
        else:
            yield warning("service", f"{shown} {reason}", "Start it if tests need it.")


def _ignored_files(project: Project) -> Iterator[Check]:
    known = set(project.files)
    found = (path.name for path in project.root.glob(".env*") if path.is_file())
    ignored = sorted(name for name in found if name not in known)
    if ignored:
        said = f"git ignores {named(ignored)}: tests that read it find something else in CI and at the base"
        yield warning("ignored files", said, "Set what tests need in their fixtures, or commit a file for tests.")
