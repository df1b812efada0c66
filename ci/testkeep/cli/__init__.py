"""The command line: one command a module, and the one place where errors become exit codes."""

from __future__ import annotations

import importlib
import platform
import sys
import traceback
from collections.abc import Sequence

import click

from testkeep import __version__
from testkeep.cli.runner import DIRECT, chosen, expected_receipt, leave_receipt, run_through
from testkeep.errors import EXIT_BUG, EXIT_INTERRUPTED, EXIT_PASS, EXIT_USAGE, KitError
from testkeep.formats.extra_variables import read_extra_variables
from testkeep.system.files import is_full, not_written
from testkeep.system.interpreter import add_environment_variables, environment_variables

_MODULES = {name: name for name in ("run", "gate", "plan", "baseline", "coverage", "fix", "init", "doctor", "render")}
_MODULES |= dict.fromkeys(("explain", "rules"), "explain")


class _Commands(click.Group):
    """Imports a command when it is asked for: none waits for what only the others need."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if super().get_command(ctx, cmd_name) is None:
            return None
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{_MODULES[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="testkeep")
def cli() -> None:
    """One pipeline for Python backends, the same on a laptop and in CI, and a merge gate that can be trusted.

    Exit codes: 0 pass, 1 fail, 2 wrong usage or configuration, 3 a bug in testkeep, 4 inconclusive, 130 interrupted.
    """


for _name in _MODULES:
    cli.add_command(click.Command(_name))  # in its place, for the list of names


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; nothing is raised."""
    argv = sys.argv[1:] if argv is None else argv
    receipt = expected_receipt()
    code = _exit_code(argv)
    if receipt is not None and argv:
        leave_receipt(receipt, argv[0], code)
    return code


def _exit_code(argv: Sequence[str]) -> int:
    runner, argv = chosen(argv)
    arguments, pytest_arguments = _split(argv)
    try:
        add_environment_variables(read_extra_variables(environment_variables()))
        if runner != DIRECT:
            return run_through(runner, argv)
        code = cli.main(args=arguments, prog_name="testkeep", standalone_mode=False, obj=pytest_arguments)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("interrupted")
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except KitError as error:
        _say(error.message)
        if error.hint:
            _say(error.hint)
        return error.exit_code
    except OSError as error:
        if not is_full(error):
            return _bug()
        full = not_written(error.filename or "a file", error)
        _say(full.message)
        _say(full.hint)
        return full.exit_code
    except Exception:  # noqa: BLE001  (the one boundary: an escaping exception would exit with 1, "the gate said no")
        return _bug()
    return code if isinstance(code, int) else EXIT_PASS


def _bug() -> int:
    traceback.print_exc()
    _say(
        f"this is a bug in testkeep {__version__} (Python {platform.python_version()}, {sys.platform}); "
        "please report it with the lines above"
    )
    return EXIT_BUG


def _split(argv: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Take what comes after ``--`` off: click would mix it with the stages."""
    if argv[:1] != ["run"] or "--" not in argv:
        return list(argv), ()
    at = argv.index("--")
    return list(argv[:at]), tuple(argv[at + 1 :])


def _say(text: str) -> None:
    click.echo(f"testkeep: {text}", err=True)
