"""The tox adapter's hooks. tox loads them for every project, so what they need is imported on demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tox.plugin import impl

if TYPE_CHECKING:
    from tox.config.sets import ConfigSet, EnvConfigSet
    from tox.execute import Outcome
    from tox.session.state import State
    from tox.tox_env.api import ToxEnv

    from testkeep.plugins.tox_environments import Kit

_KITS: list[Kit] = []
"""The kit of the project that tox runs in, once it asked for one: tox keeps nothing for its plugins."""


@impl(optionalhook=True)
def tox_extend_envs() -> Iterator[str]:
    """Name the kit's environments: tox asks early, and looks at the answer when it has read the configuration."""
    return (name for kit in _KITS for name in kit.names)


@impl
def tox_add_core_config(core_conf: ConfigSet) -> None:
    """Wake up in a project whose tox configuration requires testkeep."""
    _KITS.clear()
    if any(requirement.name.lower() == "testkeep" for requirement in core_conf["requires"]):
        from testkeep.plugins.tox_environments import make_kit

        _KITS.append(make_kit(core_conf))


@impl
def tox_add_env_config(env_conf: EnvConfigSet, state: State) -> None:
    """Configure the environments of the kit, behind what the user wrote for them."""
    for kit in _KITS:
        kit.configure(env_conf, state)


@impl
def tox_on_install(tox_env: ToxEnv) -> None:
    """Stop before anything is installed in vain."""
    for kit in _KITS:
        kit.stop_if_impossible(tox_env.conf.name)
        kit.before_installing(tox_env)


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Leave out what is installed already."""
    for kit in _KITS:
        kit.stop_if_impossible(tox_env.conf.name)
        kit.before_commands(tox_env)


@impl
def tox_env_teardown(tox_env: ToxEnv) -> None:
    """See whether the environment could be made."""
    for kit in _KITS:
        kit.stop_if_not_made(tox_env)


@impl
def tox_after_run_commands(tox_env: ToxEnv, outcomes: list[Outcome]) -> None:
    """Remember what is installed now."""
    for kit in _KITS:
        kit.after_commands(tox_env, outcomes)
