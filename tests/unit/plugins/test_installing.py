"""From a project's packaging to the commands that install it."""

from __future__ import annotations

from pathlib import Path

import pytest

from testkeep.errors import ToolError, UsageError
from testkeep.model.project import Lock, Packaging, PoetryGroup, Wanted, choose
from testkeep.plugins.environment import want
from testkeep.plugins.installing import Plan, make_plan, requirement_of, steps

ENVIRONMENT = Path("/env")
TOOLS = {Lock.UV: "/bin/uv", Lock.POETRY: "/bin/poetry"}
OWN = "testkeep[tools]==1.0"
UV_SYNC = ("/bin/uv", "sync", "--active", "--python", "/env/bin/python", "--locked", "--inexact")
UV_PIP = ("uv", "pip", "install")

UV = Packaging(
    name="app",
    is_installable=True,
    groups={"dev": ("pytest",), "lint": ("ruff",)},
    default_groups=("dev",),
    locks=frozenset({Lock.UV}),
)
POETRY = Packaging(
    name="app",
    is_installable=True,
    dependencies=("fastapi",),
    poetry_groups={"dev": PoetryGroup(constraints={"pytest": "^8"})},
    locks=frozenset({Lock.POETRY}),
)
SETUPTOOLS = Packaging(name="app", is_installable=True, extras={"test": ("pytest",)})


@pytest.mark.parametrize(
    ("packaging", "tools", "expected"),
    [
        pytest.param(UV, TOOLS, [(*UV_SYNC, "--group", "lint"), (*UV_PIP, OWN)], id="uv.lock, default groups unasked"),
        pytest.param(UV, {}, [(*UV_PIP, "-e", ".", "pytest", "ruff", OWN)], id="uv.lock without uv"),
        pytest.param(
            POETRY,
            TOOLS,
            [
                ("/bin/poetry", "install", "--no-interaction", "--no-ansi", "--with", "dev"),
                (*UV_PIP, OWN),
            ],
            id="poetry.lock",
        ),
        pytest.param(SETUPTOOLS, TOOLS, [(*UV_PIP, "-e", ".[test]", OWN)], id="setuptools with extras"),
        pytest.param(
            Packaging(dependencies=("flask",), extras={"dev": ("pytest",)}),
            TOOLS,
            [(*UV_PIP, "flask", "pytest", OWN)],
            id="dependencies of what cannot be installed",
        ),
        pytest.param(
            Packaging(requirements_files=("requirements.txt", "requirements-dev.txt")),
            TOOLS,
            [(*UV_PIP, "-r", "requirements.txt", "-r", "requirements-dev.txt", OWN)],
            id="requirements only",
        ),
        pytest.param(Packaging(), TOOLS, [(*UV_PIP, OWN)], id="nothing"),
        pytest.param(
            Packaging(name="app", is_installable=True, groups={"dev": ("testkeep>=1",)}),
            {},
            [(*UV_PIP, "-e", ".", "testkeep>=1", "testkeep[tools]")],
            id="the project's own choice of testkeep holds",
        ),
        pytest.param(
            Packaging(name="testkeep", is_installable=True, groups={"dev": ("pytest",)}),
            {},
            [(*UV_PIP, "-e", ".[tools]", "pytest")],
            id="testkeep itself",
        ),
    ],
)
def test_steps__by_convention(packaging: Packaging, tools: dict[Lock, str], expected: list[tuple[str, ...]]) -> None:
    """Each kind of project is installed its own way, and testkeep on top."""
    plan = make_plan(packaging, choose(packaging), OWN, tools)
    assert list(steps(plan, tools, ENVIRONMENT, uv="uv")) == expected


@pytest.mark.parametrize(
    ("plan", "uv", "expected"),
    [
        pytest.param(
            Plan(own="testkeep @ file:///t.whl"),
            "uv",
            [(*UV_PIP, "--reinstall-package", "testkeep", "testkeep @ file:///t.whl")],
            id="uv is told that a local file may have changed",
        ),
        pytest.param(
            Plan(own="testkeep @ file:///t.whl"),
            "",
            [
                ("python", "-m", "pip", "uninstall", "--yes", "testkeep"),
                ("python", "-m", "pip", "install", "testkeep @ file:///t.whl"),
            ],
            id="pip takes a local file's place only if it is free",
        ),
        pytest.param(
            Plan(own="-e file:///kit[tools]"),
            "",
            [("python", "-m", "pip", "install", "-e", "file:///kit[tools]")],
            id="an editable one is two words",
        ),
        pytest.param(Plan(), "uv", [], id="nothing to do"),
    ],
)
def test_steps__testkeep_itself(plan: Plan, uv: str, expected: list[tuple[str, ...]]) -> None:
    """The running testkeep is what the environment gets, also when its version did not change."""
    assert list(steps(plan, {}, ENVIRONMENT, uv=uv)) == expected


def test_make_plan__groups_asked_for__replace_the_default_groups() -> None:
    """Who names groups gets these and no others; requirements files come on top of a lock only if named."""
    asked = Wanted(groups=("lint",), requirements_files=("x.txt",), named=frozenset({"groups", "requirements"}))
    assert list(steps(make_plan(UV, asked, OWN, TOOLS), TOOLS, ENVIRONMENT, uv="uv")) == [
        (*UV_SYNC, "--no-default-groups", "--group", "lint"),
        (*UV_PIP, "-r", "x.txt", OWN),
    ]


def test_make_plan__poetry_groups_without_poetry__says_what_to_do() -> None:
    """Without Poetry and its library, what only they can read is not left out silently."""
    with pytest.raises(ToolError, match="only Poetry can read") as caught:
        make_plan(POETRY, choose(POETRY), OWN, {})
    assert "poetry-core" in caught.value.hint


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        pytest.param({}, "testkeep[tools]==1.0", id="an index"),
        pytest.param(
            {"url": "file:///dist/t.whl", "archive_info": {}},
            "testkeep[tools] @ file:///dist/t.whl",
            id="a wheel",
        ),
        pytest.param({"url": "file:///kit", "dir_info": {}}, "testkeep[tools] @ file:///kit", id="a folder"),
        pytest.param({"url": "file:///kit", "dir_info": {"editable": True}}, "-e file:///kit[tools]", id="editable"),
        pytest.param(
            {"url": "https://host.test/kit", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "testkeep[tools] @ git+https://host.test/kit@abc",
            id="a repository",
        ),
    ],
)
def test_requirement_of__each_origin(origin: dict[str, object], expected: str) -> None:
    """testkeep is asked for from where the running one came from."""
    assert requirement_of(origin, ("tools",), "1.0") == expected


def test_want__named__normalizes_and_remembers() -> None:
    """What is named replaces what convention chooses, field by field."""
    packaging = Packaging(groups={"dev": (), "my-group": ()}, extras={"test": ()})
    assert want(packaging, Path(), groups=["My_Group"]) == Wanted(groups=("my-group",), named=frozenset({"groups"}))


@pytest.mark.parametrize(
    ("named", "message"),
    [
        pytest.param(
            {"groups": ["x"]}, "There is no dependency group 'x' in this project; there are: dev.", id="group"
        ),
        pytest.param({"extras": ["x"]}, "There is no extra 'x' in this project; there are: none.", id="extra"),
        pytest.param({"requirements": ["no/x.txt"]}, "There is no requirements file 'no/x.txt'", id="file"),
    ],
)
def test_want__named_what_is_not_there__says_what_is(named: dict[str, list[str]], message: str) -> None:
    """A name that the project has not got is a mistake."""
    with pytest.raises(UsageError) as caught:
        want(Packaging(groups={"dev": ()}), Path(), **named)
    assert caught.value.message.startswith(message)
