"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import testkeep

_MODULES = sorted(module.name for module in pkgutil.walk_packages(testkeep.__path__, "testkeep."))


@pytest.mark.parametrize("name", [name for name in _MODULES if not name.endswith("__main__")])
def test_examples__of_a_module__do_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
