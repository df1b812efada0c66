"""The pipeline on the example service, and with the kit installed as a project would install it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest

from integration.gitlab.engine import GATE, Engine
from integration.gitlab.service import FILES, GOOD_CHANGE, PY, ROOT, Service, ci_file, rows
from repositories import clean_environment
from testkeep.model.verdict import Decision

EXAMPLE = ROOT / "examples" / "backend"
NOXFILE = "from testkeep.nox import register\n\nregister()\n"


def uv(*arguments: str | Path) -> None:
    """Run uv, which is there with nox or tox."""
    program = shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")
    if program is None:
        pytest.skip("uv is not installed")
    done = subprocess.run([program, *arguments], env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def in_image(engine: Engine, folder: Path, *requirements: str | Path) -> Engine:
    """The engine, with jobs that find a Python of their own, as an image would have it."""
    uv("venv", "--quiet", "--seed", "--python", sys.executable, folder)
    if requirements:
        uv("pip", "install", "--quiet", "--python", folder, *requirements)
    path = os.pathsep.join([str(folder / "bin"), "/usr/bin", "/bin"])
    registries = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    # Jobs that run at a time would install into the same folder.
    return replace(
        engine, concurrency=1, environment={"PATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "", **registries}
    )


def test_example_service__lost_test__is_named(engine: Engine, tmp_path: Path) -> None:
    # The other stages are like these, and take a minute more.
    inputs = {"tests": rows(f"unit-{PY}", f"migration-{PY}"), "base": rows(f"base-unit-{PY}", f"base-migration-{PY}")}
    service = Service(tmp_path, ci=ci_file(inputs), example=EXAMPLE, stages=("lint", "unit", "migration"))
    service.project.replace("app/test_passwords.py", "def test_", "def _test_")
    service.project.commit()
    group = ("--group", f"{EXAMPLE / 'pyproject.toml'}:dev")
    engine = in_image(engine, tmp_path / "image", "-e", f"{ROOT}[all]", "-r", EXAMPLE / "pyproject.toml", *group)

    checkout = service.detached()
    done = replace(engine, concurrency=2).run(checkout.folder, checkout.variables)

    assert [job for job, result in done.jobs.items() if result != "PASS"] == [GATE], done.output
    assert set(done.codes()) >= {"TK205"}
    assert [(stage.name, stage.status) for stage in done.verdict().stages] == [
        ("lint", "passed"),
        ("unit", "passed"),
        ("migration", "passed"),
    ]


def test_kit_from_a_wheel__in_noxs_environment__passes(engine: Engine, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    uv("build", "--quiet", "--wheel", "--out-dir", wheels, ROOT)
    (wheel,) = wheels.glob("*.whl")
    service = Service(tmp_path, ci=ci_file({"kit": f"testkeep[nox,tools] @ {wheel.as_uri()}", "runner": "nox"}))
    service.project.commit({**GOOD_CHANGE, "noxfile.py": NOXFILE, ".gitignore": f"{FILES['.gitignore']}.nox/\n"})
    engine = in_image(engine, tmp_path / "image")

    checkout = service.detached()
    done = engine.run(checkout.folder, checkout.variables)

    assert (done.exit_code, done.verdict().verdict, len(done.jobs)) == (0, Decision.PASS, 5), done.output
    assert done.verdict().conservation.kept == 2
