"""What a pipeline needs of a project, by convention."""

from __future__ import annotations

import pytest

from testkeep.model.project import Lock, Packaging, PoetryGroup, Wanted, choose


@pytest.mark.parametrize(
    ("packaging", "expected"),
    [
        pytest.param(Packaging(), Wanted(), id="nothing"),
        pytest.param(
            Packaging(groups={"docs": (), "test": ("pytest",), "dev": ()}),
            Wanted(groups=("dev", "test")),
            id="groups in the shared order",
        ),
        pytest.param(
            Packaging(extras={"test": (), "s3": ()}),
            Wanted(extras=("test",)),
            id="extras where no group is",
        ),
        pytest.param(
            Packaging(groups={"dev": ()}, extras={"test": ()}),
            Wanted(groups=("dev",)),
            id="groups before extras",
        ),
        pytest.param(
            Packaging(groups={"docs": ()}, extras={"test": ()}),
            Wanted(extras=("test",)),
            id="another group does not count",
        ),
        pytest.param(
            Packaging(poetry_groups={"test": PoetryGroup(constraints={"pytest": "*"})}),
            Wanted(groups=("test",)),
            id="a group in Poetry's notation",
        ),
        pytest.param(
            Packaging(requirements_files=("requirements.txt",)),
            Wanted(requirements_files=("requirements.txt",)),
            id="requirements files",
        ),
    ],
)
def test_choose__by_convention(packaging: Packaging, expected: Wanted) -> None:
    """Groups of the shared names are chosen, else extras of these names, and the files that exist."""
    assert choose(packaging) == expected


def test_lock__each_tool__names_its_file() -> None:
    """A lock's value is the command, its file the name that the tool writes."""
    assert [(lock.value, lock.file) for lock in Lock] == [("uv", "uv.lock"), ("poetry", "poetry.lock")]
