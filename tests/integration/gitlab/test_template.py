"""What can be seen of the pipeline's files without running them."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.gitlab.engine import Engine
from integration.gitlab.service import COMPONENT, INPUTS, PIPELINE, ROOT, Service, ci_file, rows
from integration.gitlab.template import read, scripts

DOCUMENTATION = ROOT / "docs" / "gitlab.md"
BOTH = pytest.mark.parametrize("file", [pytest.param(PIPELINE, id="include"), pytest.param(COMPONENT, id="component")])
DECLARED, BODY = read(PIPELINE)
# Inputs of free text: what they must not be able to do is end a shell word, or start an option.
GOOD = {
    "stage": ["test", "my stage", ".pre"],
    "job-prefix": ["testkeep-", "a", "api-2-"],
    "image": ["python:$TESTKEEP_PYTHON", "registry.example:5000/a/b@sha256:0af", "${CI_REGISTRY}/x"],
    "python": ["3.11", "3.12", "3.9"],
    "python-versions": ["", "3.11", "3.11 3.12 3.13"],
    "shards": ["", "unit=3", "unit=3 integration=12"],
    "kit": [
        "",
        "testkeep[all]==0.1.0",
        "git+https://a:${TOKEN}@gitlab.example/kit@v1",
        "./wheels/testkeep-1.whl",
        "testkeep[nox,tools] >= 1, < 2",
    ],
    "requirements": ["", "requirements.txt", "requirements/dev tools.txt"],
    "working-directory": [".", "services/my app", "a/b.c/d_e"],
    "min-coverage": ["0", "87", "99.95", "100"],
    "min-diff-coverage": ["0", "87", "99.95", "100"],
    "timeout": ["30m", "2h"],
    "expire-in": ["1 week", "90 days", "never"],
    "comment-token-variable": ["", "NOTE_TOKEN", "T2"],
}
BAD = {
    "stage": ["", "a\nb", "$(id)", "-x"],
    "job-prefix": ["", "Testkeep-", "a b", "x: y", "-a", "a\nb", "$X"],
    "image": ["", "-v", "a b", "a;b", "$(id)", "a\nb"],
    "python": ["", "3", "3.", "2.7", "3.12.1", "3.01", "3.12 3.13", "python3.12", "3.12\n"],
    "python-versions": ["3.11,3.12", " 3.11", "3.11  3.12", "$(id)", "--help"],
    "shards": ["unit", "unit=0", "unit=-1", "unit=1.5", "unit=2,integration=3", "Unit=1", "--x=1"],
    "kit": ["-r evil.txt", "--index-url=http://x", "a`id`", "a'b", 'a"b', "a;b", "a\nb", "a|b", "a$(id)"],
    "requirements": ["-r", "../evil.txt", "/etc/passwd", "a//b", ".hidden", "a\nb", "$HOME/x"],
    "working-directory": ["", "..", "../x", "a/../b", "/", "/root", "-", "a//b", "a/", "a\nb", "$HOME", "a;b"],
    "min-coverage": ["", "-1", "87%", "a", "1e2", "$X", "8 7"],
    "min-diff-coverage": ["", "-1", "87%", "a", "1e2", "$X", "8 7"],
    "timeout": ["", "0m", "30", "1h30m", "h", "-1h"],
    "expire-in": ["", "0 days", "soon", "1 fortnight", "1 day; x"],
    "comment-token-variable": ["token", "A-B", "$TOKEN", "1A", "A B"],
}


def refused(*command: str | Path) -> str:
    """Run a checker; what it has to say if it found anything."""
    done = subprocess.run(
        [Path(sysconfig.get_path("scripts"), str(command[0])), *command[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""


@pytest.fixture
def refusal(engine: Engine, service: Service) -> Callable[[dict[str, Any]], str]:
    """Put bad inputs into a project's pipeline; what GitLab has to say instead of running anything."""

    def start(inputs: dict[str, Any]) -> str:
        service.commit_ci(ci_file(inputs))
        checkout = service.detached()
        done = engine.run(checkout.folder, checkout.variables, "--list")
        assert done.exit_code == 1, done.output
        return done.output

    return start


@pytest.fixture
def preview(engine: Engine, service: Service) -> Callable[[str], dict[str, Any]]:
    """Render a project's pipeline, with everything included and put in."""

    def render(ci: str) -> dict[str, Any]:
        service.commit_ci(ci)
        checkout = service.detached()
        done = engine.run(checkout.folder, checkout.variables, "--preview")
        assert done.exit_code == 0, done.output
        return yaml.safe_load(done.output.partition("\nUsing fallback")[0])

    return render


@BOTH
def test_header__gitlabs_schema__accepts_it(file: Path, tmp_path: Path) -> None:
    header = file.read_text(encoding="utf-8").partition("\n---\n")[0]
    (tmp_path / "header.yml").write_text(header, encoding="utf-8")
    assert refused("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", tmp_path / "header.yml") == ""


def test_rendered_pipeline__gitlabs_schema__accepts_it(
    preview: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    rendered = tmp_path / "rendered.yml"
    rendered.write_text(yaml.safe_dump(preview(ci_file())), encoding="utf-8")
    assert refused("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", rendered) == ""


def test_rendered_scripts__shellcheck__finds_nothing(preview: Callable[[str], dict[str, Any]], tmp_path: Path) -> None:
    for name, text in scripts(preview(ci_file())).items():
        script = tmp_path / f"{name}.sh"
        # GitLab runs them so, in bash where the image has one.
        script.write_text(f"#!/bin/sh\nset -e\n{text}\n", encoding="utf-8")
        assert refused("shellcheck", "--enable=all", "--exclude=SC2250,SC2154", script) == "", name


@BOTH
def test_body__no_global_keyword_and_no_job_without_the_prefix(file: Path) -> None:
    _, body = read(file)
    assert {re.sub(r"\$\[\[ inputs\.job-prefix \]\]", "", name) for name in body} == {
        ".job", "plan", "static", "tests", "base", "gate",
    }  # fmt: skip
    assert all("$[[ inputs.job-prefix ]]" in name for name in body)


@BOTH
def test_body__no_input_inside_a_script_or_a_condition(file: Path) -> None:
    _, body = read(file)
    for name, job in body.items():
        assert "$[[" not in json.dumps([job.get("script"), job.get("rules")]), name
        assert "after_script" not in job, name


@BOTH
def test_body__history_is_whole_and_no_job_may_fail(file: Path) -> None:
    _, body = read(file)
    assert body[".$[[ inputs.job-prefix ]]job"]["variables"]["GIT_DEPTH"] == "0"
    for name, job in body.items():
        assert not job.get("allow_failure"), name
        assert "optional" not in json.dumps(job.get("needs")), name
        assert job.get("when", "on_success") == "on_success", name
        assert "GIT_DEPTH" not in job.get("variables", {}) or name.startswith("."), name


@BOTH
def test_body__every_interpolation_is_of_a_declared_input_and_every_input_is_used(file: Path) -> None:
    inputs, body = read(file)
    used = re.findall(r"\$\[\[(.*?)\]\]", json.dumps(body))
    assert {f" inputs.{name} " for name in inputs} == set(used)


@BOTH
def test_inputs__each__has_a_type_a_description_a_default_and_limits(file: Path) -> None:
    inputs, _ = read(file)
    for name, declared in inputs.items():
        assert {"type", "description", "default"} <= declared.keys(), name
        assert declared["type"] == "array" or {"regex", "options"} & declared.keys(), name


def test_inputs__documentation__has_each_with_its_default() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8").partition("\n## Inputs\n")[2]
    shown = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", text, re.MULTILINE))
    assert shown.keys() == DECLARED.keys()
    for name, declared in DECLARED.items():
        default = declared["default"]
        expected = "see below" if declared["type"] == "array" and default else f"`{default}`" if default else "empty"
        assert shown[name] == expected, name


def test_documentation__examples__give_declared_inputs_only() -> None:
    """GitLab refuses an input that is not declared; the engine of these tests does not."""
    examples = re.findall(
        r"^ *```yaml\n(.*?)^ *```", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    given = set()
    for text in examples:
        example = yaml.safe_load(textwrap.dedent(text))
        for part in (example, *example.get("include", ())):
            given |= part.get("inputs", {}).keys()
    assert len(examples) > 5
    assert {"python", "tests", "services", "job-prefix"} <= given <= DECLARED.keys()


def test_inputs__defaults_of_the_tables_here__are_all_inputs_of_free_text() -> None:
    assert GOOD.keys() == BAD.keys() == {name for name, declared in DECLARED.items() if "regex" in declared}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in GOOD for value in GOOD[name]])
def test_regex__good_value__matches(name: str, value: str) -> None:
    assert matches(name, value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_regex__bad_value__does_not_match(name: str, value: str) -> None:
    assert not matches(name, value)


def matches(name: str, value: str) -> bool:
    """Match as GitLab does: in RE2, ``$`` is the end of the text and not also the place before a last newline."""
    pattern = DECLARED[name]["regex"]
    assert (pattern[0], pattern[-1]) == ("^", "$")
    return re.fullmatch(pattern[1:-1], value) is not None


def test_rows__of_the_defaults__are_the_plan_of_the_default_policy(service: Service) -> None:
    service.project.commit({"pyproject.toml": '[project]\nname = "simple"\nversion = "1"\n'})
    service.project.commit({"README.md": "The base has no policy either."})

    python = DECLARED["python"]["default"]
    done = service.project.testkeep("plan", "--python", python, "--gitlab", "--base", "HEAD^")

    printed = yaml.safe_load(done.output.partition("inputs:\n")[2])
    assert printed == {name: DECLARED[name]["default"] for name in ("static", "tests", "base")}


def test_rows__printed_by_plan__are_inputs(service: Service) -> None:
    done = service.project.testkeep("plan", "--gitlab")

    printed = yaml.safe_load(done.output.partition("inputs:\n")[2])
    assert printed == {name: INPUTS[name] for name in ("static", "tests", "base")}


def test_rows__plan_without_static_stages__has_a_row_that_does_nothing(service: Service) -> None:
    done = service.project.testkeep("plan", "unit", "--no-base-jobs", "--gitlab")

    printed = yaml.safe_load(done.output.partition("inputs:\n")[2])
    assert printed == {"static": rows("none"), "tests": INPUTS["tests"], "base": rows("none")}


# That each expression refuses each of the bad values is shown above; here, that GitLab asks the expressions.
@pytest.mark.parametrize("name", ["kit", "shards", "working-directory"])
def test_bad_text__input__starts_no_pipeline(refusal: Callable[[dict[str, Any]], str], name: str) -> None:
    assert f"`{name}` input: `{BAD[name][0]}` does not match required regex" in refusal({name: BAD[name][0]})


@pytest.mark.parametrize("name", [name for name, declared in DECLARED.items() if "options" in declared])
def test_unknown_option__any_input__starts_no_pipeline(refusal: Callable[[dict[str, Any]], str], name: str) -> None:
    assert f"`{name}` input: `magic` cannot be used" in refusal({name: "magic"})


@pytest.mark.parametrize("name", [name for name, declared in DECLARED.items() if declared["type"] == "array"])
def test_text_for_rows__any_input__starts_no_pipeline(refusal: Callable[[dict[str, Any]], str], name: str) -> None:
    assert f"`{name}` input: provided value is not a array" in refusal({name: "unit-py312"})


@pytest.mark.parametrize("name", ["static", "tests", "base"])
def test_no_rows__any_matrix__starts_no_pipeline(refusal: Callable[[dict[str, Any]], str], name: str) -> None:
    assert f"[testkeep-{name}] for testkeep-gate could not be found" in refusal({name: []})


@pytest.mark.parametrize(
    ("policy", "inputs"),
    [
        pytest.param("[tool.testkeep]\n", {}, id="nothing but defaults"),
        pytest.param(
            "",
            {
                "static": [{"TESTKEEP_JOB": "none", "TESTKEEP_PYTHON": "3.12"}],
                "tests": [
                    {"TESTKEEP_JOB": f"{stage}-py312", "TESTKEEP_PYTHON": "3.12"}
                    for stage in ("unit", "integration", "migration", "concurrency")
                ],
            },
            id="the policy that is written with it",
        ),
        pytest.param(
            '[tool.testkeep]\nstages = ["lint", "unit"]\npython = ["3.12", "3.13"]\nsuites.shards = {unit = 2}\n',
            {
                "static": [{"TESTKEEP_JOB": "lint", "TESTKEEP_PYTHON": "3.12"}],
                "tests": [
                    {"TESTKEEP_JOB": f"unit-py{python.replace('.', '')}-{shard}of2", "TESTKEEP_PYTHON": python}
                    for python in ("3.12", "3.13")
                    for shard in (1, 2)
                ],
            },
            id="a policy of its own",
        ),
    ],
)
def test_init__policy__starter_has_the_rows_that_differ_from_the_defaults(
    service: Service, policy: str, inputs: dict[str, Any]
) -> None:
    assert DECLARED["python"]["default"] == "3.12"
    service.project.commit({"pyproject.toml": f'[project]\nname = "simple"\nversion = "1"\n{policy}'})
    (service.project.repository / ".gitlab-ci.yml").unlink()

    done = service.project.testkeep("init", "--ci", "gitlab", "--repository", "acme/kit", "--yes")

    assert done.exit_code == 0, done.errors
    (include,) = yaml.safe_load((service.project.repository / ".gitlab-ci.yml").read_text())["include"]
    assert (include["project"], include["file"]) == ("acme/kit", f"/{PIPELINE.relative_to(ROOT)}")
    given = include["inputs"]
    assert re.fullmatch(DECLARED["kit"]["regex"], given["kit"])
    assert {name: rows for name, rows in given.items() if name not in ("base", "kit")} == inputs
    assert [row["TESTKEEP_JOB"] for row in given.get("base", [])] == [
        f"base-{row['TESTKEEP_JOB']}" for row in inputs.get("tests", [])
    ]


def test_init__sub_folder__is_the_working_directory(tmp_path: Path) -> None:
    service = Service(tmp_path, place="services/my app")
    service.project.commit({"pyproject.toml": '[project]\nname = "simple"\nversion = "1"\n[tool.testkeep]\n'})
    (service.project.repository / ".gitlab-ci.yml").unlink()

    service.project.testkeep("init", "--ci", "gitlab", "--yes")

    (include,) = yaml.safe_load((service.project.repository / ".gitlab-ci.yml").read_text())["include"]
    assert {name: value for name, value in include["inputs"].items() if name != "kit"} == {
        "working-directory": "services/my app"
    }
