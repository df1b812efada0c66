"""The judge is not the accused: waivers and thresholds are the base commit's, and the machine may be the cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from integration.conservation.edits import Edit, append, rename, replace, write
from integration.conservation.pairs import Lost, Pair, Passes, concerning, pair, seen, table
from integration.conservation.project import EVERYTHING, GUARD, A, above_guard, guard_becomes, in_module
from repositories import Outcome

POLICY = "pyproject.toml"
SKIP = above_guard('@pytest.mark.skip(reason="later")')
MEND = replace(A, '@pytest.mark.skip(reason="later")\n', "")
NOTHING = write("README.md", "text\n")


def waiver(test: str = GUARD, rule: str = "TK201", expires: str = "2999-12-31") -> Edit:
    """Add a waiver to the policy."""
    return append(POLICY, f"""
[[tool.testkeep.waivers]]
test = "{test}"
rule = "{rule}"
reason = "upstream bug 4711"
owner = "billing-team"
expires = {expires}
""")  # fmt: skip


def policy(text: str) -> Edit:
    """Write the policy's own file."""
    return write("testkeep.toml", text)


@dataclass(frozen=True)
class Says:
    """A finding of this code names all of this; ``exits`` are the exit codes that may come with it."""

    code: str
    fragments: tuple[str, ...]
    exits: tuple[int, ...] = (0, 1)
    also: frozenset[str] = frozenset()

    def check(self, run: Outcome) -> None:
        found = concerning(run, self.code)
        texts = [f"{finding.message}\n{finding.help}" for finding in found]
        assert any(all(part in text for part in self.fragments) for text in texts), run.output
        assert run.exit_code in self.exits, run.output
        assert self.also <= seen(run).errors <= {self.code, *self.also}, run.output


@dataclass(frozen=True)
class Blocks:
    """The verdict is not a pass, and findings of all these codes say so; each fragment stands in one of them."""

    codes: frozenset[str]
    fragments: tuple[str, ...] = ()
    exits: tuple[int, ...] = (1,)

    def check(self, run: Outcome) -> None:
        texts = [finding.message for finding in run.findings if finding.code in self.codes]
        assert run.exit_code in self.exits, run.output
        assert self.codes <= set(run.codes), run.output
        assert all(any(part in text for text in texts) for part in self.fragments), run.output


WAIVED = Passes(waived=frozenset({GUARD}))


@table(
    pair("P01", "waiver at the base", WAIVED, SKIP, base=(waiver(),)),
    pair("P02", "expired waiver", Says("TK504", (GUARD, "2001-01-01"), (1,), frozenset({"TK201"})), SKIP,
         base=(waiver(expires="2001-01-01"),)),
    pair("P03", "waiver that matches nothing", Says("TK505", (GUARD,)), NOTHING, base=(waiver(),)),
    pair("P04", "waiver for a test that nobody knows", Says("TK505", (f"{A}::test_unheard_of",)), NOTHING,
         base=(waiver(f"{A}::test_unheard_of"),)),
    pair("P05", "waiver for another rule", Says("TK505", (GUARD, "TK202"), (1,), frozenset({"TK201"})), SKIP,
         base=(waiver(rule="TK202"),)),
    pair("P06", "waiver whose test is still skipped, as at the base", Passes(kept=len(EVERYTHING) - 1), NOTHING,
         base=(waiver(), SKIP)),
    pair("P07", "waiver whose test is mended", Says("TK505", (GUARD,)), MEND, base=(waiver(), SKIP)),
    pair("P08", "waiver that had expired when the base was made, under a head with an earlier date",
         Says("TK504", (GUARD, "2020-06-01"), (1,), frozenset({"TK201"})), SKIP, base=(waiver(expires="2020-06-01"),),
         date="2020-05-01T12:00:00+00:00"),
    pair("P09", "waiver that had expired when the head was made",
         Says("TK504", (GUARD, "2020-06-01"), (1,), frozenset({"TK201"})), SKIP, base=(waiver(expires="2020-06-01"),),
         date="2020-07-01T12:00:00+00:00"),
    pair("P10", "waiver in the head, which the base's policy honours", WAIVED, SKIP,
         replace(POLICY, '\n[tool.testkeep]\nwaivers = "head"\n', ""), waiver(),
         base=(append(POLICY, '\n[tool.testkeep]\nwaivers = "head"\n'),)),
)  # fmt: skip
def test_run__with_a_waiver__honours_a_valid_one_of_the_base_only(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


PROLONGED = replace(POLICY, "2001-01-01", "2999-12-31")


@table(
    pair("P11", "a change that prolongs an expired waiver", Passes(warning="TK504"), PROLONGED,
         base=(waiver(expires="2001-01-01"), SKIP)),
    pair("P13", "a change that removes an expired waiver", Says("TK504", (GUARD,), (1,)),
         write(POLICY, '[project]\nname = "pairs"\nversion = "1"\n'), base=(waiver(expires="2001-01-01"), SKIP)),
)  # fmt: skip
def test_run__the_change_deals_with_an_expired_waiver__may_ask_for_more_time(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("P12", "waiver in the head only", Blocks(frozenset({"TK201"}), ("later",)), SKIP, waiver()),
)  # fmt: skip
def test_run__the_change_waives_itself__shows_the_request_and_blocks(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    run = judge(pair)

    pair.expected.check(run)
    assert (seen(run).lost, seen(run).waived) == ({GUARD: "skipped"}, frozenset())
    assert "request" in run.output
    assert "upstream bug 4711" in run.output


FULL = """\
source = ["app"]
stages = ["unit"]
timeout = "10m"

[coverage]
overall = 80
diff = 75
ratchet = true

[coverage.layers]
calc = { paths = ["**/calc.py"], minimum = 70 }

[suites]
leave_out = ["slow"]
budgets = { unit = "10s" }
"""


NEW_CODE_MAY_BE_UNTESTED = FULL.replace("diff = 75", "diff = 0").replace("ratchet = true", "ratchet = false")


def loosened(id_: str, key: str, old: str, new: str, named: tuple[str, str] = ("", "")) -> Pair:
    """Make a row in which one key of the policy is loosened; ``named`` are the values that the message names."""
    before, after = named if named != ("", "") else (old.rpartition("= ")[2], new.rpartition("= ")[2])
    return pair(id_, key, Says("TK503", (key, before, after)), replace("testkeep.toml", old, new), base=(policy(FULL),))


@table(
    loosened("P20", "coverage.overall", "overall = 80", "overall = 35"),
    loosened("P21", "coverage.diff", "diff = 75", "diff = 45"),
    loosened("P22", "coverage.ratchet", "ratchet = true", "ratchet = false", ("rue", "alse")),
    loosened("P23", "coverage.layers.calc", "minimum = 70", "minimum = 55"),
    loosened("P24", "coverage.layers", '[coverage.layers]\ncalc = { paths = ["**/calc.py"], minimum = 70 }\n', "",
             ("calc", "")),
    loosened("P25", "suites.leave_out", '["slow"]', '["slow", "nightly"]', ("slow", "nightly")),
    loosened("P26", "suites.budgets", '"10s"', '"90s"', ("10s", "90s")),
    loosened("P27", "coverage.omit", "ratchet = true", 'ratchet = true\nomit = ["app/calc.py"]', ("", "app/calc.py")),
    pair("P28", "the whole policy deleted", Says("TK503", ("coverage.overall", "95", "nothing")),
         replace(POLICY, "\n[tool.testkeep.coverage]\noverall = 95\n", ""),
         base=(append(POLICY, "\n[tool.testkeep.coverage]\noverall = 95\n"),)),
    pair("P29", "a waiver added", Says("TK503", ("waivers", GUARD)), waiver(),
         base=(append(POLICY, "\n[tool.testkeep]\ntimeout = '10m'\n"),)),
    loosened("P31", "coverage.layers.calc", 'paths = ["**/calc.py"]', 'paths = ["**/none.py"]',
             ("**/calc.py", "**/none.py")),
    pair("P32", "the source narrowed",
         Says("TK503", ("source", '["app"]', '["app/core"]', "app/__init__.py and 1 more")),
         replace("testkeep.toml", '["app"]', '["app/core"]'), base=(policy(FULL), write("app/core/__init__.py", ""))),
    pair("P33", "a source that the base left to be found", Says("TK503", ("source", '["app"]', '["app/core"]')),
         policy('source = ["app/core"]\n'), base=(policy('timeout = "9m"\n'), write("app/core/__init__.py", ""))),
    pair("P34", "a new layer that takes the file of another", Says("TK503", ("coverage.layers.calc", "app/calc.py")),
         replace("testkeep.toml", "[coverage.layers]\n",
                 '[coverage.layers]\nlow = { paths = ["app/**"], minimum = 1 }\n'),
         base=(policy(FULL),), stages=()),
    pair("P35", "two keys at once", Blocks(frozenset({"TK503"}), ("coverage.overall", "coverage.diff")),
         replace("testkeep.toml", "overall = 80\ndiff = 75", "overall = 70\ndiff = 65"), base=(policy(FULL),)),
    pair("P30", "a waiver prolonged", Says("TK503", ("waivers", "2998-01-01", "2999-01-01"), also=frozenset()),
         replace(POLICY, "2998-01-01", "2999-01-01"), SKIP, base=(waiver(expires="2998-01-01"),)),
)  # fmt: skip
def test_run__the_change_loosens_the_policy__names_key_old_and_new(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


FLOW = write(
    "tests/integration/test_sums_flow.py",
    "from app.calc import add\n\n\ndef test_flow():\n    assert add(add(1, 2), 3) == 6\n",
)
UNCOVERED = append(
    "app/calc.py", "\n\ndef idle(a):\n" + "".join(f"    a += {n}\n" for n in range(40)) + "    return a\n"
)


def key_waiver(key: str) -> str:
    """Write the waiver that lets a change loosen a key."""
    return (
        f'[[waivers]]\ntest = "{key}"\nrule = "TK503"\nreason = "generated code"\nowner = "platform"\n'
        "expires = 2999-12-31\n"
    )


@table(
    pair("P40", "coverage below the base's threshold", Blocks(frozenset({"TK301", "TK503"}), ("80",)), UNCOVERED,
         replace("testkeep.toml", "overall = 80", "overall = 5"),
         replace("testkeep.toml", "minimum = 70", "minimum = 5"), base=(policy(FULL),)),
    pair("P41", "a stage removed with its tests still there",
         Blocks(frozenset({"TK503"}), ("stages", "integration"), (1, 4)), policy('stages = ["unit"]\n'),
         base=(policy('stages = ["unit", "integration"]\n'), FLOW), stages=()),
    pair("P43", "a key that a waiver of the change would let it loosen", Blocks(frozenset({"TK301", "TK503"})),
         UNCOVERED, policy(FULL.replace("overall = 80", "overall = 5") + key_waiver("coverage.overall")),
         base=(policy(FULL),), stages=()),
)  # fmt: skip
def test_run__the_change_lowers_what_it_is_judged_by__is_judged_by_the_base(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("P42", "keys that waivers at the base let it loosen", Passes(kept=len(EVERYTHING)), UNCOVERED,
         replace("testkeep.toml", "overall = 80", "overall = 5"),
         replace("testkeep.toml", "minimum = 70", "minimum = 5"),
         base=(policy(NEW_CODE_MAY_BE_UNTESTED + key_waiver("coverage.overall") + key_waiver("coverage.layers.calc")),),
         stages=()),
    pair("P44", "the base's policy is broken, and the change mends it",
         Passes(kept=len(EVERYTHING), warning="TK503"), policy("[coverage]\noverall = 80\n"),
         base=(policy("[coverage]\noveral = 80\n"),)),
    pair("P45", "production code moves into another folder", Passes(kept=len(EVERYTHING), warning="TK503"),
         rename("gone", "lib"), replace("testkeep.toml", "gone", "lib"),
         base=(policy(FULL.replace('["app"]', '["app", "gone"]')), write("gone/__init__.py", ""))),
)  # fmt: skip
def test_run__the_change_loosens_the_policy_with_good_reason__can_be_merged(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


def tightened(id_: str, what: str, *edits: Edit, base: tuple[Edit, ...] = (policy(FULL),)) -> Pair:
    """Make a row of a policy that nobody need complain of."""
    return pair(id_, what, Passes(kept=len(EVERYTHING)), *edits, base=base)


@table(
    tightened("P50", "a threshold raised", replace("testkeep.toml", "overall = 80", "overall = 90")),
    tightened("P51", "a stage added", replace("testkeep.toml", '["unit"]', '["unit", "integration"]')),
    tightened("P52", "a layer added",
              replace("testkeep.toml", "[coverage.layers]\n",
                      '[coverage.layers]\ninit = { paths = ["**/__init__.py"], minimum = 50 }\n')),
    tightened("P53", "a budget lowered", replace("testkeep.toml", '"10s"', '"5s"')),
    tightened("P54", "less left out", replace("testkeep.toml", '["slow"]', "[]")),
    tightened("P55", "first adoption, with lower values than the defaults", policy("[coverage]\noverall = 10\n"),
              base=()),
    tightened("P56", "the same policy in another file", write("testkeep.toml", "[coverage]\noverall = 95\n"),
              replace(POLICY, "\n[tool.testkeep.coverage]\noverall = 95\n", ""),
              base=(append(POLICY, "\n[tool.testkeep.coverage]\noverall = 95\n"),)),
)  # fmt: skip
def test_run__the_change_does_not_loosen_the_policy__says_nothing(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    run = judge(pair)

    pair.expected.check(run)
    assert concerning(run, "TK503") == []


NEEDS = """\
def test_guard():
    if "DATABASE_URL" not in os.environ:
        pytest.skip("DATABASE_URL is not set")
    assert add(1, 2) == 3
"""
DEMANDS = 'def test_guard():\n    assert os.environ["DATABASE_URL"]\n    assert add(1, 2) == 3\n'
MODULE_NEEDS = """\
if "DATABASE_URL" not in os.environ:
    pytest.skip("DATABASE_URL is not set", allow_module_level=True)
"""
HAS_DATABASE = {"DATABASE_URL": "sqlite://"}


@dataclass(frozen=True)
class OfTheMachine:
    """The verdict is inconclusive, does not blame the change, and says what is missing on this machine."""

    fragments: tuple[str, ...] = field(default_factory=tuple)

    def check(self, run: Outcome) -> None:
        assert run.exit_code == 4, run.output
        assert all(part in run.output for part in self.fragments), run.output


@table(
    pair("N01", "skipped without a variable", OfTheMachine(("DATABASE_URL", GUARD)), NOTHING,
         base=(in_module("import os"), guard_becomes(NEEDS)), base_environment=HAS_DATABASE),
    pair("N05", "its module skips itself without a variable", OfTheMachine(("DATABASE_URL", GUARD)), NOTHING,
         base=(in_module("import os"), in_module(MODULE_NEEDS)), base_environment=HAS_DATABASE),
    pair("N02", "failing without a variable", OfTheMachine(("DATABASE_URL", GUARD)), NOTHING,
         base=(in_module("import os"), guard_becomes(DEMANDS)), base_environment=HAS_DATABASE),
)  # fmt: skip
def test_run__the_base_would_not_guard_here_either__is_inconclusive(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("N03", "the change itself asks for a variable", Lost("skipped", (GUARD,), "DATABASE_URL"),
         in_module("import os"), guard_becomes(NEEDS)),
    pair("N04", "skipped without a variable, and by a mark of the change too", Lost("skipped", (GUARD,), "later"),
         SKIP, base=(in_module("import os"), guard_becomes(NEEDS)), environment=HAS_DATABASE,
         base_environment=HAS_DATABASE),
)  # fmt: skip
def test_run__the_change_is_the_cause__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))
