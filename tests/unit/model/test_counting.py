"""Which files count for coverage."""

from __future__ import annotations

import pytest

from testkeep.model.counting import omitted, production_files
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
