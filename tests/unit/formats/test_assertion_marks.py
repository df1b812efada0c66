"""The marks behind assertions: which statements get one, and what they say."""

from __future__ import annotations

import ast
import textwrap

import pytest

from testkeep.formats.assertion_marks import mark

Place = tuple[str, str, int]


def sites(source: str, *, only_helpers: bool = False) -> list[Place]:
    """The kind, the function and the line of each site, by line."""
    found = mark(ast.parse(textwrap.dedent(source)), "t.py", only_helpers=only_helpers)
    assert {site.path for site in found} <= {"t.py"}
    return sorted(((str(site.kind), site.function, site.line) for site in found), key=lambda place: place[2])


def in_test(*lines: str) -> str:
    return "def test_x():\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(in_test("assert f() == 1"), [("p", "test_x", 2)], id="plain"),
        pytest.param(in_test("if f() != 1:", "    pytest.fail('text')"), [("p", "test_x", 2), ("s", "test_x", 3)],
                     id="fails by itself"),
        pytest.param(in_test("if f() != 1:", "    raise AssertionError"), [("p", "test_x", 2)], id="raises by itself"),
        pytest.param(in_test("if x != x:", "    raise AssertionError"), [("v", "test_x", 2)], id="never fails"),
        pytest.param(in_test("if False:", "    self.fail()"), [("v", "test_x", 2), ("s", "test_x", 3)],
                     id="never fails, a constant"),
        pytest.param(in_test("if f():", "    raise ValueError"), [], id="boundary: another exception"),
        pytest.param("def anything():\n    assert f() == 1", [("p", "anything", 2)], id="any function"),
        pytest.param("async def test_x():\n    assert await f()", [("p", "test_x", 2)], id="async"),
        pytest.param("class TestA:\n    class TestB:\n        def test_x(self):\n            assert f()",
                     [("p", "TestA.TestB.test_x", 4)], id="nested classes"),
        pytest.param(in_test("def inner():", "    assert f()", "inner()"),
                     [("p", "test_x.inner", 3), ("s", "test_x", 4)], id="nested function"),
        pytest.param(in_test("class Fake:", "    def send(self):", "        assert f()"),
                     [("p", "test_x.Fake.send", 4)], id="class in a test"),
        pytest.param("def gen():\n    assert (yield 1) == 2", [("p", "gen", 2)], id="generator"),
        pytest.param("if x:\n    def test_x():\n        assert f()\nelse:\n    def test_x():\n        assert g()",
                     [("p", "test_x", 3), ("p", "test_x", 6)], id="conditional definitions"),
        pytest.param("try:\n    import a\nexcept E:\n    def test_x():\n        assert f()\nfinally:\n    pass",
                     [("p", "test_x", 5)], id="definition in a handler"),
        pytest.param(in_test("if a:", "    assert f()", "elif b:", "    assert g()", "else:", "    assert h()"),
                     [("p", "test_x", 3), ("p", "test_x", 5), ("p", "test_x", 7)], id="if"),
        pytest.param(in_test("for a in b:", "    assert f()", "else:", "    assert g()"),
                     [("p", "test_x", 3), ("p", "test_x", 5)], id="for"),
        pytest.param(in_test("while a:", "    assert f()"), [("p", "test_x", 3)], id="while"),
        pytest.param(in_test("try:", "    assert f()", "except E:", "    assert g()", "else:", "    assert h()",
                             "finally:", "    assert i()"),
                     [("p", "test_x", 3), ("p", "test_x", 5), ("p", "test_x", 7), ("p", "test_x", 9)], id="try"),
        pytest.param(in_test("try:", "    a = 1", "except* E:", "    assert g()"), [("p", "test_x", 5)],
                     id="except*"),
        pytest.param(in_test("match a:", "    case 1:", "        assert f()", "    case _:", "        assert g()"),
                     [("p", "test_x", 4), ("p", "test_x", 6)], id="match"),
        pytest.param(in_test("with open(a):", "    assert f()"), [("p", "test_x", 3)], id="with"),
        pytest.param("async def test_x():\n    async with a:\n        async for b in c:\n            assert f()",
                     [("p", "test_x", 4)], id="async with and for"),
        pytest.param(in_test("f = lambda: g()", "return f"), [], id="lambda"),
        pytest.param("assert f() == 1\nclass A:\n    assert g() == 1", [], id="boundary: runs when it is imported"),
        pytest.param("", [], id="boundary: empty"),
    ],
)  # fmt: skip
def test_mark__assert_statements__table(source: str, expected: list[Place]) -> None:
    assert sites(source) == expected


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("True", id="constant"),
        pytest.param("'text'", id="text"),
        pytest.param("(f() == 1, 'text')", id="tuple"),
        pytest.param("f() == 1 or True", id="or True"),
        pytest.param("a == a", id="itself"),
        pytest.param("not False", id="not False"),
        pytest.param("1 == 1", id="constants"),
        pytest.param("isinstance(f(), object)", id="isinstance of object"),
        pytest.param("len(f()) >= 0", id="a length"),
        pytest.param("(a == 1 for a in b)", id="generator"),
        pytest.param("lambda: f() == 1", id="lambda"),
        pytest.param("send.called_once_with(1)", id="mock: called_once_with"),
        pytest.param("send.called_once()", id="mock: called_once"),
        pytest.param("send.called_with(1)", id="mock: called_with"),
        pytest.param("send.not_called()", id="mock: not_called"),
        pytest.param("send.has_calls([])", id="mock: has_calls"),
        pytest.param("send.has_any_call(1)", id="mock: has_any_call"),
        pytest.param("send.any_call(1)", id="mock: any_call"),
        pytest.param("send.asert_called_once_with(1)", id="mock: asert"),
        pytest.param("send.assret_called()", id="mock: assret"),
    ],
)
def test_mark__assertion_that_cannot_be_false__is_vacuous(test: str) -> None:
    assert sites(in_test(f"assert {test}")) == [("v", "test_x", 2)]


@pytest.mark.parametrize("call", ["assertTrue(True)", "assertEqual(1, 1)", "assertIsNotNone(1)"])
def test_mark__call_of_unittest_that_cannot_fail__is_vacuous(call: str) -> None:
    assert sites(in_test(f"self.{call}")) == [("v", "test_x", 2)]


@pytest.mark.parametrize("call", ["self.assertTrue(x)", "self.assertEqual(f(1), 1)", "send.assert_called_with(1)"])
def test_mark__call_that_can_fail__is_a_call(call: str) -> None:
    assert sites(in_test(call)) == [("c", "test_x", 2)]


@pytest.mark.parametrize(
    "test",
    ["send.called", "send.call_count == 1", "f(x)", "a", "a == b", "not a", "f() == f()", "a and True", "x or y",
     "send.is_called()", "recalled(1)", "called_once(send)"],
)  # fmt: skip
def test_mark__assertion_that_can_be_false__is_plain(test: str) -> None:
    assert sites(in_test(f"assert {test}")) == [("p", "test_x", 2)]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        pytest.param("pytest.raises(ValueError)", "x", id="raises"),
        pytest.param("raises(ValueError) as caught", "x", id="as"),
        pytest.param("pytest.raises((ValueError, KeyError))", "x", id="several"),
        pytest.param("pytest.raises(ValueError, match='x')", "x", id="match"),
        pytest.param("pytest.raises(Exception)", "a", id="any exception"),
        pytest.param("pytest.raises(BaseException)", "a", id="any at all"),
        pytest.param("pytest.raises(builtins.Exception)", "a", id="any, of a module"),
        pytest.param("pytest.raises(expected_exception=Exception)", "a", id="any, by keyword"),
        pytest.param("pytest.raises((ValueError, Exception))", "a", id="any, among others"),
        pytest.param("pytest.raises(())", "x", id="boundary: none"),
        pytest.param("self.assertRaises(Exception)", "a", id="unittest: any exception"),
        pytest.param("self.assertRaises(Exception, msg='text')", "a", id="a message asserts nothing"),
        pytest.param("self.assertRaisesRegex(Exception, 'x')", "x", id="unittest: any that matches"),
        pytest.param("pytest.raises(Exception, match='x')", "x", id="any that matches"),
        pytest.param("pytest.raises(Exception, check=f)", "x", id="any that is checked"),
        pytest.param("pytest.raises(Exception) as a, open(b)", "a", id="several contexts"),
        pytest.param("open(b), pytest.raises(ValueError)", "x", id="it comes second"),
        pytest.param("pytest.warns(UserWarning)", "x", id="warns"),
        pytest.param("pytest.warns()", "x", id="warns of anything"),
        pytest.param("pytest.deprecated_call()", "x", id="deprecated_call"),
        pytest.param("pytest.RaisesGroup(ValueError)", "x", id="RaisesGroup"),
        pytest.param("self.assertWarns(UserWarning)", "x", id="unittest: warns"),
        pytest.param("self.assertLogs('shop')", "x", id="unittest: logs"),
        pytest.param("assert_no_queries()", "x", id="a helper"),
    ],
)
def test_mark__contexts_that_expect__table(header: str, kind: str) -> None:
    assert sites(in_test(f"with {header}:", "    x = 1")) == [(kind, "test_x", 2)]


def test_mark__block_that_expects_nothing__has_no_mark_of_its_own() -> None:
    assert sites(in_test("with contextlib.suppress(E), self.subTest(i=1):", "    f()")) == [("s", "test_x", 3)]


def test_mark__context_and_what_is_in_it__have_a_mark_each() -> None:
    source = in_test("with pytest.raises(E):", "    with raises(F):", "        f()", "    assert g()")
    assert sites(source) == [("x", "test_x", 2), ("x", "test_x", 3), ("s", "test_x", 4), ("p", "test_x", 5)]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("self.assertEqual(a, b)", id="unittest"),
        pytest.param("self.assertRaises(E, f, 1)", id="unittest: a function that raises"),
        pytest.param("pytest.raises(E, f, 1)", id="pytest: a function that raises"),
        pytest.param("caught = pytest.raises(E, f, 1)", id="its result is kept"),
        pytest.param("return self.assertRaises(E, f, 1)", id="its result is returned"),
        pytest.param("return await assert_total(cart)", id="its result is awaited and returned"),
        pytest.param("caught: object = pytest.raises(E, f, 1)", id="its result is annotated"),
        pytest.param("send.assert_called_once_with(1)", id="mock"),
        pytest.param("np.testing.assert_allclose(a, b)", id="numpy"),
        pytest.param("expect(page).to_be_visible()", id="expect"),
        pytest.param("expect(page).not_.to_have_text('a')", id="expect: a longer chain"),
        pytest.param("await expect(page).to_be_visible()", id="await"),
        pytest.param("client.get('/').raise_for_status()", id="raise_for_status"),
        pytest.param("result.stdout.fnmatch_lines(['*'])", id="pytester"),
        pytest.param("verify_total(cart)", id="a helper"),
        pytest.param("_verify(cart)", id="a private helper"),
        pytest.param("shouldHaveTotal(cart)", id="camel case"),
    ],
)
@pytest.mark.parametrize("function", ["test_x", "helper"])
def test_mark__call_that_asserts__is_a_call_in_every_function(function: str, statement: str) -> None:
    assert sites(f"async def {function}():\n    {statement}") == [("c", function, 2)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param("check = lambda: m.assert_called()", ["c"], id="lambda"),
        pytest.param("x = [m.assert_called() for m in ms]", ["c"], id="comprehension"),
        pytest.param("x += [await m.assert_called() async for m in ms]", ["c"], id="async comprehension"),
        pytest.param("return raises(E)", ["c"], id="returned context"),
        pytest.param("return raises(E) if bad else nullcontext()", ["c"], id="one of two contexts"),
        pytest.param("with (raises(E) if bad else nullcontext()): pass", ["c"], id="one of two that are entered"),
        pytest.param("stack.enter_context(raises(E))", ["s", "c"], id="entered by a stack"),
        pytest.param("stack.enter_context(expected)", ["s", "x"], id="entered by a stack, made elsewhere"),
        pytest.param("with expected: pass", ["x"], id="made elsewhere"),
        pytest.param("with case.expected as e, a: pass", ["x", "x"], id="two that were made elsewhere"),
        pytest.param("with raises(E), expected: pass", ["x", "x"], id="one of them is made here"),
        pytest.param("m.assert_called_with(other.assert_called())", ["c", "c"], id="argument of an assertion"),
        pytest.param("m.assert_x(y=raises(E))", ["c", "c"], id="keyword of an assertion"),
        pytest.param("for x in [raises(E)]: pass", ["c"], id="header"),
        pytest.param("assert m.assert_called() is None", ["p"], id="boundary: within an assertion"),
        pytest.param("with open(path), self.subTest(): pass", [], id="boundary: contexts that are made here"),
        pytest.param("async with expected: pass", [], id="boundary: an asynchronous context"),
        pytest.param("x = [expect(one) for one in ones]", [], id="boundary: it may only make a value"),
    ],
)
def test_mark__parts_of_statements__table(statement: str, expected: list[str]) -> None:
    found = sites(f"async def test_x():\n    {statement}")
    assert sorted(kind for kind, *_ in found) == sorted(expected)


@pytest.mark.parametrize(
    "statement",
    ["f()", "total = f()", "total: int = f()", "await f()", "a.b.c()", "checkout(a)", "await asyncio.ensure_future(x)",
     "f(expect_it())", "checks(a)", "expected()"],
)  # fmt: skip
def test_mark__other_call__is_one_in_tests_alone(statement: str) -> None:
    assert sites(f"async def test_x():\n    {statement}") == [("s", "test_x", 2)]
    assert sites(f"async def helper():\n    {statement}") == []


@pytest.mark.parametrize(
    "statement",
    ["x = 1", "x += f()", "return f()", "return", "return expect(a)", "return assertions()", "yield f()", "x",
     "'text'", "pass", "global x", "del x", "import x",
     "raise f()", "x: int", "[f() for x in y]", "(x := f())", "x = f() + 1"],
)  # fmt: skip
def test_mark__what_is_no_call__has_none(statement: str) -> None:
    assert sites(in_test(statement)) == []


def test_mark__function_in_a_test__is_no_test() -> None:
    assert sites(in_test("def callback():", "    f()", "g(callback)")) == [("s", "test_x", 4)]


def test_mark__only_helpers_and_tests__leaves_the_rest_of_production_code_alone() -> None:
    source = """\
        def total(cart):
            assert cart
            self.assertEqual(1, 2)

        def check_total(cart):
            assert cart
            def inner():
                assert cart
                f()
            f()

        def test_total():  # others inherit it, or collect it
            assert cart
            f()
            def assert_inner():
                assert cart

        class Checker:
            def check(self):
                assert self

            def total(self):
                assert self

        @pytest.fixture(scope="module")
        def shop():
            assert open()
            yield
            assert closed()

        @pytest_asyncio.fixture
        async def other():
            assert open()

        @functools.cache
        def cached():
            assert open()
        """
    assert sites(source, only_helpers=True) == [
        ("p", "check_total", 6),
        ("p", "check_total.inner", 8),
        ("p", "test_total", 13),
        ("s", "test_total", 14),
        ("p", "test_total.assert_inner", 16),
        ("p", "Checker.check", 20),
        ("p", "shop", 27),
        ("p", "shop", 29),
        ("p", "other", 33),
    ]


def form(statement: str, before: str = "", function: str = "test_x") -> str:
    body = textwrap.indent(statement, "    ")
    (site,) = (one for one in mark(ast.parse(f"{before}async def {function}():\n{body}")) if one.kind != "s")
    return site.form


_TOTAL = "assert cart.total(1, x='a') == 3"
_RAISES = "with pytest.raises(KeyError):\n    cart.take(1)"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(_TOTAL, "assert  cart . total( 1,x = 'a' )==3  # text", id="blanks, comments"),
        pytest.param(_TOTAL, 'assert (\n    cart.total(\n        1,\n        x="a",\n    )\n    == 3\n)', id="layout"),
        pytest.param(_TOTAL, f"{_TOTAL}, 'text'", id="a message"),
        pytest.param(f"{_TOTAL}, 'a'", f"{_TOTAL}, f'{{b}}'", id="another message"),
        pytest.param(_TOTAL, f"'''Text.'''\n{_TOTAL}", id="a docstring"),
        pytest.param(_TOTAL, f"for a in b:\n    if a:\n        {_TOTAL}", id="in a block"),
        pytest.param("assert a == 'b' 'c'", "assert a == 'bc'", id="literals"),
        pytest.param(_RAISES, "with  pytest.raises( KeyError ) :\n    cart.take(2)", id="what is in a context"),
    ],
)
def test_mark__the_same_is_said__has_the_same_form(one: str, other: str) -> None:
    assert form(one) == form(other) == form(one, before="\n\nimport x\n", function="other") != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(_TOTAL, _TOTAL.replace("3", "4"), id="value"),
        pytest.param(_TOTAL, _TOTAL.replace("==", "!="), id="operator"),
        pytest.param(_TOTAL, _TOTAL.replace("x=", "y="), id="argument"),
        pytest.param(_TOTAL, _TOTAL.replace("== 3", "is not None"), id="predicate"),
        pytest.param("assert a == 1", "assert a == 1.0", id="type of a number"),
        pytest.param("assert a == 'b'", "assert a == b'b'", id="text and bytes"),
        pytest.param("assert a", "assert not a", id="negated"),
        pytest.param(_RAISES, _RAISES.replace("KeyError", "LookupError"), id="exception"),
        pytest.param(_RAISES, _RAISES.replace("KeyError", "KeyError, match='x'"), id="match"),
        pytest.param("self.assertEqual(a, b)", "self.assertTrue(a, b)", id="method"),
        pytest.param("verify(a)", "b = verify(a)", id="its result is kept"),
    ],
)
def test_mark__something_else_is_said__has_another_form(one: str, other: str) -> None:
    assert form(one) != form(other)


def test_mark__nested_too_deeply_for_a_form__marks_the_rest() -> None:
    deep = in_test("f()" + ".g()" * 700, f"assert f(){'.g()' * 700}")
    assert sites(f"{deep}def test_y():\n    assert f()\n") == [("p", "test_y", 5)]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("subprocess.check_call(['true'])", id="a process"),
        pytest.param("form.validate()", id="a form"),
        pytest.param("json.ensure_ascii(1)", id="ensure"),
    ],
)
def test_mark__what_production_code_does_too__is_no_assertion(statement: str) -> None:
    assert sites(in_test(statement)) == [("s", "test_x", 2)]


def test_mark__production_code__has_no_marks_behind_blocks_and_in_compiled_functions() -> None:
    source = """\
        def check_all(cart):
            if cart:
                raise AssertionError
            with raises(ValueError):
                cart()
            assert cart

        @numba.njit
        def check_fast(cart):
            assert cart

        @contextmanager
        def check_after(cart):
            yield
            assert cart
        """
    assert sites(source, only_helpers=True) == [("p", "check_all", 6), ("p", "check_after", 15)]


def test_mark__blocks_lie_deep_within_each_other__can_be_compiled() -> None:
    items = ", ".join("cm()" for _ in range(19))
    tree = ast.parse(in_test(f"with {items}:", "    for one in two:", "        assert one"))
    (site,) = (one for one in mark(tree) if one.kind == "p")

    compile(tree, "t.py", "exec")
    assert site.line == 4
