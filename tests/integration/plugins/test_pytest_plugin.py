"""The plugin's options on real pytest: inert without them, clear where they cannot work, and what a record tells."""

from __future__ import annotations

import importlib.util
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from integration.plugins.recording import MODES, TWO_WORKERS, SmallProject, make_project

GOOD = {"tests/test_good.py": "def test_good():\n    assert True\n"}
NEEDED_ONLY_BY_THE_RECORDER = (
    "msgspec",
    "rich",
    "click",
    "testkeep.formats",
    "testkeep.model",
    "testkeep.plugins.recorder",
)


def plain_pytest(project: SmallProject, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run pytest as people do who have the kit installed and do not ask it for anything."""
    env = project.environment({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""} | environment)
    if not env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]:
        del env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    argv = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(argv, cwd=project.root, env=env, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def good(tmp_path: Path) -> SmallProject:
    return make_project(tmp_path / "repository", GOOD)


@pytest.mark.parametrize("mode", MODES)
def test_inert_without_the_option(tmp_path: Path, mode: tuple[str, ...]) -> None:
    text = f"""\
        import os, sys

        def test_inert(request):
            plugins = request.config.pluginmanager
            assert plugins.has_plugin("testkeep")
            assert not any(str(name).startswith("testkeep-") for name, _ in plugins.list_name_plugin())
            assert not [name for name in {NEEDED_ONLY_BY_THE_RECORDER} if name in sys.modules]
        """
    project = make_project(tmp_path / "repository", {"tests/test_inert.py": text})
    exit_code, output = plain_pytest(project, "-p", "no:cacheprovider", *mode, PYTHONDONTWRITEBYTECODE="1")
    assert exit_code == 0, output
    names = {path.name for path in project.root.rglob("*") if ".git" not in path.parts}
    assert names == {"pyproject.toml", "tests", "test_inert.py"}


@pytest.mark.parametrize("mode", MODES)
def test_autoload(good: SmallProject, mode: tuple[str, ...]) -> None:
    exit_code, output = plain_pytest(good, f"--testkeep-evidence={good.evidence}", *mode)
    assert exit_code == 0, output
    recorded = good.read("tests", exit_code, output)
    assert recorded.outcomes == {"test_good": "passed"}
    assert "pytest" in recorded.suite.settings.versions


def test_strict_markers_need_no_configuration(tmp_path: Path) -> None:
    marks = ("unit", "integration", "migration", "concurrency", "e2e", "slow", "performance", "diagnostic")
    decorators = "".join(f"@pytest.mark.{mark}\n" for mark in marks)
    decorators += "@pytest.mark.replaces('a.py::b', reason='c')\n"
    text = f"import pytest\n\n{decorators}def test_good():\n    assert True\n"
    exit_code, output = plain_pytest(make_project(tmp_path / "repository", {"test_a.py": text}), "--strict-markers")
    assert exit_code == 0, output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ("--testkeep-stage=untit",),
            "ERROR: --testkeep-stage: no such test stage: 'untit'; there are unit, integration, migration,",
            id="unknown stage",
        ),
        pytest.param(
            ("--testkeep-stage=lint",), "ERROR: --testkeep-stage: no such test stage: 'lint'", id="static stage"
        ),
        pytest.param(
            ("--testkeep-evidence=pyproject.toml",), "cannot write evidence there: File exists", id="evidence is a file"
        ),
        pytest.param(
            ("--testkeep-context=nowhere.json",), "ERROR: --testkeep-context: nowhere.json: ", id="no context"
        ),
        pytest.param(
            ("--testkeep-context=pyproject.toml",), "ERROR: --testkeep-context: pyproject.toml: ", id="not a context"
        ),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_wrong_usage(good: SmallProject, arguments: tuple[str, ...], message: str, mode: tuple[str, ...]) -> None:
    recorded = good.pytest(*arguments, *mode)
    assert (recorded.exit_code, recorded.evidence) == (4, None)
    assert message in recorded.output
    assert "Traceback" not in recorded.output
    most = 2 if pytest.version_tuple >= (8,) else 6  # about an error in a hook of pytest 7, pluggy has more to say
    assert len(recorded.output.strip().splitlines()) <= most, recorded.output


def test_not_a_repository(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    recorded = SmallProject(root, tmp_path / "evidence").pytest(GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert (recorded.exit_code, recorded.evidence) == (4, None)
    assert f"ERROR: testkeep: {root}: not a git repository" in recorded.output
    assert "Traceback" not in recorded.output


def test_a_policy_with_a_mistake(tmp_path: Path) -> None:
    files = {"pyproject.toml": "[tool.testkeep]\nstagse = []\n", **GOOD}
    recorded = make_project(tmp_path / "repository", files).pytest()
    assert (recorded.exit_code, recorded.evidence) == (4, None)
    assert "stagse: unknown key; did you mean stages?" in recorded.output
    assert "Traceback" not in recorded.output


def test_switched_off_by_the_project(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p no:testkeep"\n', **GOOD}
    project = make_project(tmp_path / "repository", files)
    exit_code, output = plain_pytest(project, f"--testkeep-evidence={project.evidence}")
    assert exit_code == 4
    assert "--testkeep-evidence" in output
    assert not project.evidence.exists()


@pytest.mark.parametrize(
    ("arguments", "environment", "options", "optimize"),
    [
        pytest.param(("--collect-only",), {}, {"collectonly": "True"}, 0, id="--collect-only"),
        pytest.param(
            ("--setup-plan",), {}, {"setupplan": "True", "setuponly": "True", "setupshow": "True"}, 0, id="--setup-plan"
        ),
        pytest.param(("--setup-only",), {}, {"setuponly": "True", "setupshow": "True"}, 0, id="--setup-only"),
        pytest.param(("--fixtures",), {}, {"showfixtures": "True"}, 0, id="--fixtures"),
        pytest.param(("--fixtures-per-test",), {}, {"show_fixtures_per_test": "True"}, 0, id="--fixtures-per-test"),
        pytest.param(("--assert=plain",), {}, {"assertmode": "plain"}, 0, id="--assert=plain"),
        pytest.param((), {"PYTHONOPTIMIZE": "1"}, {}, 1, id="PYTHONOPTIMIZE=1"),
        pytest.param((), {"PYTEST_ADDOPTS": "--collect-only"}, {"collectonly": "True"}, 0, id="PYTEST_ADDOPTS"),
        pytest.param(("--maxfail=3",), {}, {"maxfail": "3"}, 0, id="--maxfail"),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_settings_that_change_what_a_run_means(
    good: SmallProject,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    options: dict[str, str],
    optimize: int,
    mode: tuple[str, ...],
) -> None:
    recorded = good.pytest(*arguments, *mode, **environment)
    settings = recorded.suite.settings
    plugins = "no:cacheprovider xdist testkeep" if mode else "no:cacheprovider testkeep"
    args = " ".join(good.command(*arguments, *mode)[3:])
    expected = {"args": args, "plugins": plugins, **options}
    if mode:
        expected |= {"dist": settings.options["dist"], "numprocesses": "2"}
    assert (settings.options, settings.optimize) == (expected, optimize)
    assert settings.environment == {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | environment
    if "--fixtures" not in arguments:
        assert set(recorded.tests) == {"test_good"}


def test_settings(tmp_path: Path) -> None:
    ini = {"testpaths": '["tests"]', "python_functions": '["check_*", "test_*"]', "xfail_strict": "true"}
    text = "[tool.pytest.ini_options]\n" + "".join(f"{key} = {value}\n" for key, value in ini.items())
    recorded = make_project(tmp_path / "repository", {"pyproject.toml": text, **GOOD}).pytest(TZ="UTC")
    settings = recorded.suite.settings
    shown = {key: settings.ini[key] for key in ini}
    assert shown == {"testpaths": "tests", "python_functions": "check_* test_*", "xfail_strict": "True"}
    assert (settings.python, settings.optimize) == (platform.python_version(), 0)
    assert settings.versions["pytest"] == pytest.__version__
    assert "testkeep" in settings.versions
    assert settings.environment == {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TZ": "UTC"}


IMPORTS = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "",
    "conftest.py": "",
    "tests/test_imports.py": "import shop.cart\nimport json, pytest\n\ndef test_1():\n    import late\n",
    "tests/late.py": "",
    "elsewhere/shop/__init__.py": "",
    "elsewhere/shop/cart.py": "",
    # What an editable install leaves in site-packages.
    "site/shop.pth": "",
    "site/sitecustomize.py": "import pathlib, site, sys\nsite.addsitedir(str(pathlib.Path(__file__).parent))\n",
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("is_installed", "source"), [pytest.param(False, "src", id="own"), pytest.param(True, "elsewhere", id="editable")]
)
def test_imports(tmp_path: Path, is_installed: bool, source: str, mode: tuple[str, ...]) -> None:
    project = make_project(tmp_path / "repository", IMPORTS)
    (project.root / "site/shop.pth").write_text(f"{project.root / 'elsewhere'}\n")
    if is_installed:
        (project.root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    recorded = project.pytest(*mode, PYTHONPATH=str(project.root / "site") if is_installed else "")
    assert recorded.is_clean, recorded.output
    expected = {"shop": source, "late": "tests", "test_imports": "tests", "conftest": "."}
    if is_installed:
        expected["sitecustomize"] = "site"
    found = {name: folders for name, folders in recorded.suite.imports.items() if name != "testkeep"}
    assert found == {name: (str(project.root / folder),) for name, folder in expected.items()}


INSTALLED = {
    "pyproject.toml": "",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "TOTAL = 1\n",
    "tests/test_cart.py": "import shop.cart\n\ndef test_1():\n    assert shop.cart.TOTAL\n",
    "site/shop/__init__.py": "",
    "site/shop/cart.py": "TOTAL = 1\n",
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, (), id="an identical copy"),
        pytest.param({"src/shop/cart.py": "TOTAL = 2\n"}, ("shop/cart.py",), id="a stale copy"),
        pytest.param({"src/shop/cart.py": None}, ("shop/cart.py",), id="a module that the project has no more"),
        pytest.param({"src/shop/new.py": ""}, (), id="a module that is not imported"),
        pytest.param(
            {"src/shop/__init__.py": None, "src/shop/cart.py": None, "src/shop/deploy.py": ""},
            (),
            id="somebody else's package with a folder's name",
        ),
    ],
)
def test_foreign_code(
    tmp_path: Path, changes: dict[str, str | None], expected: tuple[str, ...], mode: tuple[str, ...]
) -> None:
    files = {path: text for path, text in (INSTALLED | changes).items() if text is not None}
    project = make_project(tmp_path / "repository", files)
    site = tmp_path / "site"
    (project.root / "site").rename(site)

    recorded = project.pytest(*mode, PYTHONPATH=str(site))

    assert recorded.is_clean, recorded.output
    assert recorded.suite.foreign_code == tuple(str(site / name) for name in expected)


ALIASES = {
    "pyproject.toml": "",
    "src/shop/__init__.py": "import sys, vendored, own\nsys.modules['shop.packages.vendored'] = vendored\n"
    "sys.modules['shop.own'] = own\n",
    "src/own.py": "",
    "tests/test_cart.py": "import shop\n\ndef test_1():\n    assert shop\n",
}


def test_imports__library_under_a_second_name__says_nothing_of_the_package(tmp_path: Path) -> None:
    """requests has urllib3 as requests.packages.urllib3, too."""
    project = make_project(tmp_path / "repository", ALIASES)
    site = tmp_path / "site" / "vendored"
    site.mkdir(parents=True)
    (site / "__init__.py").write_text("")
    user = tmp_path / "home" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    user.parent.mkdir(parents=True)
    (tmp_path / "site").rename(user)

    recorded = project.pytest(PYTHONPATH=f"{user}:{project.root / 'src'}", PYTHONUSERBASE=str(tmp_path / "home"))

    assert recorded.is_clean, recorded.output
    assert recorded.suite.foreign_code == ()
    assert recorded.suite.imports["shop"] == (str(project.root / "src"),)


VALUES = ["a b", "ünï ✓", "[x]", "a::b", "", "x", "x", "new\nline", "/", "\\", "x" * 3000]


@pytest.mark.parametrize("mode", MODES)
def test_strange_names(tmp_path: Path, mode: tuple[str, ...]) -> None:
    text = f"import pytest\n\n@pytest.mark.parametrize('value', {VALUES!r})\ndef test_ünï(value):\n    assert True\n"
    files = {"tests with ünï ✓/test_a b.py": text, "tests with ünï ✓/test_[1].py": GOOD["tests/test_good.py"]}
    project = make_project(tmp_path / "prö jekt ✓" / "repo sitory", files)
    recorded = project.pytest(*mode)
    assert recorded.is_clean, recorded.output
    tests = {test.item.id: test for test in recorded.suite.tests}
    assert len(tests) == len(VALUES) + 1
    assert tests["tests with ünï ✓/test_a b.py::test_ünï[a::b]"].item.params == {"value": "'a::b'"}
    assert tests["tests with ünï ✓/test_[1].py::test_good"].item.path == "tests with ünï ✓/test_[1].py"


def test_text_that_is_no_text(tmp_path: Path) -> None:
    """Lone surrogates in a message and in a subtest's place do not keep the record from being written."""
    text = "def test_bad():\n    raise ValueError('\\udcff')\n"
    recorded = make_project(tmp_path / "repository", {"test_a.py": text}).pytest()
    assert recorded.outcomes == {"test_bad": "failed"}
    assert recorded.phases["test_bad"][0].startswith("call failed 'ValueError: ")


@pytest.mark.parametrize("mode", MODES)
def test_many_tests(tmp_path: Path, mode: tuple[str, ...]) -> None:
    text = "import pytest\n\n@pytest.mark.parametrize('n', range(5000))\ndef test_n(n):\n    assert n >= 0\n"
    recorded = make_project(tmp_path / "repository", {"test_a.py": text}).pytest("-q", *mode)
    assert recorded.is_clean
    assert recorded.started == {f"test_n[{n}]": True for n in range(5000)}


ALEMBIC = {"tests/conftest.py": "", **GOOD}


@pytest.mark.skipif(importlib.util.find_spec("pytest_alembic") is None, reason="pytest-alembic is not installed here")
@pytest.mark.skipif(pytest.version_tuple < (9, 2), reason="pytest-alembic 0.13.1 works with pytest before 9.2")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        pytest.param((), 0, "1 passed", id="installed"),
        pytest.param(TWO_WORKERS, 0, "1 passed", id="two workers"),
        pytest.param(("--test-alembic",), 4, "does not work with pytest", id="asked for"),
    ],
)
def test_pytest_alembic(tmp_path: Path, arguments: tuple[str, ...], exit_code: int, message: str) -> None:
    found, output = plain_pytest(make_project(tmp_path / "repository", ALEMBIC), *arguments)
    assert (found, "Traceback" in output) == (exit_code, False), output
    assert message in output
