"""GitHub's word for the end of each job."""

from __future__ import annotations

import pytest

from testkeep.errors import UsageError
from testkeep.formats.needs_json import read_needs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", {}, id="not given"),
        pytest.param("{}", {}, id="no jobs"),
        pytest.param(
            '{"plan": {"result": "success", "outputs": {"x": "$(touch a)"}}, "tests": {"result": "cancelled"}}',
            {"plan": "success", "tests": "cancelled"},
            id="two jobs",
        ),
    ],
)
def test_read_needs(text: str, expected: dict[str, str]) -> None:
    assert read_needs(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "--needs: not JSON: ", id="truncated"),
        pytest.param('{"a":' * 100_000, "--needs: not JSON: ", id="too deep"),
        pytest.param('["tests"]', "--needs: expected an object with a 'result' for each job", id="a list"),
        pytest.param('{"tests": "success"}', "--needs: expected an object with a 'result' for each job", id="texts"),
        pytest.param('{"tests": {}}', "--needs: expected an object with a 'result' for each job", id="no result"),
    ],
)
def test_read_needs__something_else__is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_needs(text)

    assert caught.value.message.startswith(message)
    assert caught.value.hint == "Give what ${{ toJSON(needs) }} is."
