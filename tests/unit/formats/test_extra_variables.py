"""Variables for the tests from one JSON text."""

from __future__ import annotations

import pytest

from testkeep.errors import UsageError
from testkeep.formats.extra_variables import read_extra_variables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, {}, id="not set"),
        pytest.param("  ", {}, id="empty"),
        pytest.param("{}", {}, id="no variables"),
        pytest.param('{"TZ": "UTC", "_A1": "x=$(y)"}', {"TZ": "UTC", "_A1": "x=$(y)"}, id="two"),
    ],
)
def test_read_extra_variables(text: str | None, expected: dict[str, str]) -> None:
    assert read_extra_variables({} if text is None else {"TESTKEEP_EXTRA_ENV": text}) == expected


def test_read_extra_variables__port_of_the_database__is_put_in() -> None:
    text = '{"URL": "postgresql://u@localhost:${TESTKEEP_POSTGRES_PORT}/db", "RAW": "${HOME}"}'

    assert read_extra_variables({"TESTKEEP_EXTRA_ENV": text, "TESTKEEP_POSTGRES_PORT": "5433"}) == {
        "URL": "postgresql://u@localhost:5433/db",
        "RAW": "${HOME}",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "not JSON: ", id="truncated"),
        pytest.param("[]", "expected a JSON object of texts", id="a list"),
        pytest.param('{"A": 1}', "expected a JSON object of texts", id="a number"),
        pytest.param('{"A B": "1"}', "'A B' is no variable that can be set here", id="no name"),
        pytest.param('{"GITHUB_SHA": "1"}', "'GITHUB_SHA' is no variable that can be set here", id="GitHub's own"),
        pytest.param('{"TESTKEEP_NEEDS": ""}', "'TESTKEEP_NEEDS' is no variable that can be set", id="the pipeline's"),
        pytest.param('{"PYTEST_ADDOPTS": ""}', "'PYTEST_ADDOPTS' is no variable that can be set here", id="pytest's"),
        pytest.param('{"A": "\\u0000"}', "the value of 'A' cannot be a variable's", id="a value with NUL"),
        pytest.param('{"A": "\\ud800"}', "the value of 'A' cannot be a variable's", id="half a character"),
        pytest.param('{"A\\n": "1"}', "'A\\n' is no variable", id="a name with a line feed"),
    ],
)
def test_read_extra_variables__something_else__is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_extra_variables({"TESTKEEP_EXTRA_ENV": text})

    assert caught.value.message.startswith("TESTKEEP_EXTRA_ENV: ")
    assert message in caught.value.message
