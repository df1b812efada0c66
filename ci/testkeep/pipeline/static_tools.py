"""Which static tools a project uses, and on which files: found in its own configuration, else testkeep's defaults."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from testkeep.errors import UsageError
from testkeep.formats import hatch_environments, pre_commit, project_toml
from testkeep.formats.requirement_floors import unmet
from testkeep.formats.tool_calls import called_formatters, may_call_tools
from testkeep.formats.tool_config import DISTRIBUTIONS, FILES, configured_tools, installed_tools
from testkeep.model.project import REQUIREMENTS_FILES
from testkeep.model.stage import Stage
from testkeep.model.static_tool import Tool, ToolUse
from testkeep.pipeline.commands import ToolCommand, fix_command
from testkeep.pipeline.context import Project
from testkeep.system.files import read_text
from testkeep.system.interpreter import requirements_of, version_of

CONFIG_FILES = (*FILES, pre_commit.FILE, hatch_environments.FILE)
_DEFAULTS = {Stage.FORMAT: (Tool.BLACK, Tool.ISORT), Stage.LINT: (Tool.RUFF,), Stage.TYPING: (Tool.MYPY,)}
_FORMATTERS = {"black": (Tool.BLACK, Tool.ISORT), "ruff": (Tool.RUFF_FORMAT, Tool.RUFF_IMPORTS)}
_REWRITERS = frozenset({Tool.BLACK, Tool.RUFF_FORMAT})
_CONFIG_OPTIONS = ("--config", "--config-file", "--settings-path", "--settings-file")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OF_TOOLS = re.compile(r"extra == ['\"]tools['\"]")
_PYTHON = (".py", ".pyi")
_WITH_NOTEBOOKS = (*_PYTHON, ".ipynb")


def tools_of(project: Project, stage: Stage) -> tuple[ToolUse, ...]:
    """The tools of a static stage; none if nothing asks for any.

    The first of these that names a tool of the stage wins: the policy's `formatter`, the hooks of pre-commit, the
    tools' own configuration, the development dependencies. A stage that the policy lists runs in any case.

    Raises:
        UsageError: ``.pre-commit-config.yaml`` cannot be read.
    """
    configured = configured_tools(_texts(project))
    contracts = [use for use in configured if use.tool is Tool.IMPORT_LINTER and stage is Stage.LINT]
    if stage is Stage.FORMAT and project.policy.formatter:
        return tuple(_default(tool, configured) for tool in _FORMATTERS[project.policy.formatter])
    own = [use for use in configured if use.tool is not Tool.IMPORT_LINTER]
    development = _in_development(project, stage, own)
    for uses in (_hooks(project), _with_formatter(own, development), development):
        found = [use for use in uses if use.tool.stage is stage]
        if found:
            return (*(_targeted(use, project) for use in found), *contracts)
    listed = [_default(tool, configured) for tool in _DEFAULTS[stage]] if project.policy.lists(stage) else []
    return (*(_targeted(use, project) for use in listed), *contracts)


def asks_for_tools(path: str) -> bool:
    """Whether a file, by its path from the project's root, may name tools without configuring them."""
    return may_call_tools(path) or path in REQUIREMENTS_FILES


def unread_configuration(project: Project, stage: Stage) -> tuple[str, ...]:
    """Say which tools of a static stage are configured in several files, and which of these they read.

    Raises:
        UsageError: ``.pre-commit-config.yaml`` cannot be read.
    """
    own = {use.tool: use for use in configured_tools(_texts(project)) if use.unread}
    tools = dict.fromkeys(use.tool for use in tools_of(project, stage) if not _names_configuration(use))
    return tuple(
        f"{tool} reads {read.where}, and nothing that {' and '.join(read.unread)} says of it"
        for tool in tools
        if (read := own.get(Tool.RUFF if tool is Tool.RUFF_IMPORTS else tool)) is not None
    )


def repeated_hooks(project: Project, stage: Stage) -> tuple[str, ...]:
    """Say which tools of a static stage several hooks of pre-commit run.

    Raises:
        UsageError: ``.pre-commit-config.yaml`` cannot be read.
    """
    hooks = Counter(use.tool for use in tools_of(project, stage) if use.where == pre_commit.FILE)
    return tuple(
        f"{tool} has {number} hooks in {pre_commit.FILE}: each is run, with its own arguments"
        for tool, number in hooks.items()
        if number > 1
    )


def files_of(project: Project, use: ToolUse) -> tuple[str, ...]:
    """The files that a tool is handed, relative to the project's root: all that git knows, less what is excluded."""
    endings = _WITH_NOTEBOOKS if use.tool in (Tool.RUFF, Tool.RUFF_FORMAT) else _PYTHON
    folder = f"{project.folder}/" if project.folder else ""
    return tuple(
        f"./{name}" if name.startswith("-") else name
        for name in project.files
        if name.endswith(endings) and use.checks(folder + name) and (project.root / name).is_file()
    )


@functools.cache
def outdated_tools() -> dict[str, str]:
    """The installed tools that are older than what testkeep can read, and the command that installs a newer one."""
    lines = [line.partition(";")[0] for line in requirements_of("testkeep") if _OF_TOOLS.search(line)]
    return {each.name: f"pip install '{each.name}>={each.floor}'" for each in unmet(lines, version_of) if each.found}


def fix_commands(project: Project, paths: Sequence[Path] = ()) -> list[ToolCommand]:
    """The commands that repair what ``format`` and ``lint`` complain of, in the order in which they must run.

    The linter comes first: what it rewrites need not be well formatted. With ``paths``, only files in one of these are
    touched.
    """
    uses = [use for stage in (Stage.LINT, Stage.FORMAT) for use in tools_of(project, stage)]
    commands = []
    for use in sorted(uses, key=lambda use: _REPAIRS.index(use.tool)):
        files = [file for file in files_of(project, use) if not paths or _is_in(project.root / file, paths)]
        command = fix_command(use, files)
        if command is not None and files:
            commands.append(command)
    return commands


_REPAIRS = (Tool.RUFF, Tool.RUFF_IMPORTS, Tool.ISORT, Tool.RUFF_FORMAT, Tool.BLACK, *Tool)


def _is_in(file: Path, paths: Sequence[Path]) -> bool:
    return any(file.is_relative_to(path) for path in paths)


def _names_configuration(use: ToolUse) -> bool:
    return any(argument.partition("=")[0] in _CONFIG_OPTIONS for argument in use.arguments)


def _default(tool: Tool, configured: Iterable[ToolUse]) -> ToolUse:
    """A tool that testkeep chose, with arguments that suit a project that says nothing of it."""
    found = next((use for use in configured if use.tool is tool), None)
    if found is not None:
        return found
    # isort's own default style contradicts black's.
    arguments = {Tool.ISORT: ("--profile", "black"), Tool.MYPY: ("--ignore-missing-imports",)}
    return ToolUse(tool=tool, where="the policy", arguments=arguments.get(tool, ()))


def _targeted(use: ToolUse, project: Project) -> ToolUse:
    """A type checker that was told no targets checks the production code; by hooks it is told files."""
    if use.tool is not Tool.MYPY or use.names_targets or use.where == pre_commit.FILE or not project.source:
        return use
    return replace(use, arguments=(*use.arguments, *project.source), names_targets=True)


def _texts(project: Project) -> dict[str, str]:
    texts = {name: read_text(project.root / name) for name in FILES}
    return {name: text for name, text in texts.items() if text is not None}


def _hooks(project: Project) -> Sequence[ToolUse]:
    """The hooks of the project's own folder, else those of its repository."""
    for root, folder in ((project.root, ""), (project.repository.root, project.folder)):
        text = read_text(root / pre_commit.FILE)
        if text is not None:
            return pre_commit.loads(text, folder)
    return ()


def _with_formatter(own: Sequence[ToolUse], development: Iterable[ToolUse]) -> Sequence[ToolUse]:
    """Add the formatter that is only installed to an import sorter that has a file of its own: most need none."""
    tools = {use.tool for use in own if use.tool.stage is Stage.FORMAT}
    if not tools or tools & _REWRITERS:
        return own
    return (*(use for use in development if use.tool in _REWRITERS), *own)


def _in_development(project: Project, stage: Stage, own: Iterable[ToolUse]) -> Sequence[ToolUse]:
    """The tools of a stage that the project installs; of formatters those that its scripts run, if they run any.

    What is installed with a tool that the project configures for another stage counts: ruff, for its formatter.
    """
    installed = _development(project)
    uses = [use for use in installed_tools(installed) if use.tool.stage is stage]
    if stage is not Stage.FORMAT:
        return uses
    known = installed | {DISTRIBUTIONS[use.tool] for use in own}
    texts = {name: project.text(name) for name in project.files if may_call_tools(name)}
    called = [use for use in called_formatters(texts) if DISTRIBUTIONS[use.tool] in known]
    return [*called, *(use for use in uses if use.tool not in _REWRITERS)] if called else uses


def _development(project: Project) -> set[str]:
    """The names of the distributions that the project installs for its development."""
    pyproject = read_text(project.root / "pyproject.toml")
    try:
        packaging = project_toml.loads(pyproject, project.files)
    except UsageError:
        return set()  # whoever installs the project says what is wrong
    lines = [line for group in (*packaging.groups.values(), *packaging.extras.values()) for line in group]
    lines += [line for file in packaging.requirements_files for line in project.text(file).splitlines()]
    lines += [name for group in packaging.poetry_groups.values() for name in group.constraints]
    lines += hatch_environments.requirements(pyproject or "", read_text(project.root / hatch_environments.FILE) or "")
    names = (_NAME.match(line.strip()) for line in lines)
    return {str(canonicalize_name(name[0])) for name in names if name}
