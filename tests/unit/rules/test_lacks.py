"""What a worktree lacked, and which ignored file a failure is about."""

from __future__ import annotations

import pytest

from testkeep.model.worktree import EmptySubmodule, Worktree
from testkeep.rules.lacks import lacks, module_named, name_in

_IGNORED = ("data/", "tests/model.bin", "src/shop/_version.py", "src/shop/_fast.cpython-311-x86_64-linux-gnu.so")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("No such file or directory: '/tmp/x/tests/model.bin'", "tests/model.bin", id="a path"),
        pytest.param("MODEL = 'model.bin'", "tests/model.bin", id="a name"),
        pytest.param("model.bin", "tests/model.bin", id="the name alone"),
        pytest.param("big_model.bin", "", id="the end of another name"),
        pytest.param("model.binary", "", id="the beginning of another name"),
        pytest.param("big_model.bin or model.bin", "tests/model.bin", id="the second time"),
        pytest.param("'/tmp/x/data/a.csv'", "data/", id="a file in a folder"),
        pytest.param('ROOT / "data" / name', "data/", id="a folder"),
        pytest.param("the data differ", "", id="a common word"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_name_in__table(text: str, expected: str) -> None:
    assert name_in(text, _IGNORED) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("No module named 'shop._version'", "src/shop/_version.py", id="a module"),
        pytest.param("cannot import name '_fast' from 'shop'", _IGNORED[3], id="a compiled module"),
        pytest.param("No such file: 'model.bin'", "tests/model.bin", id="a file"),
        pytest.param("No module named 'requests'", "", id="another module"),
    ],
)
def test_module_named__table(text: str, expected: str) -> None:
    assert module_named(text, _IGNORED) == expected


@pytest.mark.parametrize(
    ("worktree", "expected"),
    [
        pytest.param(Worktree(brought=(".env",)), [], id="nothing"),
        pytest.param(
            Worktree(pointers=("a.bin",)),
            [("a.bin was a pointer of git-lfs, not the file", "git lfs fetch origin abc")],
            id="one pointer",
        ),
        pytest.param(
            Worktree(is_sparse=True),
            [("the check-out is sparse, so files were left out", "git sparse-checkout disable")],
            id="sparse",
        ),
        pytest.param(
            Worktree(empty=(EmptySubmodule(path="libs/x", commit="c" * 40),)),
            [("submodule libs/x is not checked out here", "git submodule update --init libs/x")],
            id="a submodule that nobody has",
        ),
    ],
)
def test_lacks__table(worktree: Worktree, expected: list[tuple[str, str]]) -> None:
    assert list(lacks([worktree, worktree], "abc")) == expected
