"""What leaves a layer by a new name keeps the layer's minimum for that change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from integration.cli.covered_project import covered_project
from repositories import GitProject

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

SERVE = "def serve(a):\n    b = a\n    c = b\n    return c\n"
MORE = "\n\ndef more(a):\n    b = a + 1\n    return b\n"
RISKY = "\n\ndef risky(a):\n    b = a + 1\n    c = b * 2\n    d = c - 3\n    return d\n"
TEST = "from app.service import more, serve\n\n\ndef test_serve():\n    assert serve(1) + more(1) == 3\n"
LAYERS = '{ service = { paths = ["**/service.py"], minimum = 95 }, rest = { paths = ["**/low/**"], minimum = 5 } }'


def _project(tmp_path: Path) -> GitProject:
    files = {"app/service.py": SERVE + MORE, "tests/unit/test_service.py": TEST, "app/low/__init__.py": ""}
    return covered_project(tmp_path / "repository", files, layers=LAYERS)


def _rename(project: GitProject, new: str, text: str) -> None:
    project.git("mv", "app/service.py", new)
    module = new.removesuffix(".py").replace("/", ".")
    project.commit({new: text, "tests/unit/test_service.py": TEST.replace("app.service", module)})


def _to_another_name(project: GitProject) -> None:
    _rename(project, "app/services2.py", SERVE + MORE + RISKY)


def _into_a_lower_layer(project: GitProject) -> None:
    _rename(project, "app/low/mine.py", SERVE + MORE + RISKY)


def _in_two(project: GitProject) -> None:
    (project.root / "app/service.py").unlink()
    test = TEST.replace("from app.service import more, serve", "from app.a import serve\nfrom app.b import more")
    project.commit({"app/a.py": SERVE, "app/b.py": MORE.lstrip() + RISKY, "tests/unit/test_service.py": test})


def _most_of_it(project: GitProject) -> None:
    test = TEST.replace("more, serve", "more").replace("import more\n", "import more\nfrom app.a import serve\n")
    project.commit({"app/service.py": MORE.lstrip(), "app/a.py": SERVE + RISKY, "tests/unit/test_service.py": test})


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(_to_another_name, id="a new name"),
        pytest.param(_into_a_lower_layer, id="into a layer that demands less"),
        pytest.param(_in_two, id="in two files"),
        pytest.param(_most_of_it, id="most of it"),
    ],
)
def test_code_leaves_its_layer_and_lacks_tests__is_held_to_the_minimum(
    tmp_path: Path, leave: Callable[[GitProject], None]
) -> None:
    project = _project(tmp_path)
    leave(project)

    run = project.testkeep("run")

    errors = [finding for finding in run.findings if finding.severity == "error"]
    assert (run.exit_code, [one.test for one in errors]) == (1, ["coverage.layers.service"]), run.output


def _renamed_as_it_was(project: GitProject) -> None:
    _rename(project, "app/services2.py", SERVE + MORE)


def _deleted(project: GitProject) -> None:
    (project.root / "app/service.py").unlink()
    (project.root / "tests/unit/test_service.py").unlink()
    project.commit()


@pytest.mark.parametrize(
    "leave", [pytest.param(_renamed_as_it_was, id="renamed, as it was"), pytest.param(_deleted, id="deleted")]
)
def test_file_leaves_its_layer_with_its_tests__is_no_matter(
    tmp_path: Path, leave: Callable[[GitProject], None]
) -> None:
    project = _project(tmp_path)
    leave(project)

    run = project.testkeep("run")

    assert (run.exit_code, [one.code for one in run.findings if one.severity == "error"]) == (0, []), run.output
