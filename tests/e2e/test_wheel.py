"""The built wheel and sdist, and the wheel in an environment of its own, used as a user would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from packaging.metadata import parse_email

from repositories import clean_environment

ROOT = Path(__file__).parents[2]


def call(cwd: Path, *argv: str | Path, exit_code: int = 0, **environment: str) -> str:
    done = subprocess.run(
        argv, cwd=cwd, env=clean_environment() | environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == exit_code, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def uv() -> str:
    path = shutil.which("uv") or shutil.which("uv", path=sysconfig.get_path("scripts"))
    if path is None:
        pytest.skip("uv is not installed")
    return path


@pytest.fixture(scope="module")
def built(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    call(ROOT, uv, "build", "--quiet", "--out-dir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def bin_folder(uv: str, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with nothing but the wheel and what it requires."""
    folder = tmp_path_factory.mktemp("environment") / "with space"
    call(ROOT, uv, "venv", "--quiet", "--python", sys.executable, folder)
    (wheel,) = built.glob("*.whl")
    call(ROOT, uv, "pip", "install", "--quiet", "--python", folder, wheel)
    return folder / "bin"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("def double(number):\n    return 2 * number\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_shop.py").write_text(
        "import unittest\n\nfrom shop import double\n\n\nclass TestShop(unittest.TestCase):\n"
        "    def test_double(self):\n        self.assertEqual(double(2), 4)\n\n"
        "    def test_zero(self):\n        self.assertEqual(double(0), 0)\n"
    )
    call(tmp_path, "git", "init", "--quiet", "--initial-branch=main")
    commit(tmp_path)
    return tmp_path


def commit(repository: Path) -> None:
    person = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"]
    call(repository, "git", "add", "--all")
    call(repository, "git", *person, "commit", "--quiet", "--message", "change")


def test_wheel__contents__are_the_package_with_its_data_and_types(built: Path) -> None:
    (wheel,) = built.glob("*.whl")

    names = zipfile.ZipFile(wheel).namelist()

    assert {"testkeep/py.typed", "testkeep/templates/verdict.schema.json", "testkeep/nox.py"} <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"testkeep"}


def test_wheel__description__has_the_readmes_words_and_links_that_work_on_any_page(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata, _ = parse_email(archive.read(name))
    repository = metadata["project_urls"]["Repository"]
    raw = repository.replace("//github.com/", "//raw.githubusercontent.com/")

    shown, written = (list(inline(text)) for text in (metadata["description"], (ROOT / "README.md").read_text()))

    assert metadata["description_content_type"] == "text/markdown"
    assert [(one.type, one.content) for one in shown] == [(one.type, one.content) for one in written]
    assert {one.attrs["src"] for one in shown if one.type == "image"} == {f"{raw}/main/docs/report.png"}
    targets = [str(one.attrs["href"]) for one in shown if one.type == "link_open"]
    assert len(targets) > 10
    assert [target for target in targets if not target.startswith("https://")] == []
    ours = [
        target.removeprefix(f"{repository}/blob/main/").partition("#")[0] for target in targets if repository in target
    ]
    assert [path for path in ours if not path or not (ROOT / path).exists()] == []


def inline(markdown: str) -> Iterator[Token]:
    """The parts of a text in Markdown, one after the other."""
    for block in MarkdownIt().parse(markdown):
        yield from block.children or [block]


def test_sdist__contents__have_the_sources_tests_and_example(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")

    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    wanted = {
        "ci/testkeep/py.typed",
        "tests/e2e/test_wheel.py",
        "examples/backend/pyproject.toml",
        "LICENSE",
        "noxfile.py",
    }
    assert wanted <= names
    assert not [name for name in names if "__pycache__" in name or ".testkeep" in name]


def test_installed__without_the_tools__is_inconclusive_and_says_how_to_install_them(
    bin_folder: Path, repository: Path
) -> None:
    (repository / "testkeep.toml").write_text('stages = ["format", "lint", "typing", "unit"]\n')
    commit(repository)

    output = call(repository, bin_folder / "testkeep", "run", "--base", "none", "--json", "v.json", exit_code=4)

    verdict = json.loads((repository / "v.json").read_text())
    missing = [finding for finding in verdict["findings"] if finding["code"] == "TK507"]
    assert len(missing) == 4
    assert all(finding["help"] == "Install it: pip install 'testkeep[tools]'" for finding in missing)
    assert "black is not installed in this environment" in output


def test_installed__a_test_is_skipped__blocks_the_merge(bin_folder: Path, repository: Path) -> None:
    tests = repository / "tests" / "test_shop.py"
    tests.write_text(tests.read_text().replace("    def test_zero", "    @unittest.skip('x')\n    def test_zero"))
    commit(repository)

    call(repository, bin_folder / "testkeep", "run", "unit", "--json", "v.json", exit_code=1)

    verdict = json.loads((repository / "v.json").read_text())
    lost = {"test": "tests/test_shop.py::TestShop::test_zero", "how": "skipped"}
    assert verdict["conservation"]["lost"] == [lost]
    assert verdict["conservation"]["kept"] == 1


def test_installed__plain_pytest__is_not_disturbed(bin_folder: Path, repository: Path) -> None:
    # Without the quick runs' environment: the plugin is loaded as in any user's project.
    output = call(repository, bin_folder / "python", "-m", "pytest", "-q", PYTEST_DISABLE_PLUGIN_AUTOLOAD="")

    assert "2 passed" in output


@pytest.mark.parametrize("arguments", [["rules"], ["explain", "TK201"], ["--version"], ["run", "--help"]])
def test_installed__asked_for_information__gives_it(bin_folder: Path, tmp_path: Path, arguments: list[str]) -> None:
    assert call(tmp_path, bin_folder / "testkeep", *arguments).strip()


def test_module__started_with_python__is_the_same_program(bin_folder: Path, tmp_path: Path) -> None:
    assert "testkeep" in call(tmp_path, bin_folder / "python", "-m", "testkeep", "--version", HOME=os.devnull)
