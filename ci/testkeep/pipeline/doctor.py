"""A checkup of a project: what a run will find, and what is in its way. No test is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from testkeep.errors import BaselineError, UsageError
from testkeep.formats.installed_versions import named as versions_named
from testkeep.formats.installed_versions import version_checks
from testkeep.formats.python_versions import required_instead
from testkeep.formats.service_urls import services
from testkeep.model.checkup import CHECKUP_SCHEMA, Check, Checkup, ok, problem, warning
from testkeep.model.evidence import Suite
from testkeep.model.policy import OLDEST_PYTHON_NAME
from testkeep.model.stage import Stage
from testkeep.pipeline.change_base import base_of_change, current_event, is_dirty_here
from testkeep.pipeline.collected import IDS, TESTS, counted, id_check, named, suite_checks
from testkeep.pipeline.collecting import Collection, collect_twice, collection_context, last_numbers
from testkeep.pipeline.commands import further_commands, static_command
from testkeep.pipeline.context import Project
from testkeep.pipeline.own_requirements import IN_THE_PROJECTS, other_environment
from testkeep.pipeline.static_tools import repeated_hooks, tools_of, unread_configuration
from testkeep.pipeline.tree_changes import TreeWatch, changes_of_last_run
from testkeep.system import interpreter
from testkeep.system.network import refusals

_TREE = "working tree"
_TEXTS = (".py", ".toml", ".cfg", ".ini", ".env", ".yml", ".yaml")
# Five seconds, less what it takes to end pytest, to ask git what changed, and to say it.
_UNTIL_S, _LEAST_S = 4.0, 1.0


def examine(project: Project, patience_s: float | None) -> Checkup:
    """Look at everything once; collecting the tests may take ``patience_s`` seconds (None: what is left of five).

    Raises:
        ToolError: git or Python cannot be started.
    """
    patience_s = patience_s or max(_LEAST_S, _UNTIL_S - interpreter.age_s())
    before: list[Check] = []
    after: list[Check] = []

    def look_around() -> None:
        """Look at all but the tests, which take longer: the first time that it is called."""
        if not before:
            before.extend((_root(project), _python(project), _source(project), *_static_stages(project)))
            after.extend(_surroundings(project))

    tests = [*_tests(project, patience_s, look_around)]
    look_around()
    return Checkup(schema=CHECKUP_SCHEMA, checks=(*before, *tests, *after))


def _surroundings(project: Project) -> Iterator[Check]:
    words = "\n".join(project.text(name) for name in project.files if name.endswith(_TEXTS)).lower()
    yield _base(project)
    yield from _versions(words)
    yield from _services(words)
    yield from _ignored_files(project)


def _root(project: Project) -> Check:
    where = f"{project.folder}, a folder of its repository" if project.folder else "the root of its repository"
    policy = f"policy in {project.policy_file}" if project.policy_file else "no policy: the defaults are in force"
    return ok("root", f"{project.root} ({where}); {policy}")


def _python(project: Project) -> Check:
    """Tests run with the Python that testkeep runs in, whatever environment lies beside them."""
    version = interpreter.full_version()
    required = required_instead(project.text("pyproject.toml"), version)
    if required:
        said = f"the project asks for Python {required}, and testkeep runs its tests with {version}"
        return problem(
            "python", said, f"Install testkeep with a Python that fits; it needs {OLDEST_PYTHON_NAME} or later."
        )
    other = other_environment(project.root)
    if other:
        return warning("python", other, IN_THE_PROJECTS)
    return ok("python", f"{version} in {interpreter.environment_folder()}")


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
        arguments = f", run with {' '.join(use.arguments)}" if use.arguments else ""
        said = f"{use.tool}, found in {use.where}{arguments}"
        if interpreter.has_module(command.module):
            yield ok(name, f"{said}; version {interpreter.version_of(command.tool)}")
        else:
            yield (problem if required else warning)(
                name, f"{said}, is not installed", f"Install it: {command.install}"
            )
    for said in repeated_hooks(project, stage):
        yield ok(name, said)
    for said in unread_configuration(project, stage):
        yield warning(name, said, "Keep one of them: whoever reads the other is misled.")
    for program in dict.fromkeys(command.tool for command in further):
        if interpreter.find_program(program, project.root):
            yield ok(name, f"{program}, found in the policy's commands")
        else:
            yield problem(name, f"{program}, found in the policy's commands, is not installed", "Install it.")


def _tests(project: Project, patience_s: float, meanwhile: Callable[[], None]) -> Iterator[Check]:
    watch = TreeWatch.begin(project)
    first, second = collect_twice(project, patience_s, meanwhile)
    changed = watch.changed()
    if first.suite is None:
        yield _no_collection(first, project)
    else:
        required = tuple(stage for stage in project.policy.stages or () if not stage.is_static)
        yield from suite_checks(first.suite, collection_context(project), required)
        yield _ids(first.suite, second)
    yield _working_tree(project, changed)


def _working_tree(project: Project, changed: Sequence[str]) -> Check:
    advice = "A run is of other files then: let tests write to tmp_path, or have git ignore it."
    if changed:
        said = f"collecting the tests changes {counted(len(changed), 'file')}: {named(changed)}"
        return warning(_TREE, said, advice)
    left = changes_of_last_run(project)
    if left:
        return warning(_TREE, f"the last run changed {counted(len(left), 'file')}: {named(left)}", advice)
    return ok(_TREE, "collecting the tests changes no file that git sees")


def _ids(suite: Suite, second: Collection) -> Check:
    if second.suite is not None:
        return id_check(suite, second.suite)
    if second.timed_out:
        return ok(IDS, "not compared: another collection took longer")
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
        base = base_of_change(project.repository, current_event(), dirty=is_dirty_here(project))
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
        left = [name for name in ignored if f"{project.folder}/{name}".lstrip("/") not in project.ignored.wanted]
        base = f"; the base does not get {named(left)}: base_files does not name it" if left else ""
        said = f"git ignores {named(ignored)}: tests that read it find something else in CI{base}"
        yield warning("ignored files", said, "Set what tests need in their fixtures, or commit a file for tests.")
