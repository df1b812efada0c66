"""The Python versions that a project names."""

from __future__ import annotations

import json

import pytest

from testkeep.formats.python_versions import NamedVersions, named_versions

CLASSIFIER = "Programming Language :: Python :: "


@pytest.mark.parametrize(
    ("required", "named", "versions"),
    [
        pytest.param(">=3.9", ["3", "3.10", "3.11", "3.13", "3 :: Only"], ("3.11", "3.13"), id="classifiers from 3.11"),
        pytest.param(">=3.12", ["3.11", "3.12"], ("3.12",), id="a classifier that is not allowed"),
        pytest.param(">=3.11.4", ["3.11"], ("3.11",), id="a floor within a version"),
        pytest.param(">=3.12", [], ("3.12",), id="a floor"),
        pytest.param(">=3.12,<4", [], ("3.12",), id="a floor and a bound"),
        pytest.param("==3.13.*", [], ("3.13",), id="one version"),
        pytest.param(">=3.9", [], (), id="a floor below testkeep's own"),
        pytest.param(">=3.11,>=3.12", [], (), id="two floors"),
        pytest.param("!=3.12", [], (), id="no floor"),
        pytest.param("soon", ["3.12"], ("3.12",), id="no specifier"),
        pytest.param("", [], (), id="nothing"),
    ],
)
def test_named_versions__project__has_what_is_simple(
    required: str, named: list[str], versions: tuple[str, ...]
) -> None:
    classifiers = json.dumps([f"{CLASSIFIER}{version}" for version in named])

    found = named_versions(f'[project]\nrequires-python = "{required}"\nclassifiers = {classifiers}\n')

    assert found.versions == versions


@pytest.mark.parametrize(
    "text", ["", "project = 1", "[project]\nclassifiers = 1", "[", "[project]\nrequires-python = 3"]
)
def test_named_versions__odd_text__names_none(text: str) -> None:
    assert named_versions(text) == NamedVersions()
