"""Ways in which a change could make its coverage look better than it is, and those that only look like one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from integration.cli.covered_project import CALC, covered_project, numbers, policy
from repositories import GitProject

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

GAP = "def gap(x):\n" + "".join(f"    x = x + {n}\n" for n in range(8)) + "    return x\n"
WIDE = "def wide(a, b, c):\n    return dict(\n        a=a,\n        b=b,\n        c=c,\n    )\n"
IMPORTS_GAP = "import app.gap\n\n\ndef test_gap():\n    assert app.gap\n"


def _project(tmp_path: Path, files: dict[str, str] | None = None, config: str = "") -> GitProject:
    return covered_project(tmp_path / "repository", files, config=config, diff=90, ratchet="true")


def _move_all(project: GitProject) -> None:
    project.git("mv", "app", "tools")
    project.replace("tests/unit/test_calc.py", "from app", "from tools")


def _move_one(project: GitProject) -> None:
    project.write({"helpers/__init__.py": ""})
    project.git("mv", "app/calc.py", "helpers/calc.py")
    project.replace("pyproject.toml", "[tool.testkeep]", '[tool.testkeep]\nsource = ["app"]')
    project.replace("tests/unit/test_calc.py", "from app", "from helpers")


def _move_to_generated(project: GitProject) -> None:
    project.write({"app/generated/__init__.py": ""})
    project.git("mv", "app/calc.py", "app/generated/calc.py")
    project.replace("tests/unit/test_calc.py", "from app.calc", "from app.generated.calc")


@pytest.mark.parametrize(
    ("move", "file"),
    [
        pytest.param(_move_all, "tools/__init__.py and 1 more", id="all, to where no source is looked for"),
        pytest.param(_move_one, "helpers/calc.py", id="a file, out of the source"),
        pytest.param(_move_to_generated, "app/generated/calc.py", id="a file, to where nothing counts"),
    ],
)
def test_code_leaves_the_source__is_a_loosening(tmp_path: Path, move: Callable[[GitProject], None], file: str) -> None:
    project = _project(tmp_path)
    move(project)
    project.commit()

    run = project.testkeep("run")

    assert (run.exit_code, "TK503" in run.codes) == (1, True), run.output
    assert f"{file} counted for coverage at" in run.finding("TK503").message


def test_code_becomes_a_tests_helper__is_only_noted(tmp_path: Path) -> None:
    project = _project(tmp_path, {"app/fake.py": "FAKE = 1\n", "tests/unit/test_fake.py": "import app.fake\n"})
    project.git("mv", "app/fake.py", "tests/unit/fake.py")
    project.commit({"tests/unit/test_fake.py": ""})

    run = project.testkeep("run")

    assert (run.exit_code, [(one.code, one.severity) for one in run.findings]) == (0, [("TK503", "note")]), run.output


def test_another_package_takes_the_place_of_the_source__is_a_loosening(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit(
        {"app/calc.py": CALC, "tests/unit/test_calc.py": "import app.calc\n\n\ndef test():\n    assert app.calc\n"}
    )
    project.commit({"helpers/__init__.py": "", "app/gap.py": GAP})

    run = project.testkeep("run", "unit")

    assert run.finding("TK503").message.startswith("app/calc.py counted for coverage at"), run.output


def test_new_code_outside_the_source__is_stated(tmp_path: Path) -> None:
    project = _project(tmp_path)
    project.commit({"workers/mail.py": GAP, "scripts/seed.py": GAP, "tests/unit/test_x.py": ""})

    run = project.testkeep("run")

    note = "changed, and not measured, because it is outside of source (app): workers/mail.py"
    assert (run.exit_code, note in run.verdict.notes) == (0, True), run.output


def test_no_source_at_all__is_stated(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit({"scripts/a.py": GAP, "tests/unit/test_a.py": "def test():\n    assert 1 + 1 == 2\n"})

    run = project.testkeep("run", "--base", "none")

    assert any(note.startswith("coverage is not measured: no production code was found") for note in run.verdict.notes)


def test_tests_are_measured_too__count_for_nothing(tmp_path: Path) -> None:
    project = _project(tmp_path)
    filler = "".join(f"x{n} = {n}\n" for n in range(100))
    project.commit(
        {
            "app/gap.py": GAP,
            "tests/unit/test_filler.py": f"import app.gap\n\n\ndef test():\n    assert app.gap\n\n\n{filler}",
            "pytest.ini": "[pytest]\naddopts = --cov=.\n",
        }
    )

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK303", "TK304"]), run.output
    assert numbers(run) == (25.0, 10.0, 100.0)


def test_only_a_part_of_a_package_is_the_source__the_rest_does_not_count(tmp_path: Path) -> None:
    project = covered_project(
        tmp_path / "repository", {"app/core/__init__.py": "", "app/core/calc.py": CALC, "app/legacy.py": GAP}
    )
    project.replace("pyproject.toml", "[tool.testkeep]", '[tool.testkeep]\nsource = ["app/core"]')
    project.replace("tests/unit/test_calc.py", "from app.calc", "from app.core.calc")
    project.commit()

    run = project.testkeep("run", "--base", "none")

    assert numbers(run)[0] == 100.0, run.output


def test_code_that_git_ignores__counts_for_nothing(tmp_path: Path) -> None:
    project = _project(tmp_path, {".gitignore": "__pycache__/\n.pytest_cache/\napp/local.py\n"})
    project.write({"app/local.py": GAP})

    run = project.testkeep("run", "--base", "none")

    assert numbers(run)[0] == 100.0, run.output


def test_threshold_in_coverages_own_configuration__is_the_policys_matter(tmp_path: Path) -> None:
    project = _project(tmp_path, config="[tool.coverage.report]\nfail_under = 101\n")

    run = project.testkeep("run", "--base", "none")

    assert (run.exit_code, run.codes) == (0, []), run.output


def test_policy_is_a_link__is_read_at_the_base_too(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.write({"shared.toml": "[coverage]\noverall = 90\nratchet = false\nlayers = {}\n", "app/__init__.py": ""})
    (project.root / "testkeep.toml").symlink_to("shared.toml")
    project.commit(
        {
            "app/calc.py": CALC,
            "tests/unit/test_calc.py": "from app.calc import add\n\n\ndef test():\n    assert add(1, 1) == 2\n",
        }
    )
    project.commit(
        {"shared.toml": "[coverage]\noverall = 1\ndiff = 0\nratchet = false\nlayers = {}\n", "app/gap.py": GAP}
    )

    run = project.testkeep("run", "unit")

    loosened = {finding.test for finding in run.findings if finding.code == "TK503"}
    assert loosened == {"coverage.overall", "coverage.diff"}, run.output


def test_only_a_continuation_line_is_changed__is_a_change_of_its_statement(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        {"app/wide.py": WIDE, "tests/unit/test_wide.py": "import app.wide\n\n\ndef test():\n    assert app.wide\n"},
    )
    project.replace("app/wide.py", "b=b", "b=b + 1")
    project.commit()

    run = project.testkeep("run")

    finding = run.finding("TK303")
    assert (run.exit_code, finding.path, finding.line) == (1, "app/wide.py", 2), run.output


def test_plugin_of_coverage_that_the_change_adds__does_not_count_yet(tmp_path: Path) -> None:
    plugin = """\
        import coverage


        class Hide(coverage.CoveragePlugin):
            def configure(self, config):
                config.set_option("report:exclude_lines", ["def "])


        def coverage_init(reg, options):
            reg.add_configurer(Hide())
        """
    project = _project(tmp_path)
    project.write({"app/gap.py": GAP, "tests/unit/test_gap.py": IMPORTS_GAP, "tests/hide.py": plugin})
    text = (project.root / "pyproject.toml").read_text()
    project.commit({"pyproject.toml": f'{text}\n[tool.coverage.run]\nplugins = ["tests.hide"]\n'})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (1, ["TK303", "TK304", "TK503"]), run.output
    assert "run.plugins is nothing at" in run.finding("TK503").message


def test_paths_of_coverage__do_not_lend_lines_to_other_files(tmp_path: Path) -> None:
    config = '[tool.coverage.paths]\nx = ["app/dead", "*/app/live"]\n'
    files = {"app/live/__init__.py": "", "app/live/a.py": CALC, "app/dead/__init__.py": "", "app/dead/a.py": CALC}
    test = "from app.live.a import add\n\n\ndef test_live():\n    assert add(1, 2) == 3\n"
    project = _project(tmp_path, {**files, "tests/unit/test_live.py": test}, config)

    run = project.testkeep("run", "--base", "none")

    assert numbers(run)[0] == 66.66, run.output


@pytest.mark.parametrize("silence", ["PYTHONWARNINGS", "disable_warnings"])
def test_changed_file_that_is_no_python__is_named_whatever_is_silenced(tmp_path: Path, silence: str) -> None:
    config = '[tool.coverage.run]\ndisable_warnings = ["couldnt-parse"]\n' if silence == "disable_warnings" else ""
    project = _project(tmp_path, config=config)
    project.commit({"app/broken.py": "def f(:\n"})

    run = project.testkeep("run", **({"PYTHONWARNINGS": "ignore"} if silence == "PYTHONWARNINGS" else {}))

    assert (run.exit_code, run.codes) == (1, ["TK305"]), run.output


def test_well_covered_file_is_replaced_by_a_new_one__is_not_only_a_removal(tmp_path: Path) -> None:
    long = "".join(f"x{n} = {n}\n" for n in range(20))
    project = covered_project(
        tmp_path / "repository",
        {
            "app/long.py": long,
            "tests/unit/test_long.py": "import app.long\n\n\ndef test_long():\n    assert app.long\n",
        },
        overall=90,
    )
    project.git("rm", "--quiet", "app/long.py", "tests/unit/test_long.py")
    project.commit({"app/gap.py": GAP})

    run = project.testkeep("run")

    assert [finding.severity for finding in run.findings if finding.code == "TK301"] == ["error"], run.output


@pytest.mark.parametrize(
    ("config", "before"),
    [
        pytest.param('[tool.coverage.report]\nexclude_also = ["def gap"]\n', 25.0, id="less is excluded"),
        # When the base's tests ran, nothing was measured of it.
        pytest.param('[tool.coverage.run]\nomit = ["app/gap.py"]\n', 16.66, id="less is omitted"),
    ],
)
def test_coverage_is_told_to_count_more__is_no_fall(tmp_path: Path, config: str, before: float) -> None:
    project = covered_project(
        tmp_path / "repository",
        {"app/gap.py": GAP, "tests/unit/test_gap.py": IMPORTS_GAP},
        config=config,
        ratchet="true",
    )
    project.replace("pyproject.toml", config, "")
    project.commit()

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)) == (0, [], (25.0, None, before)), run.output


def test_source_gets_wider__is_no_fall(tmp_path: Path) -> None:
    project = covered_project(tmp_path / "repository", {"lib/__init__.py": "", "lib/gap.py": GAP}, ratchet="true")
    project.replace("pyproject.toml", "[tool.testkeep]", '[tool.testkeep]\nsource = ["app", "lib"]')
    project.commit()

    run = project.testkeep("run")

    assert "TK304" not in run.codes, run.output


def test_test_rewrites_the_code_after_it_ran__is_inconclusive(tmp_path: Path) -> None:
    project = _project(tmp_path)
    project.commit(
        {
            "app/gap.py": GAP,
            "conftest.py": """\
                import pathlib


                def pytest_sessionfinish():
                    pathlib.Path("app/gap.py").write_text("# nothing to see\\n")
                """,
        }
    )

    run = project.testkeep("run")

    assert (run.exit_code, "TK502" in run.codes) == (4, True), run.output
    assert run.finding("TK502").message == "files: they were changed while the stages ran"


def test_test_leaves_a_new_file_behind__is_no_change_of_the_code(tmp_path: Path) -> None:
    project = _project(tmp_path)
    writes = "import pathlib\n\n\ndef test_writes():\n    assert pathlib.Path('left.py').write_text('x = 1')\n"
    project.commit({"tests/unit/test_writes.py": writes})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (0, []), run.output
    assert (project.root / "left.py").exists()


def test_plugin_of_coverage_in_a_src_folder__is_found_by_the_reports(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit(
        {
            "pyproject.toml": policy() + '[tool.coverage.run]\nplugins = ["shop.plugin"]\n',
            "src/shop/__init__.py": "",
            "src/shop/plugin.py": "def coverage_init(reg, options):\n    return None\n",
            "tests/unit/test_shop.py": """\
                from shop import plugin


                def test():
                    assert plugin.coverage_init(1, 2) is None
                """,
        }
    )

    run = project.testkeep("run", "--base", "none")

    # coverage.py imports its plugin before it measures: the first line is lost.
    assert (run.exit_code, numbers(run)[0]) == (0, 50.0), run.output


def test_module_is_a_link__counts_once(tmp_path: Path) -> None:
    project = _project(tmp_path)
    (project.root / "app" / "other.py").symlink_to("calc.py")
    project.commit(
        {"tests/unit/test_other.py": "from app.other import add\n\n\ndef test_other():\n    assert add(1, 1) == 2\n"}
    )

    run = project.testkeep("run")

    assert (run.exit_code, run.codes, numbers(run)[0]) == (0, [], 100.0), run.output


def test_changed_lines_that_code_excludes_itself__are_stated(tmp_path: Path) -> None:
    project = _project(tmp_path)
    project.commit(
        {"app/gap.py": GAP.replace("(x):", "(x):  # pragma: no cover"), "tests/unit/test_gap.py": IMPORTS_GAP}
    )

    run = project.testkeep("run")

    note = "excluded from coverage (pragma: no cover, exclude_also): 10 lines of the change"
    assert (run.exit_code, note in run.verdict.notes) == (0, True), run.output


def test_report_folder_has_a_folder_where_a_file_is_written__is_a_users_mistake(tmp_path: Path) -> None:
    project = _project(tmp_path)
    (tmp_path / "report" / "coverage.measuring.toml").mkdir(parents=True)

    run = project.testkeep("run", "--report", str(tmp_path / "report"))

    assert (run.exit_code, "Traceback" in run.errors) == (2, False), run.errors


def test_data_of_an_earlier_run__are_not_taken_for_this_one(tmp_path: Path) -> None:
    project = _project(tmp_path)
    project.testkeep("run", "--base", "none")
    (project.evidence / "unit.json").unlink()

    run = project.testkeep("run", "--base", "none", "--", "--no-cov")

    assert (run.exit_code, run.codes) == (4, ["TK501"]), run.output
