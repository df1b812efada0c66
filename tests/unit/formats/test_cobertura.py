"""Cobertura's XML: names relative to the repository, and what was missed."""

from __future__ import annotations

import pytest

from testkeep.errors import EvidenceError
from testkeep.formats.cobertura import MeasuredFile, loads, repository_relative

_LINES = (
    '<line number="1" hits="1"/>'
    '<line number="2" hits="1" branch="true" condition-coverage="50% (1/2)" missing-branches="4,exit"/>'
    '<line number="3" hits="0" branch="true" condition-coverage="0% (0/2)" missing-branches="4,5"/>'
)


def _report(*names: str, source: str = "/machine/project") -> bytes:
    classes = "".join(f'<class filename="{name}"><lines>{_LINES}</lines></class>' for name in names)
    packages = f"<packages><package><classes>{classes}</classes></package></packages>"
    return f"<coverage><sources><source>{source}</source></sources>{packages}</coverage>".encode()


@pytest.mark.parametrize(
    ("folder", "name", "expected"),
    [
        pytest.param("services/billing", "src/shop/cart.py", "services/billing/src/shop/cart.py", id="sub-folder"),
        pytest.param("", "src/shop/cart.py", "src/shop/cart.py", id="root"),
        pytest.param(".", "cart.py", "cart.py", id="root as a dot"),
        pytest.param("services/billing", "../shared/money.py", "services/shared/money.py", id="beside the project"),
        pytest.param("größe", "naïve name.py", "größe/naïve name.py", id="not ASCII"),
        pytest.param("services", "/elsewhere/x.py", "/elsewhere/x.py", id="absolute"),
    ],
)
def test_repository_relative__a_report__has_names_from_the_root(folder: str, name: str, expected: str) -> None:
    relative = repository_relative(_report(name), folder)

    assert list(loads(relative)) == [expected]
    assert b"<sources><source>.</source></sources>" in relative
    assert b"/machine/" not in relative


def test_loads__lines__are_missing_or_partial_or_neither() -> None:
    assert loads(_report("a.py", "b.py")) == {
        name: MeasuredFile(missing={3}, partial={2: ("4", "exit")}) for name in ("a.py", "b.py")
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "no element found", id="nothing"),
        pytest.param(_report("a.py")[:-2], "unclosed token", id="cut off"),
        pytest.param(b"<html/>", "it holds <html>, not <coverage>", id="something else"),
    ],
)
def test_loads__anything_else__is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        loads(data)
    assert caught.value.message.startswith(f"coverage's XML report cannot be read: {reason}")
