"""Where functions are called, told by their names."""

from __future__ import annotations

import pytest

from testkeep.formats.calls import Call, find_calls

_SOURCE = '''\
import mail

mail.send("now")


class Shop:
    limit = send("class body")

    async def close(self):
        """Docstring."""
        self.mailer.send(
            "bye",
        )

    def quiet(self):
        return sender()


def outer():
    def inner():
        send()

    callback = send
    return inner
'''


def test_find_calls__every_way_to_call__is_found_with_the_function_around_it() -> None:
    assert find_calls(_SOURCE, ["send"]) == (
        Call("send", 3, 3, 3),
        Call("send", 7, 7, 7),
        Call("send", 11, 10, 13),
        Call("send", 21, 21, 21),
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(_SOURCE, [], id="no names"),
        pytest.param(_SOURCE, ["mailer"], id="not called"),
        pytest.param("def f(:", ["f"], id="no Python"),
        pytest.param("(send)()()[0]()", ["other"], id="odd calls"),
    ],
)
def test_find_calls__nothing_to_find__is_nothing(text: str, names: list[str]) -> None:
    assert find_calls(text, names) == ()
