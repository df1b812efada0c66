"""What became of the lines and definitions of a file."""

from __future__ import annotations

import pytest

from testkeep.formats.line_history import Version, gone_definitions, read_history

APP = "app.py"
TOTAL = "def total(prices):\n    result = 0\n    for price in prices:\n        result += price\n    return result\n"
TAX = "def tax(amount):\n    rate = 20\n    return amount * rate\n"
OTHERS = '\n\ndef name(self):\n    """Say it."""\n    return self.name\n'


def fates(old: str, now: str | None, others: dict[str, str] | None = None) -> dict[int, str]:
    """What became of each line, as in ``3: app.py:3``, a span for a changed one; deleted ones are left out."""
    version = None if now is None else Version.of(APP, now)
    elsewhere = [Version.of(path, text) for path, text in (others or {}).items()]
    history = read_history(Version.of(APP, old), version, elsewhere)
    found = {line: str(place) for line, place in history.kept.items()}
    return dict(sorted((found | {line: str(span) for line, span in history.changed.items()}).items()))


def stay(first: int, last: int, shift: int = 0, path: str = APP) -> dict[int, str]:
    return {line: f"{path}:{line + shift}" for line in range(first, last + 1)}


@pytest.mark.parametrize(
    ("old", "now", "expected"),
    [
        pytest.param(TAX, TAX, stay(1, 4), id="the same"),
        pytest.param(TAX, f"import x\n\n\n{TAX}", stay(1, 4, 3), id="moved down"),
        pytest.param(TAX, TAX.replace("\n", "\r\n"), stay(1, 4), id="other ends of lines"),
        pytest.param(
            TAX.replace("20", "'\x0c'"), TAX.replace("20", "'\x0c'"), stay(1, 4), id="a form feed ends no line"
        ),
        pytest.param(
            TAX, TAX.replace("    rate = 20\n", ""), {1: "app.py:1", 3: "app.py:2", 4: "app.py:3"}, id="deleted"
        ),
        pytest.param(
            TAX, TAX.replace("20", "19"), stay(1, 4) | {2: "app.py:2-3"}, id="changed: its function's statements"
        ),
        pytest.param(
            TAX,
            TAX.replace("rate = 20", "log('tax')"),
            stay(1, 4) | {2: "app.py:2-3"},
            id="another line stands there: changed",
        ),
        pytest.param(TAX, "", {4: "app.py:1"}, id="all of it deleted"),
        pytest.param(TAX, None, {}, id="the file deleted"),
        pytest.param(TAX, "def tax(:\n", {4: "app.py:2"}, id="a head that does not parse"),
        pytest.param(
            "def tax(:\n  x = 1\n",
            "def tax(:\n  x = 2\n",
            stay(1, 3) | {2: "app.py:2-2"},
            id="neither does the base: the line itself",
        ),
        pytest.param("RATE = 20\n", "RATE = 19\n", stay(1, 2) | {1: "app.py:1-1"}, id="changed in no function"),
        pytest.param("", "", stay(1, 1), id="empty"),
    ],
)
def test_read_history__one_file__table(old: str, now: str | None, expected: dict[int, str]) -> None:
    assert fates(old, now) == expected


@pytest.mark.parametrize(
    ("old", "now", "others", "expected"),
    [
        pytest.param(TAX, TAX.replace("def tax", "def vat"), {}, stay(2, 4) | {1: "app.py:2-3"}, id="renamed"),
        pytest.param(
            TAX,
            TAX.replace("def tax", "def vat").replace("* rate", "* rate / 100"),
            {},
            {1: "app.py:2-3", 2: "app.py:2", 3: "app.py:2-3", 4: "app.py:4"},
            id="renamed and changed in its place",
        ),
        pytest.param(TAX, None, {"new.py": f"\n{TAX}"}, stay(1, 3, 1, "new.py"), id="its file moved"),
        pytest.param(
            TAX,
            "",
            {"new.py": TAX.replace("tax", "vat")},
            {1: "new.py:2-3", 2: "new.py:2", 3: "new.py:3", 4: "app.py:1"},
            id="moved and renamed",
        ),
        pytest.param(
            TAX,
            None,
            {"new.py": TAX.replace("20", "19")},
            dict.fromkeys(range(1, 4), "new.py:2-3"),
            id="moved and changed",
        ),
        pytest.param(
            TAX,
            None,
            {"new.py": "class T:\n    def tax(self):\n        return 1\n"},
            {1: "new.py:3-3", 3: "new.py:3-3"},
            id="moved and written anew",
        ),
        pytest.param(TAX, None, {"new.py": TOTAL}, {}, id="another function in another file"),
    ],
)
def test_read_history__function_moved_or_renamed__is_followed(
    old: str, now: str | None, others: dict[str, str], expected: dict[int, str]
) -> None:
    assert fates(old, now, others) == expected


def test_read_history__changed_line__is_not_where_the_function_is_only_defined() -> None:
    """The decorators, the def line and the docstring run or stand there without any call."""
    text = '@cache\ndef tax(\n    amount,\n):\n    """Tax."""\n    rate = 20\n    return amount * rate\n'
    assert fates(text, text.replace("20", "19"))[6] == "app.py:6-7"


def test_read_history__trivial_body_that_others_have__is_deleted_and_not_moved_there() -> None:
    old = "class A:\n    def stay(self):\n        return self.x\n\n    def go(self):\n        return self.x\n"
    assert fates(old, old.partition("\n\n")[0] + "\n").keys() & {5, 6} == set()


def test_read_history__every_class_has_a_constructor__none_is_another_ones() -> None:
    old = "class A:\n    def __init__(self, x):\n        self.x = x\n"
    assert fates(old, None, {"b.py": "class B:\n    def __init__(self, y):\n        self.x = y\n"}) == {}


def test_read_history__inner_function__has_the_last_word() -> None:
    old = "def outer():\n    def inner():\n        value = 1\n        return value\n    return inner\n"
    assert fates(old, old.replace("= 1", "= 2"))[3] == "app.py:3-4"


@pytest.mark.parametrize(
    ("old", "now", "others", "expected"),
    [
        pytest.param(TAX, TAX, {}, [], id="there"),
        pytest.param(TAX + OTHERS, TAX, {}, ["name"], id="deleted"),
        pytest.param(TAX, None, {}, ["tax"], id="with its file"),
        pytest.param(TAX, TAX.replace("tax", "vat"), {}, [], id="renamed"),
        pytest.param(TAX, None, {"new.py": TAX.replace("20", "19")}, [], id="moved and changed"),
        pytest.param(
            "class A:\n    def a(self):\n        pass\n    def b(self):\n        pass\n",
            "class A:\n    def a(self):\n        pass\n",
            {},
            ["A.b"],
            id="a body that its neighbour has",
        ),
        pytest.param("class Color:\n    RED = 1\n", "", {}, ["Color"], id="a class without functions"),
    ],
)
def test_gone_definitions__table(old: str, now: str | None, others: dict[str, str], expected: list[str]) -> None:
    version = None if now is None else Version.of(APP, now)
    found = gone_definitions(Version.of(APP, old), version, [Version.of(path, text) for path, text in others.items()])
    assert [source.name for source in found] == expected


@pytest.mark.slow
def test_read_history__long_files__are_followed_quickly() -> None:
    old = "".join(f"def f{number}(x):\n    y = x + {number}\n    return y\n\n" for number in range(500))
    now = "".join(f"def f{number}(x):\n    z = x - {number}\n    return z\n\n" for number in range(0, 500, 2))
    assert len(fates(old, now)) > 500


def test_read_history__deleted_function_ends_like_the_one_above__is_deleted_whole() -> None:
    """A comparison of whole files finds the longest run of equal lines: from the end of the deleted one on."""
    pops = [
        f"class {name}:\n    def pop(self):\n        key = {name.lower()}(self)\n        return key\n\n\n"
        for name in "ABC"
    ]
    history = read_history(Version.of("app.py", "".join(pops)), Version.of("app.py", pops[0] + pops[2]), [])
    deleted = {7, 8, 9, 10}
    assert {line for line in range(1, 19) if line not in history.kept and line not in history.changed} >= deleted - {7}
    assert {line: str(history.kept[line]) for line in (2, 3, 4)} == {line: f"app.py:{line}" for line in (2, 3, 4)}


_SHOUT = "def shout(words):\n    text = join(words)\n    return text.upper()\n"


@pytest.mark.parametrize(
    ("old", "now", "is_gone"),
    [
        pytest.param(_SHOUT, "shout = Shouter()\n", False, id="an instance"),
        pytest.param(_SHOUT, "from .voice import shout\n", False, id="an import"),
        pytest.param(_SHOUT, "from voices import shout\n", True, id="boundary: an import of another project"),
        pytest.param(_SHOUT, "class shout:\n    pass\n", False, id="a class"),
        pytest.param(f"class A:\n    {_SHOUT.replace(chr(10), chr(10) + '    ')}", "A = B\n", False, id="its class"),
        pytest.param(_SHOUT, "shouting = Shouter()\n", True, id="boundary: another name"),
    ],
)
def test_read_history__name_is_bound_to_something_else__is_not_deleted(old: str, now: str, is_gone: bool) -> None:
    before, after = Version.of(APP, old), Version.of(APP, now)
    first = next(source.line for source in before.functions.values() if source.body)
    assert (first not in fates(old, now)) is is_gone
    assert ("shout" in {one.name.rpartition(".")[2] for one in gone_definitions(before, after, [])}) is is_gone


def test_gone_definitions__name_is_bound_to_something_else_in_a_new_file__is_not_gone() -> None:
    others = [Version.of("voice/shouts.py", "shout = Shouter()\n")]
    assert gone_definitions(Version.of(APP, _SHOUT), None, others) == ()
