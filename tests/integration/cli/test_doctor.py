"""``testkeep doctor`` on real projects: what it says of each, and that it changes nothing."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from repositories import GitProject, simple_project
from testkeep.model.checkup import Check, Checkup, Status

PATIENT = ("--patience", "60")
RANDOM_ID = """\
    import uuid

    import pytest


    @pytest.mark.parametrize("key", [str(uuid.uuid4())])
    def test_key(key):
        assert key
    """
WRITES = """\
    from pathlib import Path

    Path(__file__).with_name("made.txt").write_text("made")


    def test_made():
        assert True
    """


def _found(project: GitProject, *, code: int, **environment: str) -> dict[str, Check]:
    asked = project.testkeep("doctor", "--json", *PATIENT, **environment)
    assert asked.exit_code == code, asked.output + asked.errors
    return {check.name: check for check in msgspec.json.decode(asked.output, type=Checkup).checks}


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nothing listens: bound, so that nobody else takes it."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_doctor__simple_project__counts_its_tests_and_leaves_nothing(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")

    asked = project.testkeep("doctor", *PATIENT)

    lines = asked.output.splitlines()
    assert (asked.exit_code, asked.errors) == (0, "")
    assert len(lines) <= 30
    assert all(line.split()[0] in list(Status) for line in lines[:-1])
    assert [line.split() for line in lines if line.split()[1:3] == ["stage", "unit"]] == [
        ["ok", "stage", "unit", "4", "tests"]
    ]
    left = project.git("status", "--porcelain", "--ignored").splitlines()
    assert all(entry.endswith("__pycache__/") for entry in left), left


def test_doctor__random_id__is_a_problem(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({"tests/unit/test_key.py": RANDOM_ID})

    check = _found(project, code=1)["test ids"]

    assert check.status is Status.PROBLEM
    assert "tests/unit/test_key.py::test_key[" in check.said


@pytest.mark.parametrize(
    ("code", "status", "text"),
    [
        pytest.param(1, Status.PROBLEM, 'import os\n\nURL = os.environ.get("SHOP_URL")\n', id="the project names it"),
        pytest.param(0, Status.WARNING, "", id="nobody names it"),
    ],
)
def test_doctor__refused_port__is_said_with_its_address(
    tmp_path: Path, free_port: int, code: int, status: Status, text: str
) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({"app/settings.py": text})

    check = _found(project, code=code, SHOP_URL=f"redis://127.0.0.1:{free_port}/0")["service"]

    assert check.status is status
    assert f"SHOP_URL: 127.0.0.1:{free_port} refuses connections" in check.said


def test_doctor__many_faults__are_each_said(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository", policy="[tool.testkeep]\nstages = ['unit', 'migration']\n")
    project.commit({"tests/unit/test_made.py": WRITES, "tests/unit/test_broken.py": "import not_there\n"})
    project.write({".git/info/exclude": ".env\n", ".env": "KEY=1\n"})

    found = _found(project, code=1)

    assert {name: found[name].status for name in ("tests", "stage migration", "ignored files", "working tree")} == {
        "tests": Status.PROBLEM,
        "stage migration": Status.WARNING,
        "ignored files": Status.WARNING,
        "working tree": Status.WARNING,
    }
    assert "tests/unit/test_broken.py" in found["tests"].said
    assert "made.txt" in found["working tree"].said


FAILS_BESIDE_ANOTHER = """\
    import time
    from pathlib import Path

    lock = Path({path!r})
    lock.touch(exist_ok=False)
    time.sleep(3)
    lock.unlink()


    def test_lock():
        assert not lock.exists()
    """


def test_doctor__one_collection_is_in_the_way_of_the_other__counts_the_tests(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({"tests/unit/test_lock.py": FAILS_BESIDE_ANOTHER.format(path=str(tmp_path / "lock"))})

    found = _found(project, code=0)

    assert (found["stage unit"].said, found["test ids"].status) == ("5 tests", Status.OK)


BREAK_EACH_OTHER = """\
    import time
    from pathlib import Path

    users = Path({path!r})
    with users.open("a") as file:
        file.write("one more\\n")
    time.sleep(3)
    try:
        assert len(users.read_text().splitlines()) == 1
    finally:
        users.unlink(missing_ok=True)


    def test_users():
        assert not users.exists()
    """


def test_doctor__two_collections_break_each_other__counts_the_tests(tmp_path: Path) -> None:
    """A conftest, say, that drops and creates the one database."""
    project = simple_project(tmp_path / "repository")
    project.commit({"tests/unit/test_users.py": BREAK_EACH_OTHER.format(path=str(tmp_path / "users"))})

    found = _found(project, code=0)

    assert (found["stage unit"].said, found["test ids"].status) == ("5 tests", Status.OK)


def test_doctor__one_collection_takes_too_long__counts_what_the_other_found(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    hangs = "import os\nimport time\n\nif os.environ['PYTHONHASHSEED'] == '1':\n    time.sleep(60)\n"
    project.commit({"tests/conftest.py": hangs})

    lines = project.testkeep("doctor", "--patience", "8").output.splitlines()

    assert [line.split()[1:] for line in lines if line.split()[1:3] == ["stage", "unit"]] == [
        ["stage", "unit", "4", "tests"]
    ]
    assert any("not compared" in line for line in lines)


@pytest.fixture
def _one_processor() -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("the system does not bind processes to processors")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.mark.usefixtures("_one_processor")
def test_doctor__one_processor__begins_no_second_collection_when_its_patience_is_over(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    begun = tmp_path / "begun"
    slow = f"import pathlib\nimport time\n\npathlib.Path({str(begun)!r}).open('a').write('.')\ntime.sleep(60)\n"
    project.commit({"tests/conftest.py": slow})

    said, _ = project.start("doctor", "--patience", "5").communicate()

    assert "not counted" in said
    # None, if the machine is so busy that not even the first one comes to its conftest.
    assert not begun.exists() or begun.read_text() == "."


def test_doctor__the_last_run_left_a_file__names_it(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    writes = "from pathlib import Path\n\n\ndef test_made():\n    Path('made.txt').write_text('made')\n"
    project.commit({"tests/unit/test_made.py": writes})

    before = _found(project, code=0)["working tree"]
    run = project.testkeep("run", "unit", "--base", "none")
    after = _found(project, code=0)["working tree"]
    (project.root / "made.txt").unlink()
    project.commit({"tests/unit/test_made.py": "def test_made():\n    assert True\n"})
    project.testkeep("run", "unit", "--base", "none")

    assert (before.status, run.exit_code) == (Status.OK, 0)
    assert (after.status, after.said) == (Status.WARNING, "the last run changed 1 file: made.txt")
    assert _found(project, code=0)["working tree"].status is Status.OK


def test_doctor__what_the_last_run_left__is_only_what_tests_left_and_git_still_sees(tmp_path: Path) -> None:
    """Neither the evidence, wherever it is, nor a file that somebody has removed or put back since."""
    project = simple_project(tmp_path / "repository")
    writes = """\
        from pathlib import Path


        def test_made():
            for name in ("removed.txt", "restored.txt", "left.txt"):
                Path(name).write_text("made")
        """
    project.commit({"tests/unit/test_made.py": writes, "restored.txt": "committed"})

    project.testkeep("run", "unit", "--base", "none", "--evidence", "proof", "--report", "page")
    (project.root / "removed.txt").unlink()
    project.git("checkout", "restored.txt")

    assert (project.root / "proof").is_dir()
    assert _found(project, code=0)["working tree"].said == "the last run changed 1 file: left.txt"


def test_run__leaves_a_name_that_is_no_text__ends_as_ever(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    writes = "def test_made():\n    with open(b'made-\\xff.txt', 'wb') as file:\n        assert file\n"
    project.commit({"tests/unit/test_made.py": writes})

    run = project.testkeep("run", "unit", "--base", "none")

    assert run.exit_code == 0, run.errors
    assert _found(project, code=0)["working tree"].said == "the last run changed 1 file: made-?.txt"


def test_doctor__pytest_does_not_start__says_why(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({"pytest.ini": "[pytest]\naddopts = --no-such-option\n"})

    check = _found(project, code=1)["tests"]

    assert (check.status, "--no-such-option" in check.said) == (Status.PROBLEM, True)


def test_doctor__tools__are_said_with_where_they_were_found(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({"mypy.ini": "[mypy]\n", "setup.cfg": "[flake8]\n"})
    policy = '[tool.testkeep]\nstages = ["lint", "unit"]\n\n[tool.testkeep.commands]\nlint = ["no-such-linter ."]\n'
    listed = simple_project(tmp_path / "listed", policy=policy)

    found, missing = _found(project, code=0), _found(listed, code=1)

    assert "mypy, found in mypy.ini, run with app; version" in found["stage typing"].said
    assert (missing["stage lint"].status, "no-such-linter" in missing["stage lint"].said) == (Status.PROBLEM, True)
    assert "stage typing" not in missing


def test_doctor__hooks_that_nobody_can_read__are_one_problem(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({".pre-commit-config.yaml": "repos: [\n"})

    found = _found(project, code=1)

    assert [name for name, check in found.items() if check.status is Status.PROBLEM] == ["static tools"]


def test_doctor__no_patience__says_how_to_have_more(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({"tests/conftest.py": "import time\n\ntime.sleep(60)\n"})

    asked = project.testkeep("doctor", "--patience", "0.5")

    assert asked.exit_code == 0, asked.output + asked.errors
    assert "--patience 60" in asked.output


def test_doctor__no_patience_after_a_run__says_what_that_found(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.testkeep("run", "unit", "--base", "none")
    project.commit({"tests/conftest.py": "import time\n\ntime.sleep(60)\n"})

    asked = project.testkeep("doctor", "--patience", "0.5")

    assert "the last run found 4 of stage unit" in asked.output


@pytest.mark.parametrize(
    "arguments",
    [pytest.param(("--no-such-option",), id="option"), pytest.param(("--patience", "soon"), id="value")],
)
def test_doctor__wrong_usage__exits_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert simple_project(tmp_path / "repository").testkeep("doctor", *arguments).exit_code == 2


def test_doctor__no_repository__says_what_run_says(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")

    asked = project.testkeep("doctor", cwd=tmp_path)

    assert asked.exit_code == 2
    assert "not a git repository" in asked.errors


def _virtual_environment(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return folder


def test_doctor__environment_of_testkeep_is_active__is_named(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")

    check = _found(project, code=0, VIRTUAL_ENV=sys.prefix)["python"]

    assert (check.status, sys.prefix in check.said) == (Status.OK, True)


@pytest.mark.parametrize(
    "folder", [pytest.param("active", id="activated"), pytest.param("repository/.venv", id=".venv")]
)
def test_doctor__project_has_another_environment__is_a_warning_that_names_both(tmp_path: Path, folder: str) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({".gitignore": ".venv/\n__pycache__/\n.testkeep/\n"})
    other = _virtual_environment(tmp_path / folder)
    active = str(other) if folder == "active" else ""

    check = _found(project, code=0, VIRTUAL_ENV=active)["python"]

    assert check.status is Status.WARNING
    assert str(other) in check.said
    assert sys.executable in check.said


def test_run__another_environment_is_active__is_said_before_all_else(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    other = _virtual_environment(tmp_path / "other")

    run = project.testkeep("run", "unit", VIRTUAL_ENV=str(other))

    assert str(other) in run.errors + run.output
