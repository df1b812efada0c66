"""Which tests a changed helper, fixture or class concerns."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from testkeep.formats.module_bindings import read_bindings
from testkeep.rules.closure import affected
from testkeep.rules.scopes import Place

Texts = Mapping[str, str]


def concerned(base: Texts, head: Texts) -> dict[str, tuple[str, str]]:
    """The affected tests as ``path::name``, each with the path and name of the reason."""
    found = affected(*({path: read_bindings(text) for path, text in side.items()} for side in (base, head)))
    return {
        f"{path}::{name}": tuple(reason)
        for path, names in found.items()
        for name, reason in names.items()
        if name.rpartition(".")[2].startswith("test")
    }


CHECKS = "def check(a):\n    assert a == 1\n"
EMPTY = "def check(a):\n    pass\n"
TEST = "from checks import check\ndef test_a():\n    check(f())\ndef test_b():\n    assert g()\n"
FIXTURE = "import pytest\n@pytest.fixture\ndef value():\n    assert f()\n    return 1\n"
STUBBED = "import pytest\n@pytest.fixture\ndef value(monkeypatch):\n    monkeypatch.setattr(f, 'g', 1)\n    return 1\n"
PLAIN = "import pytest\n@pytest.fixture\ndef value():\n    return 1\n"
USES = "def test_a(value):\n    assert value\ndef test_b():\n    assert g()\n"
BASE_CLASS = "class Base:\n    def setup_method(self):\n        assert f()\n    def verify(self): assert 1\n"
IN_CLASS = "from bases import Base\nclass TestA(Base):\n    def test_a(self):\n        self.verify()\n"


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param({"t.py": TEST, "checks.py": CHECKS}, {"t.py": TEST, "checks.py": CHECKS}, {}, id="nothing"),
        pytest.param(
            {"t.py": TEST, "checks.py": CHECKS},
            {"t.py": TEST, "checks.py": EMPTY},
            {"t.py::test_a": ("checks.py", "check")},
            id="E18 an imported helper is emptied",
        ),
        pytest.param(
            {
                "t.py": TEST.replace("from checks import check", "import checks").replace("check(", "checks.check("),
                "checks.py": CHECKS,
            },
            {
                "t.py": TEST.replace("from checks import check", "import checks").replace("check(", "checks.check("),
                "checks.py": EMPTY,
            },
            {"t.py::test_a": ("checks.py", "check")},
            id="a helper of an imported module",
        ),
        pytest.param(
            {"tests/t.py": TEST.replace("checks", "tests.helpers.checks"), "tests/helpers/checks/__init__.py": CHECKS},
            {"tests/t.py": TEST.replace("checks", "tests.helpers.checks"), "tests/helpers/checks/__init__.py": EMPTY},
            {"tests/t.py::test_a": ("tests/helpers/checks/__init__.py", "check")},
            id="a helper of a package",
        ),
        pytest.param(
            {"t.py": TEST.replace("import check", "import *"), "checks.py": CHECKS},
            {"t.py": TEST.replace("import check", "import *"), "checks.py": EMPTY},
            {"t.py::test_a": ("checks.py", "check")},
            id="everything imported",
        ),
        pytest.param(
            {"t.py": TEST, "checks.py": CHECKS + "def deep(): assert 1\n".replace("deep", "inner")},
            {"t.py": TEST, "checks.py": CHECKS + "def inner(): pass\n"},
            {},
            id="another helper",
        ),
        pytest.param(
            {"t.py": TEST, "checks.py": "def check(a): inner(a)\ndef inner(a): assert a\n"},
            {"t.py": TEST, "checks.py": "def check(a): inner(a)\ndef inner(a): pass\n"},
            {"t.py::test_a": ("checks.py", "inner")},
            id="a helper of the helper",
        ),
        pytest.param(
            {"t.py": TEST, "checks.py": CHECKS},
            {"t.py": TEST.replace("g()", "h()"), "checks.py": CHECKS},
            {"t.py::test_b": ("t.py", "test_b")},
            id="the test itself",
        ),
        pytest.param(
            {"t.py": TEST, "checks.py": CHECKS},
            {"t.py": CHECKS + TEST.partition("\n")[2]},
            {},
            id="a helper moves",
        ),
        pytest.param(
            {"conftest.py": FIXTURE, "a/t.py": USES},
            {"conftest.py": PLAIN, "a/t.py": USES},
            {"a/t.py::test_a": ("conftest.py", "value")},
            id="E21 a fixture that asserted is emptied",
        ),
        pytest.param(
            {"conftest.py": PLAIN, "a/t.py": USES},
            {"conftest.py": STUBBED, "a/t.py": USES},
            {"a/t.py::test_a": ("conftest.py", "value")},
            id="a fixture that stubs",
        ),
        pytest.param(
            {"conftest.py": PLAIN, "a/t.py": USES},
            {"conftest.py": PLAIN.replace("1", "2"), "a/t.py": USES},
            {},
            id="a fixture that neither asserted nor hides",
        ),
        pytest.param(
            {"b/conftest.py": FIXTURE, "a/t.py": USES},
            {"b/conftest.py": PLAIN, "a/t.py": USES},
            {},
            id="a fixture of another folder",
        ),
        pytest.param(
            {"conftest.py": FIXTURE, "a/conftest.py": PLAIN, "a/t.py": USES},
            {"conftest.py": PLAIN, "a/conftest.py": PLAIN, "a/t.py": USES},
            {},
            id="a fixture that a nearer one hides",
        ),
        pytest.param(
            {"conftest.py": FIXTURE, "a/conftest.py": PLAIN.replace("()", "(value)"), "a/t.py": USES},
            {"conftest.py": PLAIN, "a/conftest.py": PLAIN.replace("()", "(value)"), "a/t.py": USES},
            {"a/t.py::test_a": ("conftest.py", "value")},
            id="a fixture that a nearer one uses",
        ),
        pytest.param(
            {"conftest.py": PLAIN, "a/t.py": USES},
            {"conftest.py": PLAIN, "a/conftest.py": STUBBED, "a/t.py": USES},
            {"a/t.py::test_a": ("a/conftest.py", "value")},
            id="a new fixture in its way that stubs",
        ),
        pytest.param({"conftest.py": PLAIN, "a/t.py": USES}, {"a/t.py": PLAIN + USES}, {}, id="a fixture moves"),
        pytest.param(
            {"t.py": USES},
            {"t.py": USES, "conftest.py": STUBBED.replace("value", "stub").replace("fixture", "fixture(autouse=True)")},
            {"t.py::test_a": ("conftest.py", "stub"), "t.py::test_b": ("conftest.py", "stub")},
            id="a new automatic fixture that stubs",
        ),
        pytest.param({"t.py": USES}, {"t.py": USES, "conftest.py": STUBBED.replace("value", "stub")}, {}, id="unused"),
        pytest.param(
            {"t.py": "def verify(): assert 1\n" + TEST.replace("check(", "verify("), "checks.py": CHECKS},
            {"t.py": TEST.replace("check(", "verify("), "checks.py": CHECKS},
            {"t.py::test_a": ("t.py", "verify")},
            id="a helper is gone",
        ),
        pytest.param(
            {"t.py": IN_CLASS, "bases.py": BASE_CLASS},
            {"t.py": IN_CLASS, "bases.py": BASE_CLASS.replace("assert 1", "pass")},
            {"t.py::TestA.test_a": ("bases.py", "Base.verify")},
            id="an inherited helper",
        ),
        pytest.param(
            {"t.py": IN_CLASS, "bases.py": BASE_CLASS},
            {"t.py": IN_CLASS, "bases.py": BASE_CLASS.replace("assert f()", "pass")},
            {"t.py::TestA.test_a": ("bases.py", "Base.setup_method")},
            id="an inherited set-up",
        ),
        pytest.param(
            {"t.py": "class TestA:\n    def test_a(self): assert f()\n"},
            {"t.py": "@pytest.mark.skip\nclass TestA:\n    def test_a(self): assert f()\n"},
            {"t.py::TestA.test_a": ("t.py", "TestA")},
            id="its class is skipped",
        ),
        pytest.param(
            {"t.py": USES},
            {"t.py": f"pytestmark = pytest.mark.skip\n{USES}"},
            {"t.py::test_a": ("t.py", "pytestmark"), "t.py::test_b": ("t.py", "pytestmark")},
            id="its file is skipped",
        ),
        pytest.param(
            {"t.py": TEST, "checks.py": CHECKS},
            {"u.py": TEST, "checks.py": EMPTY},
            {"u.py::test_a": ("checks.py", "check")},
            id="the test moves and its helper is emptied",
        ),
        pytest.param(
            {"t.py": TEST, "checks.py": CHECKS}, {"t.py": TEST, "checks.py": "def check(:"}, {}, id="unreadable"
        ),
        pytest.param(
            {"t.py": "def check(a): check(a); assert a\ndef test_a(): check(1)\n"},
            {"t.py": "def check(a): check(a)\ndef test_a(): check(1)\n"},
            {"t.py::test_a": ("t.py", "check")},
            id="a helper that calls itself",
        ),
    ],
)
def test_affected__something_changed__concerns_those_that_mention_it(
    base: Texts, head: Texts, expected: dict[str, tuple[str, str]]
) -> None:
    assert concerned(base, head) == expected


def test_affected__reason__is_a_place() -> None:
    base, head = ({"t.py": read_bindings(f"def test_a(): assert {n}")} for n in (1, 2))
    assert affected(base, head) == {"t.py": {"test_a": Place("t.py", "test_a")}}
