"""What a change of pre-commit's hooks loosens."""

from __future__ import annotations

import pytest

from testkeep.formats.hook_leniency import loosened_hooks


def _hooks(*hooks: str) -> str:
    return "repos:\n- repo: x\n  hooks:\n" + "".join(f"  - {hook}\n" for hook in hooks)


RUFF = "{id: ruff, args: [--select, ALL]}"


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param(_hooks(RUFF), _hooks(RUFF), [], id="the same"),
        pytest.param(_hooks(RUFF, "{id: mypy}"), _hooks(RUFF), [("hook mypy", "there", "gone")], id="a hook is gone"),
        pytest.param(
            _hooks(RUFF),
            _hooks("{id: ruff, args: [--select, E]}"),
            [("hook ruff: args", "--select ALL", "--select E")],
            id="other arguments",
        ),
        pytest.param(_hooks("{id: black}"), _hooks("{id: black, args: [--preview]}"), [], id="boundary: one more"),
        pytest.param(
            _hooks("{id: black}"),
            _hooks("{id: black, exclude: app}"),
            [("hook black: exclude", "nothing", "app")],
            id="files are left out",
        ),
        pytest.param(
            _hooks("{id: black}"),
            _hooks("{id: black, files: app}"),
            [("hook black: files", "all", "app")],
            id="only some files",
        ),
        pytest.param("", _hooks(RUFF), [], id="missing evidence: there was no such file"),
    ],
)
def test_loosened_hooks__table(base: str, head: str, expected: list[tuple[str, str, str]]) -> None:
    assert list(loosened_hooks(base, head)) == expected
