"""``testkeep init``: write the starter files of a project."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from testkeep.errors import EXIT_FAIL, EXIT_PASS, UsageError
from testkeep.formats.text_json import encode
from testkeep.model.change_event import Provider
from testkeep.model.starter import FileState, StarterFile
from testkeep.pipeline.context import Project, load_project
from testkeep.pipeline.starter_files import provider_of, starter_files
from testkeep.reports import starter_list
from testkeep.system.files import append_text, write_file

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+")
_NO_CI = "none"
_NOTHING = "there is nothing to do: every starter file is there"
_BY_HAND = "there is nothing to write; what is said above is to be done by hand"


@click.command()
@click.option(
    "--ci",
    "product",
    type=click.Choice(["github", "gitlab", _NO_CI]),
    help="The CI product that calls testkeep. [default: by the host of the git remote]",
)
@click.option(
    "--repository",
    default="testkeep/testkeep",
    show_default=True,
    metavar="OWNER/NAME",
    help="Where testkeep's repository, or your copy of it, lives in that product.",
)
@click.option("--yes", is_flag=True, help="Write without asking; needed where there is no terminal.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would be written, else with 0.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the files as JSON (schema testkeep.init/1), and do not ask."
)
def init(product: str | None, repository: str, *, yes: bool, check: bool, as_json: bool) -> int:
    """Write the starter files of a project: its policy, a noxfile, and the file that calls the pipeline in CI.

    Shows the diff first, and asks. What is there already is never overwritten: the policy is added to the end of
    pyproject.toml, and what an existing noxfile, tox.ini or CI file needs is said.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(f"--repository {repository}: expected OWNER/NAME")
    if check and yes:
        raise UsageError("--check writes nothing, and --yes writes: choose one of them")
    project = load_project(Path.cwd())
    files = starter_files(project, _provider(product, project), repository)
    to_do = [file for file in files if file.is_to_do]
    if not as_json:
        _show(files)
    writes = bool(to_do) and not check and (yes or (not as_json and _is_confirmed()))
    if writes:
        _write(project, to_do)
    if as_json:
        click.echo(encode(starter_list.listed(files, writes)))
    else:
        click.echo(_closing(files, writes=writes))
    return EXIT_FAIL if check and to_do else EXIT_PASS


def _provider(product: str | None, project: Project) -> Provider | None:
    if product is None:
        return provider_of(project.repository.remote())
    return None if product == _NO_CI else Provider(product)


def _show(files: Sequence[StarterFile]) -> None:
    click.echo(starter_list.diff(files), nl=False)
    for text in starter_list.advice(files):
        click.echo(text)


def _is_confirmed() -> bool:
    return sys.stdin.isatty() and click.confirm("write these files?")


def _write(project: Project, files: Sequence[StarterFile]) -> None:
    for file in files:
        target = project.repository.root / file.path
        if file.state is FileState.CHANGED:
            append_text(target, file.text.removeprefix(file.before))
        else:
            write_file(target, file.text.encode())


def _closing(files: Sequence[StarterFile], *, writes: bool) -> str:
    names = ", ".join(str(file.path) for file in files if file.is_to_do)
    if not names:
        return _BY_HAND if starter_list.advice(files) else _NOTHING
    if not writes:
        return f"nothing was written; 'testkeep init --yes' writes {names}"
    return f"wrote {names}; commit that, then: testkeep run"
