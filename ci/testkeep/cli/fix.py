"""``testkeep fix``: repair what formatters and the linter can repair alone."""

from __future__ import annotations

from pathlib import Path

import click

from testkeep.errors import EXIT_FAIL, EXIT_PASS, ToolError
from testkeep.pipeline.context import load_project
from testkeep.pipeline.static_tools import fix_commands
from testkeep.system import interpreter
from testkeep.system.process import run_visibly

_NOTHING = (
    "nothing to fix: this project configures no formatter and no linter; list format and lint in the stages of "
    "[tool.testkeep] to use black, isort and ruff"
)


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
def fix(paths: tuple[str, ...]) -> int:
    """Format the code and fix what the linter can fix, in the whole project or in some PATHs of it."""
    project = load_project(Path.cwd())
    commands = fix_commands(project, [Path(path).absolute() for path in paths])
    if not commands:
        click.echo(_NOTHING)
    failed = False
    for command in commands:
        if not interpreter.has_module(command.module):
            raise ToolError(
                f"{command.tool} is not installed in this environment", hint=f"Install it: {command.install}"
            )
        click.echo(f"{' '.join(command.shown)}")
        failed |= run_visibly((interpreter.executable(), *command.argv), project.root) != 0
    return EXIT_FAIL if failed else EXIT_PASS
