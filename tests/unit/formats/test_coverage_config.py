"""The user's coverage.py configuration, with the kit's own settings laid over it."""

from __future__ import annotations

import tomllib

import pytest

from testkeep.formats.coverage_config import CONFIG_FILES, Config, dumps, loads, overlay, plugins

_INI = """
[coverage:run]
branch = True
omit =
    app/generated/*
    # a comment
    app/vendor/*
plugins = django_coverage_plugin
[coverage:paths]
source =
    src/
    */site-packages/
[coverage:report]
exclude_also = def __repr__
fail_under = 90
[django_coverage_plugin]
template_extensions = html
[mypy]
strict = true
"""
_OWN_INI = _INI.replace("coverage:", "").replace("[mypy]\nstrict = true\n", "")
_TOML = """
[tool.coverage.run]
branch = true
omit = ["app/generated/*", "app/vendor/*"]
plugins = ["django_coverage_plugin"]
[tool.coverage.paths]
source = ["src/", "*/site-packages/"]
[tool.coverage.report]
exclude_also = ["def __repr__"]
fail_under = 90
[tool.mypy]
strict = true
"""
_OMIT, _PATHS = "app/generated/*\napp/vendor/*", "src/\n*/site-packages/"
_FOUND: Config = {
    "run": {"branch": "true", "omit": _OMIT, "plugins": "django_coverage_plugin"},
    "paths": {"source": _PATHS},
    "report": {"exclude_also": "def __repr__", "fail_under": "90"},
}
_FOUND_INI: Config = {
    "run": {"branch": "True", "omit": f"\n{_OMIT}", "plugins": "django_coverage_plugin"},
    "paths": {"source": f"\n{_PATHS}"},
    "report": {"exclude_also": "def __repr__", "fail_under": "90"},
}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param(
            ".coveragerc",
            _OWN_INI,
            {**_FOUND_INI, "django_coverage_plugin": {"template_extensions": "html"}},
            id=".coveragerc, with a plugin's options",
        ),
        pytest.param(
            ".coveragerc", _INI.partition("[django")[0], _FOUND_INI, id=".coveragerc with the long sections' names"
        ),
        pytest.param("setup.cfg", _INI, _FOUND_INI, id="setup.cfg"),
        pytest.param("tox.ini", _INI, _FOUND_INI, id="tox.ini"),
        pytest.param("pyproject.toml", _TOML, _FOUND, id="pyproject.toml"),
        pytest.param(".coveragerc.toml", _TOML.replace("tool.coverage.", ""), _FOUND, id="short TOML"),
        pytest.param(".coveragerc.toml", _TOML, _FOUND, id="long TOML"),
        pytest.param(".coveragerc", "", {}, id="an empty .coveragerc hides the other files"),
        pytest.param(".coveragerc.toml", "", {}, id="so does an empty .coveragerc.toml"),
        pytest.param("setup.cfg", "[mypy]\nstrict = true", None, id="setup.cfg of others"),
        pytest.param("tox.ini", "", None, id="empty tox.ini"),
        pytest.param("pyproject.toml", "[tool.black]\nline-length = 3", None, id="pyproject.toml of others"),
        pytest.param("pyproject.toml", "[tool]\ncoverage = 3", None, id="coverage is no table"),
        pytest.param("pyproject.toml", "tool = 3", None, id="tool is no table"),
        pytest.param("pyproject.toml", "[tool.coverage]\nrun = 3", None, id="run is no table"),
        pytest.param("pyproject.toml", "[tool.", None, id="no TOML"),
        pytest.param("setup.cfg", "branch = true", None, id="no ini file"),
        pytest.param(".coveragerc", "branch = true", None, id="no ini file, of coverage's own"),
        pytest.param("tox.ini", "[coverage:run]\nomit = %(x)s", {"run": {"omit": "%(x)s"}}, id="nothing is replaced"),
    ],
)
def test_loads__table(name: str, text: str, expected: Config | None) -> None:
    assert loads(name, text) == expected


def test_config_files__are_in_coverages_own_order() -> None:
    assert CONFIG_FILES == (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        pytest.param(
            {},
            {"run": {"branch": "false", "omit": "tests/**", "relative_files": "true"}, "report": {"omit": "tests/**"}},
            id="the user says nothing",
        ),
        pytest.param(
            {"run": {"branch": "true", "sigterm": "true"}},
            {
                "run": {"branch": "true", "sigterm": "true", "omit": "tests/**", "relative_files": "true"},
                "report": {"omit": "tests/**"},
            },
            id="the user's own settings stay",
        ),
        pytest.param(
            {
                "run": {
                    "source": "a",
                    "source_pkgs": "b",
                    "source_dirs": "c",
                    "include": "d",
                    "data_file": "e",
                    "parallel": "true",
                    "relative_files": "false",
                }
            },
            {"run": {"branch": "false", "omit": "tests/**", "relative_files": "true"}, "report": {"omit": "tests/**"}},
            id="what is ours stays ours",
        ),
        pytest.param(
            {"run": {"omit": "\na/*\n  b/*  \n"}},
            {
                "run": {"branch": "false", "omit": "a/*\nb/*\ntests/**", "relative_files": "true"},
                "report": {"omit": "a/*\nb/*\ntests/**"},
            },
            id="what is left out adds up",
        ),
        pytest.param(
            {"run": {"omit": "a/*\nb/*"}, "report": {"omit": "b/*\nc/*"}},
            {
                "run": {"branch": "false", "omit": "a/*\nb/*\ntests/**", "relative_files": "true"},
                "report": {"omit": "b/*\nc/*\na/*\ntests/**"},
            },
            id="reports leave out what is not measured, too",
        ),
        pytest.param(
            {"paths": {"source": "src/"}, "html": {"title": "t", "extra_css": "a.css"}, "report": {"precision": "2"}},
            {
                "html": {"title": "t"},
                "report": {"precision": "2", "omit": "tests/**"},
                "run": {"branch": "false", "omit": "tests/**", "relative_files": "true"},
            },
            id="other sections stay",
        ),
        pytest.param(
            {"report": {"include": "a", "contexts": "b", "fail_under": "90", "precision": "2"}},
            {
                "report": {"precision": "2", "omit": "tests/**"},
                "run": {"branch": "false", "omit": "tests/**", "relative_files": "true"},
            },
            id="what a report is of is ours",
        ),
    ],
)
def test_overlay__table(user: Config, expected: Config) -> None:
    before = {section: dict(options) for section, options in user.items()}
    assert overlay(user, {"branch": "false"}, ["tests/**"]) == expected
    assert user == before


def _read(text: str) -> dict[str, object]:
    """Read what was dumped as coverage.py does."""
    tables: dict[str, object] = tomllib.loads(text)["tool"]["coverage"]
    return tables


@pytest.mark.parametrize("found", [_FOUND, _FOUND_INI], ids=["from TOML", "from ini"])
def test_dumps__lists_and_values__are_what_coverage_takes(found: Config) -> None:
    assert _read(dumps(found)) == {
        "run": {"branch": "true", "omit": ["app/generated/*", "app/vendor/*"], "plugins": ["django_coverage_plugin"]},
        "paths": {"source": ["src/", "*/site-packages/"]},
        "report": {"exclude_also": ["def __repr__"], "fail_under": "90"},
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("\none", ["one"], id="a list of one"),
        pytest.param("# pragma: no cover\n; x\nif 0:", ["# pragma: no cover", "; x", "if 0:"],
                     id="entries like comments"),
        pytest.param("a\n[b]\nc = d", ["a", "[b]", "c = d"], id="entries like sections and options"),
        pytest.param("${HOME}/%(x)s", ["${HOME}/%(x)s"], id="what coverage.py replaces itself"),
        pytest.param("a, b", ["a, b"], id="boundary: a comma in an expression"),
        pytest.param('"\\d" 😀\x7f', ['"\\d" 😀\x7f'], id="boundary: quotes, backslashes, and other planes"),
    ],
)  # fmt: skip
def test_dumps__awkward_value__is_read_as_it_was(value: str, expected: list[str]) -> None:
    assert _read(dumps({"report": {"exclude_also": value}})) == {"report": {"exclude_also": expected}}


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        pytest.param("skip_empty", "Yes", "true", id="a switch of an ini file"),
        pytest.param("skip_empty", "0", "false", id="a switch as a number"),
        pytest.param("precision", "1", "1", id="boundary: a number"),
        pytest.param("omit", "a/*, b/*\nc/*,", ["a/*", "b/*", "c/*"], id="names with commas"),
    ],
)
def test_dumps__ini_value__is_what_toml_calls_it(option: str, value: str, expected: object) -> None:
    assert _read(dumps({"report": {option: value}})) == {"report": {option: expected}}


def test_dumps__tables_of_a_plugin__are_read_as_they_were() -> None:
    text = """
    [tool.coverage.conditional.rules]
    py-win = "sys_platform == 'win32'"
    "a key" = [1, 2.5, true, {x = "y"}]
    """
    found = loads("pyproject.toml", text)
    assert found is not None

    assert (
        _read(dumps(found))
        == found
        == {"conditional": {"rules": {"py-win": "sys_platform == 'win32'", "a key": [1, 2.5, True, {"x": "y"}]}}}
    )


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({"run": {"plugins": "one.a, two\nthree"}}, ("one.a", "two", "three"), id="named in both ways"),
        pytest.param({"run": {"branch": "true"}}, (), id="none"),
        pytest.param({}, (), id="missing evidence: no settings"),
    ],
)
def test_plugins__named_ones__are_listed(config: Config, expected: tuple[str, ...]) -> None:
    assert plugins(config) == expected


def test_loads__toml_values__are_as_in_an_ini_file() -> None:
    text = "[tool.coverage.report]\na = true\nb = false\nc = 87.5\nd = [1, 2]\ne = []"
    assert loads("pyproject.toml", text) == {"report": {"a": "true", "b": "false", "c": "87.5", "d": "1\n2", "e": ""}}
