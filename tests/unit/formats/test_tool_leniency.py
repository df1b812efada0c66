"""What a change of a tool's configuration loosens."""

from __future__ import annotations

import pytest

from testkeep.formats.tool_leniency import loosened_settings
from testkeep.formats.tool_settings import read_tool_settings
from testkeep.model.static_tool import Tool

_HEADS = {
    Tool.RUFF: "[tool.ruff.lint]",
    Tool.MYPY: "[tool.mypy]",
    Tool.BLACK: "[tool.black]",
    Tool.ISORT: "[tool.isort]",
    Tool.IMPORT_LINTER: "[tool.importlinter]\nroot_package = 'a'",
}
_CONTRACT = "[[tool.importlinter.contracts]]\nname = 'x'\ntype = 'layers'\n"


@pytest.mark.parametrize(
    ("tool", "base", "head", "expected"),
    [
        pytest.param(Tool.RUFF, "", "ignore = ['E']", [("ignore", "nothing", "[E]")], id="ruff: more is ignored"),
        pytest.param(Tool.RUFF, "ignore = ['E']", "ignore = ['E501']", [], id="ruff: less is ignored"),
        pytest.param(Tool.RUFF, "required-version = '>=0.4'", "required-version = '>=0.5'", [], id="another release"),
        pytest.param(Tool.BLACK, "", "skip-magic-trailing-comma = true", [], id="boundary: looks alone"),
        pytest.param(
            Tool.RUFF,
            "ignore = ['E501']",
            "extend-ignore = ['E5']",
            [("ignore", "[E501]", "[E5]")],
            id="ruff: in addition",
        ),
        pytest.param(
            Tool.RUFF, "select = ['ALL']", "select = ['E']", [("select", "[ALL]", "[E]")], id="ruff: fewer are selected"
        ),
        pytest.param(Tool.RUFF, "select = ['E501']", "select = ['E']", [], id="boundary: ruff: a prefix covers it"),
        pytest.param(
            Tool.RUFF,
            "select = ['E', 'B']",
            "",
            [("select", "[E, B]", "the default")],
            id="ruff: the default again",
        ),
        pytest.param(Tool.RUFF, "", "select = ['E4', 'E7', 'E9', 'F', 'B']", [], id="ruff: more than the default"),
        pytest.param(
            Tool.RUFF,
            "select = ['E']\nextend-select = ['B']",
            "select = ['B', 'E']",
            [],
            id="boundary: ruff: as before",
        ),
        pytest.param(
            Tool.RUFF,
            "per-file-ignores = { a = ['E'] }",
            "per-file-ignores = { a = ['E', 'F'], b = ['E'] }",
            [("per-file-ignores.a", "[E]", "[E, F]"), ("per-file-ignores.b", "nothing", "[E]")],
            id="ruff: in some files",
        ),
        pytest.param(
            Tool.RUFF,
            "mccabe.max-complexity = 8",
            "mccabe.max-complexity = 9",
            [("mccabe.max_complexity", "8", "9")],
            id="ruff: a higher limit",
        ),
        pytest.param(Tool.RUFF, "mccabe.max-complexity = 9", "mccabe.max-complexity = 8", [], id="ruff: a lower limit"),
        pytest.param(
            Tool.RUFF,
            "flake8-tidy-imports.banned-api.ci.msg = 'no'",
            "",
            [("flake8-tidy-imports.banned-api.ci.msg", "no", "nothing")],
            id="ruff: what was banned is not",
        ),
        pytest.param(
            Tool.RUFF,
            "flake8-tidy-imports.banned-api.ci.msg = 'no'",
            "flake8-tidy-imports.banned-api.ci.msg = 'never'",
            [],
            id="boundary: ruff: in other words",
        ),
        pytest.param(
            Tool.MYPY, "", "ignore_errors = true", [("ignore_errors", "nothing", "true")], id="mypy: no errors"
        ),
        pytest.param(Tool.MYPY, "strict = true", "", [("strict", "true", "nothing")], id="mypy: strict is named alone"),
        pytest.param(
            Tool.MYPY,
            "strict = true",
            "strict = true\ndisallow_untyped_defs = false",
            [("disallow_untyped_defs", "true", "false")],
            id="mypy: an exception from strict",
        ),
        pytest.param(Tool.MYPY, "warn_return_any = true", "strict = true", [], id="boundary: mypy: strict has it"),
        pytest.param(
            Tool.MYPY,
            "",
            "strict_optional = false",
            [("strict_optional", "true", "false")],
            id="mypy: what is on by default",
        ),
        pytest.param(
            Tool.MYPY,
            "",
            "[[tool.mypy.overrides]]\nmodule = 'app.*'\nignore_errors = true",
            [("overrides.app.*.ignore_errors", "nothing", "true")],
            id="mypy: in some modules",
        ),
        pytest.param(
            Tool.MYPY,
            "exclude = 'a|b'",
            "exclude = 'a|b|c'",
            [("exclude", "a|b", "a|b|c")],
            id="mypy: files are left out",
        ),
        pytest.param(Tool.MYPY, "exclude = 'a|b'", "exclude = '(a)'", [], id="mypy: fewer files are left out"),
        pytest.param(
            Tool.MYPY,
            "follow_imports = 'silent'",
            "follow_imports = 'skip'",
            [("follow_imports", "silent", "skip")],
            id="mypy: imports are skipped",
        ),
        pytest.param(Tool.MYPY, "follow_imports = 'skip'", "", [], id="mypy: imports are followed"),
        pytest.param(
            Tool.MYPY,
            "enable_error_code = ['a']",
            "",
            [("enable_error_code", "[a]", "nothing")],
            id="mypy: a code less",
        ),
        pytest.param(
            Tool.MYPY, "files = ['a', 'b']", "files = ['a']", [("files", "[a, b]", "[a]")], id="mypy: fewer files"
        ),
        pytest.param(
            Tool.BLACK,
            "",
            "force-exclude = 'app'",
            [("force_exclude", "nothing", "app")],
            id="black: files are left out",
        ),
        pytest.param(Tool.BLACK, "line-length = 88", "line-length = 99", [], id="boundary: black: how it is to look"),
        pytest.param(
            Tool.ISORT, "", "skip_glob = ['*']", [("skip_glob", "nothing", "[*]")], id="isort: files are left out"
        ),
        pytest.param(Tool.ISORT, "", "known_first_party = ['a']", [], id="isort: what is the project's own"),
        pytest.param(
            Tool.IMPORT_LINTER,
            _CONTRACT,
            "",
            [("contracts.x", "there", "gone")],
            id="import-linter: a contract is gone",
        ),
        pytest.param(
            Tool.IMPORT_LINTER,
            f"{_CONTRACT}layers = ['a', 'b']",
            f"{_CONTRACT}layers = ['a']\nignore_imports = ['a -> b']",
            [("contracts.x.layers", "[a, b]", "[a]"), ("contracts.x.ignore_imports", "nothing", "[a -> b]")],
            id="import-linter: a contract says less",
        ),
        pytest.param(Tool.IMPORT_LINTER, "", _CONTRACT, [], id="import-linter: a contract came"),
        pytest.param(Tool.MYPY, "", "", [], id="missing evidence: nothing is said"),
    ],
)
def test_loosened_settings__table(tool: Tool, base: str, head: str, expected: list[tuple[str, str, str]]) -> None:
    before, now = (
        read_tool_settings({"pyproject.toml": f"{_HEADS[tool]}\n{side}"})[tool].values for side in (base, head)
    )

    assert list(loosened_settings(tool, before, now)) == expected
