"""Which files count for coverage."""

from __future__ import annotations

import pytest

from testkeep.model.counting import measured_folders, no_neighbours, omitted, production_files
from testkeep.model.patterns import matches
from testkeep.model.policy import CoveragePolicy

_FILES = [
    "app/__init__.py",
    "app/conftest.py",
    "app/cart/test_cart.py",
    "app/cart/cart_test.py",
    "app/cart/tests/helpers.py",
    "app/cart.py",
    "app/data.json",
    "app/db/alembic/env.py",
    "app/db/alembic/versions/0001.py",
    "app/migrations/env.py",
    "app/migrations/versions/0001.py",
    "app/proto/shop_pb2.py",
    "app/_version.py",
    "app/generated/client.py",
    "main.py",
    "tests/test_main.py",
    "tests/generated.py",
]


@pytest.mark.parametrize(
    ("source", "policy", "expected"),
    [
        pytest.param(
            ("app", "main.py"),
            CoveragePolicy(),
            ["app/__init__.py", "app/cart.py", "main.py"],
            id="tests, migrations and generated files do not count",
        ),
        pytest.param(
            ("app",),
            CoveragePolicy(omit=("app/migrations/**",)),
            ["app/__init__.py", "app/cart.py"],
            id="nor does what is left out",
        ),
        pytest.param(
            ("app",),
            CoveragePolicy(include=("app/migrations/versions/**", "app/_version.py")),
            [
                "app/__init__.py",
                "app/cart.py",
                "app/migrations/versions/0001.py",
                "app/_version.py",
            ],
            id="what is included does, all the same",
        ),
        pytest.param(
            ("app",),
            CoveragePolicy(include=("app/migrations/env.py",)),
            ["app/__init__.py", "app/cart.py", "app/migrations/env.py"],
            id="so does the set-up of migrations",
        ),
        pytest.param(
            ("app",),
            CoveragePolicy(include=("app/_version.py",), omit=("app/_version.py", "app/migrations/**")),
            ["app/__init__.py", "app/cart.py"],
            id="unless it is left out as well",
        ),
        pytest.param(("src",), CoveragePolicy(), [], id="no such source"),
        pytest.param(
            (".",),
            CoveragePolicy(),
            ["app/__init__.py", "app/cart.py", "main.py"],
            id="the root as source",
        ),
    ],
)
def test_production_files__table(source: tuple[str, ...], policy: CoveragePolicy, expected: list[str]) -> None:
    assert production_files(source, _FILES, policy) == expected


@pytest.mark.parametrize("include", [(), ("app/_version.py",)], ids=["patterns", "one by one"])
def test_omitted__patterns_or_files__leave_out_what_does_not_count(include: tuple[str, ...]) -> None:
    policy = CoveragePolicy(include=include)
    never = omitted(("app",), _FILES, policy)
    counted = {*production_files(("app",), _FILES, policy)}
    python = {file for file in _FILES if file.startswith("app/") and file.endswith(".py")}
    assert {file for file in python if matches(file, never)} == python - counted


@pytest.mark.parametrize(
    ("source", "names", "expected"),
    [
        pytest.param(
            ["main.py"], ["main.py", "setup.py", "tests/", ".venv/"], ["setup.py", "tests/**", ".venv/**"], id="all"
        ),
        pytest.param(["app", "main.py"], ["app/", "main.py"], [], id="the source alone"),
        pytest.param(["lib/app", "main.py"], ["lib/", "main.py"], [], id="what leads to the source"),
        pytest.param([".", "main.py"], ["setup.py", "tests/"], [], id="the folder itself is measured"),
        pytest.param(["main.py"], ["README", "a[b]*$/"], ["a?b???/**"], id="no Python, and letters of patterns"),
    ],
)
def test_no_neighbours__of_single_modules__are_not_measured(
    source: list[str], names: list[str], expected: list[str]
) -> None:
    assert no_neighbours(source, ".", names) == expected


def test_measured_folders__modules_of_one_folder__are_one() -> None:
    assert measured_folders(["app", "main.py", "worker.py", "jobs/nightly.py"]) == ["app", ".", "jobs"]
