"""What a project lacks of the starter files: its policy, a runner's file, and the caller of its CI product."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from testkeep.errors import UsageError
from testkeep.formats.python_versions import named_versions
from testkeep.model.change_event import Provider
from testkeep.model.policy import Policy
from testkeep.model.stage import STATIC_STAGES, TEST_STAGES
from testkeep.model.starter import FileState, StarterFile
from testkeep.pipeline.baseline import default_branch
from testkeep.pipeline.callers import caller_of, rows_of
from testkeep.pipeline.context import PROJECT_FILES, Project
from testkeep.pipeline.plans import missing_tools, stages_with_tests
from testkeep.pipeline.starter_policy import OWN_FILE, PYPROJECT, Found, add_policy, compose, policy_in
from testkeep.pipeline.starter_runners import RUNNER_FILES, runner_files
from testkeep.pipeline.static_tools import files_of, tools_of
from testkeep.system.files import read_bytes

# An address with a scheme, or scp's notation.
_HOST = re.compile(r"[a-z+]+://(?:[^@/]*@)?([^/:@]+)|(?:[^@/:]*@)?([^/:@]+):(?!/)")
_WORKFLOWS = ".github/workflows/"


def starter_files(project: Project, provider: Provider | None, repository: str) -> tuple[StarterFile, ...]:
    """Say what becomes of each starter file of a project.

    ``provider`` is the CI product that is to call the kit, None for none; ``repository`` is where the kit lives in it.

    Raises:
        UsageError: the project has no Python files, or there are projects in its folders and none here.
    """
    refuse_what_is_no_project(project)
    policy_file, policy = _policy_file(project)
    files = [policy_file, *(_placed(project, file) for file in runner_files(_texts(project)))]
    if provider is not None:
        files.append(_caller(replace(project, policy=policy), provider, repository))
    return tuple(files)


def provider_of(address: str) -> Provider | None:
    """The CI product of a remote, by its host.

    >>> provider_of("git@github.com:acme/shop.git"), provider_of("https://gitlab.acme.example/shop.git")
    (<Provider.GITHUB: 'github'>, <Provider.GITLAB: 'gitlab'>)
    """
    found = _HOST.match(address)
    host = (found[1] or found[2]).lower() if found else ""
    if host == "github.com":
        return Provider.GITHUB
    return Provider.GITLAB if "gitlab" in host else None


def refuse_what_is_no_project(project: Project) -> None:
    """Refuse a folder for which there is nothing to write.

    Raises:
        UsageError: no Python files, or the projects lie in folders of this one.
    """
    if not any(name.endswith(".py") for name in project.files):
        raise UsageError(
            f"{project.root}: git knows no Python files here", hint="Run 'testkeep init' in the folder of a project."
        )
    folders = [] if any(name in PROJECT_FILES for name in project.files) else project_folders(project.files)
    if folders:
        number = "one project" if len(folders) == 1 else f"{len(folders)} projects"
        raise UsageError(
            f"there is no project at the top of {project.root}, and {number} below it: {', '.join(folders)}",
            hint=f"Run 'testkeep init' in one of them, for example: cd {folders[0]} && testkeep init",
        )


def project_folders(files: Iterable[str]) -> list[str]:
    """The outermost folders that are projects of their own, sorted.

    >>> project_folders(["a/pyproject.toml", "a/plugin/setup.py", "b/x/setup.cfg", "docs/index.md"])
    ['a', 'b/x']
    """
    paths = (PurePosixPath(name) for name in files)
    folders = {path.parent for path in paths if path.name in PROJECT_FILES and len(path.parts) > 1}
    return sorted(str(folder) for folder in folders if not folders & set(folder.parents))


def find(project: Project) -> Found:
    """Look for what a policy says: production code, tools, tests, Python versions."""
    tools = {
        stage: tuple(f"{use.tool} ({use.where})" for use in uses)
        for stage in STATIC_STAGES
        if (uses := [use for use in tools_of(project, stage) if use.names_targets or files_of(project, use)])
    }
    return Found(
        source=project.source,
        tools=tools,
        tests=stages_with_tests(project, TEST_STAGES),
        pythons=named_versions(project.text(PYPROJECT)),
    )


def _policy_file(project: Project) -> tuple[StarterFile, Policy]:
    if project.policy_file:
        there = StarterFile(path=PurePosixPath(project.policy_file), text="", state=FileState.THERE)
        return _placed(project, there), project.policy
    found = find(project)
    policy = policy_in(compose(found, ""))
    advice = _tools_to_install(project, found)
    before = _exact_text(project, PYPROJECT)
    text = add_policy(before, found) if (project.root / PYPROJECT).exists() else None
    if text is not None:
        changed = StarterFile(path=PurePosixPath(PYPROJECT), text=text, before=before, state=FileState.CHANGED)
        return _placed(project, replace(changed, advice=advice)), policy
    own = StarterFile(path=PurePosixPath(OWN_FILE), text=compose(found, ""), advice=advice)
    return _placed(project, own), policy


def _tools_to_install(project: Project, found: Found) -> str:
    """Say which tools of the listed stages are not here: without them the verdict is inconclusive."""
    missing = ((stage, command) for stage in found.tools for command in missing_tools(project, stage))
    return "\n".join(
        f"{stage}: {command.tool} is not installed here, and a listed stage needs it: {command.install}"
        for stage, command in missing
    )


def _caller(project: Project, provider: Provider, repository: str) -> StarterFile:
    """The CI product's file. One that is there is left alone: it is the project's own pipeline."""
    caller = caller_of(provider, repository, _branch(project), project.folder, rows_of(project))
    root = project.repository.root
    names = [str(caller.path)]
    if provider is Provider.GITHUB and (root / _WORKFLOWS).is_dir():
        names += sorted(f"{_WORKFLOWS}{path.name}" for path in (root / _WORKFLOWS).glob("*.y*ml"))
    texts = {name: read_bytes(root / name).decode(errors="replace") for name in names if (root / name).exists()}
    calling = next((name for name, text in texts.items() if _calls(text, project.folder)), "")
    if calling:
        return replace(caller, path=PurePosixPath(calling), text=texts[calling], state=FileState.THERE)
    if str(caller.path) not in texts:
        return caller
    advice = f"{caller.path}: it is there already, and is not overwritten; to call testkeep, add:\n{caller.text}"
    return replace(caller, text=texts[str(caller.path)], state=FileState.THERE, advice=advice)


def _calls(text: str, folder: str) -> bool:
    """Whether a file of a CI product calls testkeep for the project in a folder."""
    return "testkeep" in text and (not folder or json.dumps(folder)[1:-1] in text)


def _branch(project: Project) -> str:
    """The branch that changes are merged into; in a repository without any of the usual names, the present one."""
    try:
        return default_branch(project.repository).removeprefix("origin/")
    except UsageError:
        return project.repository.branch() or "main"


def _placed(project: Project, file: StarterFile) -> StarterFile:
    """A file of the project's folder, by its place in the repository."""
    return replace(file, path=PurePosixPath(project.folder) / file.path)


def _texts(project: Project) -> dict[str, str]:
    return {name: project.text(name) for name in RUNNER_FILES if (project.root / name).is_file()}


def _exact_text(project: Project, name: str) -> str:
    """A file's text with the line ends that it has."""
    return read_bytes(project.root / name).decode()
