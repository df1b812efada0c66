"""The ways in which a project comes by the pipeline, and where in its repository the project may lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.gitlab.engine import PipelineRun
from integration.gitlab.service import (
    COMPONENT,
    FILES,
    GOOD_CHANGE,
    PIPELINE,
    PY,
    Checkout,
    Service,
    ci_file,
    rows,
)

Run = Callable[[Checkout], PipelineRun]
# The engine takes every project to be there whose origin is a folder.
KIT = "gitlab.com/acme/kit"


@pytest.mark.parametrize(
    ("include", "file", "place"),
    [
        pytest.param(
            {"project": "acme/kit", "ref": "v1", "file": "/gitlab-ci/pipeline.yml"},
            PIPELINE,
            f"{KIT}/v1/gitlab-ci/pipeline.yml",
            id="project",
        ),
        pytest.param(
            {"component": f"{KIT}/pipeline@1.2.0"}, COMPONENT, f"{KIT}/1.2.0/templates/pipeline.yml", id="component"
        ),
        pytest.param(
            {"remote": f"https://{KIT}/-/raw/v1/gitlab-ci/pipeline.yml"},
            PIPELINE,
            f"{KIT}/-/raw/v1/gitlab-ci/pipeline.yml",
            id="remote",
        ),
    ],
)
def test_include__from_elsewhere__runs_the_same_pipeline(
    service: Service, run: Run, include: dict[str, str], file: Path, place: str
) -> None:
    service.commit_ci(ci_file(include=include))
    service.project.commit(GOOD_CHANGE)
    checkout = service.detached()
    # As if it had been downloaded before: nothing here reaches a network.
    fetched = checkout.folder / ".gitlab-ci-local" / "includes" / place
    fetched.parent.mkdir(parents=True)
    fetched.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")

    done = run(checkout)

    assert (done.exit_code, len(done.jobs), done.verdict().conservation.kept) == (0, 5, 2), done.output


def test_monorepo__sub_folder_with_a_space__paths_are_the_repositorys(tmp_path: Path, run: Run) -> None:
    place = "services/my app"
    service = Service(tmp_path, place=place, ci=ci_file({"working-directory": place}))
    service.project.commit(GOOD_CHANGE)
    service.project.replace(
        "tests/unit/test_calc.py", "def test_guard", "import pytest\n\n\n@pytest.mark.skip\ndef test_guard"
    )
    service.project.commit()

    done = run(service.detached())

    assert done.codes() == ["TK201"], done.output
    report = done.artifacts() / "testkeep-report"
    (issue,) = json.loads((report / "codequality.json").read_text())
    assert issue["location"]["path"] == f"{place}/tests/unit/test_calc.py"
    assert f'filename="{place}/app/twice.py"' in (report / "coverage.xml").read_text()


def test_two_includes__different_prefixes__are_judged_apart(tmp_path: Path, run: Run) -> None:
    inputs = [{"job-prefix": f"{name}-", "working-directory": name} for name in ("one", "two")]
    service = Service(tmp_path, place="one", ci=ci_file(*inputs))
    service.project.commit({f"../two/{name}": text for name, text in FILES.items()})
    service.project.replace("../two/tests/unit/test_calc.py", "== 4", "== 5")
    service.project.commit()

    done = run(service.detached())

    assert (done.exit_codes["one-gate"], done.exit_codes["two-gate"]) == (0, 1), done.output
    assert (done.verdict("one-gate").verdict, done.codes("two-gate")) == ("pass", ["TK101"])


def test_hidden_job__variables_of_the_project__reach_every_job(service: Service, run: Run) -> None:
    """What a project needs beside the inputs, it adds to the hidden job that all others extend."""
    show = 'echo "$CI_JOB_NAME has $DATABASE_URL"'
    service.commit_ci(
        ci_file(**{".testkeep-job": {"variables": {"DATABASE_URL": "postgresql://db/app"}, "before_script": [show]}})
    )

    done = run(service.detached())

    assert done.exit_code == 0, done.output
    assert done.output.count("has postgresql://db/app") == 5


def test_stage_of_the_project__later_than_its_own__is_used(service: Service, run: Run) -> None:
    service.commit_ci(
        ci_file(
            {"stage": "verify", "static": rows("none"), "tests": rows(f"unit-{PY}")},
            stages=["build", "verify"],
            compile={"stage": "build", "script": ["true"], "rules": [{"when": "always"}]},
        )
    )

    done = run(service.detached())

    assert (done.jobs["none"], done.jobs["compile"]) == ("PASS", "PASS"), done.output
    assert (done.exit_codes["testkeep-gate"], done.codes()) == (4, ["TK501"])
