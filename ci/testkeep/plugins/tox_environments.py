"""The environments that the kit adds to a project's tox: what they run and what is installed in them."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tox.config.loader.api import ConfigLoadArgs
from tox.config.loader.memory import MemoryLoader
from tox.config.main import Config
from tox.config.of_type import ConfigDynamicDefinition
from tox.config.sets import ConfigSet, EnvConfigSet
from tox.config.types import Command, EnvList
from tox.execute import Outcome
from tox.session.state import State
from tox.tox_env.api import ToxEnv

from testkeep.errors import KitError
from testkeep.model.policy import Policy
from testkeep.model.project import Lock, Packaging
from testkeep.pipeline.context import read_policy
from testkeep.plugins import environment, installing, targets
from testkeep.plugins.problems import problems_reported
from testkeep.plugins.unmade import check_python, not_made

PASSED_VARIABLES = (
    *("CI", "CI_*", "GITHUB_*", "GITLAB_*", "RUNNER_*"),
    *("TESTKEEP_*", "PYTEST_*", "COVERAGE_*", "GIT_*", "TZ", "LC_*", "TERM"),
    *("PIP_*", "UV_*", "POETRY_*"),
)
"""What the pipeline, the provider's detection and the installers read; nox passes everything on by itself."""
# With which uv, pip and Poetry end when they could not install; other codes are those of an interruption.
_OF_INSTALLERS = (1, 2)


def make_kit(core_conf: ConfigSet) -> Kit:
    """Read the project that tox runs in, and let a bare ``tox`` run ``test`` unless the user says otherwise.

    Raises:
        SystemExit: with code 2, the policy is wrong; the problems are printed.
    """
    root: Path = core_conf["tox_root"]
    with problems_reported():
        policy, _ = read_policy(root)
        environment.make_room_for_uv(root)
    core_conf.loaders.append(MemoryLoader(env_list=EnvList([targets.TEST]), venv_redirect=False))
    tools = environment.find_tools()
    try:
        packaging = environment.read_packaging(root)
        own = environment.own_requirement()
        plan = installing.make_plan(packaging, environment.want(packaging, root), own, tools)
    except KitError as error:
        return Kit(root, policy, installing.Plan(), Packaging(), tools, error)
    return Kit(root, policy, plan, packaging, tools)


@dataclass
class Kit:
    """What the kit does in one project. ``problem`` is why nothing can be installed in it."""

    root: Path
    policy: Policy
    plan: installing.Plan
    packaging: Packaging
    tools: dict[Lock, str]
    problem: KitError | None = None
    _installations: dict[str, list[Command]] = field(default_factory=dict)
    """The commands that install, by environment."""
    _installing: set[str] = field(default_factory=set)
    """The environments in which tox itself installs now."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the environments."""
        return targets.names(self.policy)

    def configure(self, env_conf: EnvConfigSet, state: State) -> None:
        """Add the kit's values for one environment, between the user's section for it and what that inherits.

        Lists that users add to for all environments at once are lengthened instead of replaced.
        """
        name = env_conf.name
        if name not in self.names:
            return
        arguments = state.conf.pos_args(None) or ()
        commands = [Command(list(targets.command_line(name, arguments)))]
        own = [index for index, loader in enumerate(env_conf.loaders) if loader.section.name == name]
        set_by_user = {key for index in own for key in env_conf.loaders[index].found_keys()}
        values = {"description": targets.description(name), "commands": commands, "change_dir": self.root}
        extras = _own_extras(env_conf, state.conf) if "extras" in set_by_user else self.plan.extras
        project = () if "skip_install" in set_by_user else self._requirements_of_project(extras)
        installed = self._installed_by_tox(project)
        env_conf.loaders.insert(max(own, default=-1) + 1, MemoryLoader(**values, **installed))
        env_conf.loaders.append(MemoryLoader(package="editable"))
        _lengthen(env_conf, "pass_env", PASSED_VARIABLES)
        _lengthen(env_conf, "allowlist_externals", [*self.tools.values()])
        if "commands_pre" not in set_by_user:
            self._installations[name] = self._install_commands(env_conf, set_by_user, project)
            env_conf["commands_pre"][:0] = self._installations[name]

    def _requirements_of_project(self, extras: Collection[str]) -> tuple[str, ...]:
        """What tox itself would install with the project, after the dependencies and apart from them."""
        return installing.requirements_of_project(self.packaging, extras) if self.plan.is_editable else ()

    def _installed_by_tox(self, project: Sequence[str]) -> dict[str, object]:
        """The values that make tox itself install the plan; with a lock it installs nothing.

        What the ``project`` asks for is among the dependencies: resolved with what the kit asks for, its pins hold.
        """
        plan = self.plan
        if plan.lock is not None:
            return {"deps": "", "skip_install": True}
        lines = [*(f"-r {file}" for file in plan.files), *project, *plan.requirements, *filter(None, [plan.own])]
        deps: dict[str, object] = {"deps": "\n".join(lines)}
        return deps | ({"extras": set(plan.extras)} if plan.is_editable else {"skip_install": True})

    def _install_commands(self, env_conf: EnvConfigSet, set_by_user: set[str], project: Sequence[str]) -> list[Command]:
        """The commands for what tox does not install: all of a lock, or testkeep beside the user's deps.

        These are named again with it, so that their pins hold; paths among them are relative to the root.
        """
        folder: Path = env_conf["env_dir"]
        plan = self.plan
        if plan.lock is None:
            has_own_deps = "deps" in set_by_user and "commands" not in set_by_user
            if not has_own_deps or installing.asks_for_testkeep(env_conf["deps"].lines()):
                return []
            there = env_conf["deps"].as_root_args if env_conf["change_dir"] == self.root else ()
            plan = installing.Plan(requirements=(*project, *there), own=plan.own)
        uv = self.tools.get(Lock.UV, "")
        return [Command(list(step)) for step in installing.steps(plan, self.tools, folder, uv=uv)]

    def stop_if_impossible(self, name: str) -> None:
        """Say why the environment cannot be made.

        Raises:
            SystemExit: with the problem's exit code.
        """
        if self.problem is not None and name in self.names:
            with problems_reported():
                raise self.problem

    def before_installing(self, tox_env: ToxEnv) -> None:
        """Note that tox installs something in an environment.

        Raises:
            SystemExit: with code 2, its Python is too old.
        """
        if tox_env.conf.name not in self.names:
            return
        with problems_reported():
            check_python(tox_env.conf["env_dir"])
        self._installing.add(tox_env.conf.name)

    def stop_if_not_made(self, tox_env: ToxEnv) -> None:
        """Say so where tox could not install: the installer's exit code would stand for a verdict.

        Called when tox takes leave of an environment, while what went wrong is still on its way.

        Raises:
            SystemExit: with the code for what could not be checked.
        """
        error = sys.exc_info()[1]
        failed = isinstance(error, SystemExit) and error.code in _OF_INSTALLERS
        if tox_env.conf.name in self._installing and failed:
            installer = "uv" if tox_env.id().startswith("uv") else "pip"
            with problems_reported():
                raise not_made(os.environ, installer) from error

    def before_commands(self, tox_env: ToxEnv) -> None:
        """Leave the installation out if the environment holds it already."""
        self._installing.discard(tox_env.conf.name)
        installation = self._installations.get(tox_env.conf.name)
        if not installation:
            return
        folder: Path = tox_env.conf["env_dir"]
        if environment.is_installed(folder, self._fingerprint(folder, installation)):
            before = tox_env.conf["commands_pre"]
            before[:] = [command for command in before if command not in installation]
            self._installations[tox_env.conf.name] = []
        else:
            environment.set_installed(folder, "")

    def after_commands(self, tox_env: ToxEnv, outcomes: Sequence[Outcome]) -> None:
        """Note a complete installation in the environment, whatever became of the commands after it.

        Raises:
            SystemExit: the installation failed, with the code for what could not be checked.
        """
        installation = self._installations.get(tox_env.conf.name)
        done = _last_outcomes(outcomes, len(installation or ()))
        if installation and len(done) == len(installation) and all(each.exit_code == 0 for each in done):
            folder: Path = tox_env.conf["env_dir"]
            environment.set_installed(folder, self._fingerprint(folder, installation))
        failed = next((each for each in done if each.exit_code in _OF_INSTALLERS), None)
        if failed is not None:
            tool = Path(failed.request.cmd[0]).name
            with problems_reported():
                raise not_made(os.environ, tool if tool in list(Lock) else "pip")

    def _fingerprint(self, folder: Path, installation: Sequence[Command]) -> str:
        plan = environment.fingerprint(self.root, self.plan, folder)
        return f"{plan} {[command.args for command in installation]}"


def _last_outcomes(outcomes: Sequence[Outcome], number: int) -> list[Outcome]:
    """How each of the first commands before the others ended at last: commands_retry has one outcome per attempt."""
    last = {each.request.run_id: each for each in outcomes}
    names = [f"commands_pre[{index}]" for index in range(number)]
    return [last[name] for name in names if name in last]


def _own_extras(env_conf: EnvConfigSet, conf: Config) -> set[str]:
    """The extras that the user wrote. tox before 4.44 defines the key later than it asks its plugins."""
    definition = ConfigDynamicDefinition(["extras"], "as the user wrote it", set[str], set())
    return definition(conf, env_conf.loaders, ConfigLoadArgs([], env_conf.name, env_conf.env_name))


def _lengthen(env_conf: EnvConfigSet, key: str, values: Sequence[str]) -> None:
    """Add to a list that tox has read by now, so that what the user put into it stays."""
    there: list[Any] = env_conf[key]
    there.extend(value for value in values if value not in there)
