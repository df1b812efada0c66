"""Honest work is not taxed: a test that guards under another id is found there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from repositories import GitProject

FILE = "tests/unit/test_calc.py"
GUARD = f"{FILE}::test_guard"
ADD = f"{FILE}::test_add"
NEW_FILE = "from app.calc import add\n\n\ndef test_guard():\n    # said better\n    assert (add(2, 2)) == 4\n"
IN_A_CLASS = "class TestGuard:\n    def test_inside(self):\n        assert add(2, 2) == 4\n"
ROWS = "[(1, 2, 3), (0, 0, 0)]"


def replacing(old: str, new: str) -> Callable[[GitProject], None]:
    return lambda project: project.replace(FILE, old, new)


def move_to_new_file(project: GitProject) -> None:
    project.replace(FILE, "def test_guard():\n    assert add(2, 2) == 4\n", "")
    project.write({"tests/unit/deeper/test_sums.py": NEW_FILE})


def rename_file(project: GitProject) -> None:
    project.git("mv", FILE, "tests/unit/test_sums.py")


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        pytest.param(
            replacing("def test_guard", "def test_two_and_two"), {GUARD: f"{FILE}::test_two_and_two"}, id="renamed"
        ),
        pytest.param(
            move_to_new_file, {GUARD: "tests/unit/deeper/test_sums.py::test_guard"}, id="moved and reformatted"
        ),
        pytest.param(
            rename_file,
            {
                f"{FILE}::{name}": f"tests/unit/test_sums.py::{name}"
                for name in ("test_add[1-2-3]", "test_add[0-0-0]", "test_guard", "TestMore::test_negative")
            },
            id="file renamed",
        ),
        pytest.param(
            replacing("def test_guard():\n    assert add(2, 2) == 4\n", IN_A_CLASS),
            {GUARD: f"{FILE}::TestGuard::test_inside"},
            id="function to method",
        ),
        pytest.param(
            replacing(ROWS, f'{ROWS}, ids=["small", "zero"]'),
            {f"{ADD}[1-2-3]": f"{ADD}[small]", f"{ADD}[0-0-0]": f"{ADD}[zero]"},
            id="parameters renamed",
        ),
        pytest.param(
            replacing(
                "@pytest.mark.parametrize", '@pytest.mark.parametrize("again", [1, 2])\n@pytest.mark.parametrize'
            ),
            None,
            id="further parameter",
        ),
    ],
)
def test_run__a_test_guards_under_another_id__is_moved_and_not_lost(
    project: GitProject, change: Callable[[GitProject], None], moved: dict[str, str] | None
) -> None:
    change(project)
    if moved is None:
        project.replace(FILE, "def test_add(a, b, total)", "def test_add(a, b, total, again)")
    project.commit()

    run = project.testkeep("run", "unit")

    found = {pair.from_: pair.to for pair in run.verdict.conservation.moved}
    assert (run.exit_code, run.findings) == (0, ())
    assert run.verdict.conservation.kept + len(found) == 4
    if moved is None:
        assert {old.partition("[")[0] for old in found} == {f"{FILE}::test_add"}
        assert all(new.startswith(f"{FILE}::test_add[") for new in found.values())
    else:
        assert found == moved


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(
            replacing("def test_guard():\n    assert add(2, 2) == 4", "def test_new():\n    assert add(2, 2)"),
            "TK203",
            id="renamed and weakened",
        ),
        pytest.param(
            replacing("def test_guard", '@pytest.mark.skip(reason="later")\ndef test_new'),
            "TK203",
            id="renamed and skipped",
        ),
        pytest.param(
            replacing("(0, 0, 0)]", '(5, 5, 10)], ids=["small", "big"]'),
            "TK203",
            id="parameters renamed and one replaced",
        ),
        pytest.param(replacing("def test_guard", "def _test_guard"), "TK205", id="renamed out of the collection"),
    ],
)
def test_run__what_is_there_instead_does_not_guard_the_same__is_lost(
    project: GitProject, change: Callable[[GitProject], None], code: str
) -> None:
    change(project)
    project.commit()

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (1, [code])
    assert len(run.verdict.conservation.lost) == 1


def test_run__one_of_two_tests_with_one_body_is_deleted__the_other_does_not_stand_for_it(project: GitProject) -> None:
    project.commit({"tests/unit/test_twin.py": NEW_FILE})
    project.replace(FILE, "def test_guard():\n    assert add(2, 2) == 4\n", "")
    project.commit()

    run = project.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (1, ["TK203"])
