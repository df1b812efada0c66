"""The nox adapter: sessions that run the pipeline in one shared environment."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import nox
from nox.command import CommandFailed

from testkeep.errors import EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_INTERRUPTED
from testkeep.pipeline.context import read_policy
from testkeep.plugins import environment, installing, targets
from testkeep.plugins.problems import problems_reported
from testkeep.plugins.unmade import check_python, index_trouble, not_made

ENVIRONMENT = "testkeep-env"
_BACKENDS = "uv|virtualenv"
_EXIT_CODES = frozenset({*range(EXIT_INCONCLUSIVE + 1), EXIT_INTERRUPTED})
_INTERRUPT_S = 30.0
_TERMINATE_S = 10.0


def register(
    *,
    skip: Collection[str] = (),
    groups: Sequence[str] | None = None,
    extras: Sequence[str] | None = None,
    requirements: Sequence[str] | None = None,
) -> None:
    """Add testkeep's sessions to a noxfile: one for each stage of the policy, ``test``, ``gate`` and ``fix``.

    A session that the noxfile defined before this call under one of these names takes its place; ``skip``
    names sessions to leave out. ``groups``, ``extras`` and ``requirements`` (names of requirements files) say
    what is installed beside the project itself; by default whatever is called dev, test, tests, testing, lint
    or typing.

    Raises:
        SystemExit: with code 2, the policy is wrong; the problems are printed.
    """
    root = Path.cwd()
    with problems_reported():
        policy, _ = read_policy(root)
        environment.make_room_for_uv(root)
    if not _chose_backend():
        nox.options.default_venv_backend = _BACKENDS
    shared = _SharedEnvironment(root, groups, extras, requirements)
    taken = {*nox.registry.get(), *skip}
    if ENVIRONMENT not in taken:
        _add_environment(shared)
    for name in targets.names(policy):
        if name not in taken:
            _add_session(name, shared)


def _chose_backend() -> bool:
    """Whether the noxfile chose a backend; newer releases of nox tell a choice from their default."""
    provenance = getattr(nox.options, "provenance", None)
    if provenance is None:
        return bool(nox.options.default_venv_backend)
    return bool(provenance("default_venv_backend").name != "DEFAULT")


def _add_environment(shared: _SharedEnvironment) -> None:
    def make(session: nox.Session) -> None:  # a plain function: for nox -P, nox makes copies of it
        """Make the environment that the other sessions share."""
        shared.make(session)

    nox.session(name=ENVIRONMENT, reuse_venv=True, default=False, download_python="never")(make)


def _add_session(name: str, shared: _SharedEnvironment) -> None:
    def run(session: nox.Session) -> None:
        shared.run(name, session)

    run.__doc__ = targets.description(name)
    nox.session(
        name=name,
        python=False,
        default=name == targets.TEST,
        requires=[ENVIRONMENT],
        download_python="never",
    )(run)


@dataclass
class _SharedEnvironment:
    """The environment that all sessions of the kit run in; one for each Python that nox was asked for."""

    root: Path
    groups: Sequence[str] | None
    extras: Sequence[str] | None
    requirements: Sequence[str] | None
    folders: dict[str, Path] = field(default_factory=dict)
    """The environments that this process made, by Python."""

    def make(self, session: nox.Session) -> None:
        """Make the environment, or see that there is nothing to make."""
        if session.venv_backend == "none":
            self.folders[_python(session)] = Path(sys.prefix)
            return
        folder = session.env_dir.absolute()
        self.folders[_python(session)] = folder
        with problems_reported():
            check_python(folder)
            self._install(session, folder)

    def _install(self, session: nox.Session, folder: Path) -> None:
        packaging = environment.read_packaging(self.root)
        wanted = environment.want(
            packaging, self.root, groups=self.groups, extras=self.extras, requirements=self.requirements
        )
        tools = environment.find_tools()
        plan = installing.make_plan(packaging, wanted, environment.own_requirement(), tools)
        installation = environment.fingerprint(self.root, plan, folder)
        if environment.is_installed(folder, installation):
            session.log("The environment is up to date.")
            return
        environment.set_installed(folder, "")
        uv = "uv" if session.venv_backend == "uv" else ""
        if plan.lock is not None:
            with _made_by(plan.lock):
                _install(session, installing.steps(replace(plan, own="", files=()), tools, folder, uv=uv))
        with _made_by(uv or "pip"):
            is_complete = _install_packages(session, replace(plan, lock=None), uv)
        if is_complete:
            environment.set_installed(folder, installation)

    def run(self, name: str, session: nox.Session) -> None:
        """Run the command of one session with the environment's program."""
        folder = self.folders.get(_python(session)) or _made_elsewhere(session)
        programs = folder / "bin"
        path = os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])
        env = {"PATH": path, "VIRTUAL_ENV": str(folder)}
        program, *arguments = targets.command_line(name, session.posargs)
        with _exit_code_kept(session, name):
            session.run(
                str(programs / program),
                *arguments,
                env=env,
                external=True,
                stderr=None,
                interrupt_timeout=_INTERRUPT_S,
                terminate_timeout=_TERMINATE_S,
            )


def _install_packages(session: nox.Session, plan: installing.Plan, uv: str) -> bool:
    """Install what no lock has, if need be without testkeep's extras; whether all of it is there now."""
    try:
        return _install(session, installing.steps(plan, {}, Path(), uv=uv))
    except CommandFailed:
        lesser = plan.without_own_extras
        if lesser == plan or index_trouble(os.environ, uv or "pip"):
            raise
        _install(session, installing.steps(lesser, {}, Path(), uv=uv))
    session.warn(
        f"The environment is made without testkeep's extra {', '.join(installing.OWN_EXTRAS)}, which could not be "
        "installed beside what this project asks for (see above). A stage whose tool is missing says so (TK507)."
    )
    return False


def _install(session: nox.Session, steps: Iterable[Sequence[str]]) -> bool:
    """Carry steps out; whether they were: nox -R leaves installations out."""
    done = [session.run_install(*step, external=True, silent=True) for step in steps]
    return all(each is not None for each in done)


@contextlib.contextmanager
def _made_by(installer: str) -> Iterator[None]:
    """Say that the environment could not be made where a step of this installer fails."""
    try:
        yield
    except CommandFailed as error:
        raise not_made(os.environ, installer) from error


def _python(session: nox.Session) -> str:
    """The Python that nox was asked for with -P; empty for the one it runs in."""
    return session.python if isinstance(session.python, str) else ""


def _made_elsewhere(session: nox.Session) -> Path:
    """Find the environment that a worker of ``nox -j`` made, or the noxfile's own session of that name."""
    python = _python(session).replace(".", "-")
    name = f"{ENVIRONMENT}-{python}" if python else ENVIRONMENT
    return session.env_dir.absolute().with_name(name)


@contextlib.contextmanager
def _exit_code_kept(session: nox.Session, name: str) -> Iterator[None]:
    """Hand a command's exit code on as nox's own, which nox by itself does not.

    A code that is none of testkeep's means that it was killed or is missing: nothing was decided.
    """
    try:
        yield
    except CommandFailed as error:
        code = _exit_code(error)
        if code == EXIT_FAIL:
            session.error(f"{name} failed")
        raise SystemExit(code if code in _EXIT_CODES else EXIT_INCONCLUSIVE) from error


def _exit_code(error: CommandFailed) -> int | None:
    """The failed command's exit code; before nox 2026.8 it stands in the message only."""
    code: int | None = getattr(error, "return_code", None)
    told = re.fullmatch(r"Returned code (-?\d+)", error.reason or "")
    return int(told[1]) if code is None and told else code
