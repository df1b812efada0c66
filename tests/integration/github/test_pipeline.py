"""GitHub's workflow, executed: which checks are there, and that the one that is required cannot be fooled."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.github.callers import PYTHON, caller, kit_repository, results


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit_repository(tmp_path_factory.mktemp("kit") / "testkeep")


def test_pull_request__all_green__passes_the_required_check(tmp_path: Path, kit: Path) -> None:
    run = caller(tmp_path, kit).pull_request()

    report = run.run()

    assert results(report) == {
        "ci / plan": "success",
        "ci / format": "success",
        f"ci / unit ({PYTHON}, 1/2)": "success",
        f"ci / unit ({PYTHON}, 2/2)": "success",
        f"ci / integration ({PYTHON})": "success",
        f"ci / base: unit ({PYTHON}, 1/2)": "success",
        f"ci / base: unit ({PYTHON}, 2/2)": "success",
        f"ci / base: integration ({PYTHON})": "success",
        "ci / gate": "success",
    }
