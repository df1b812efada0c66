"""TK503: a change is judged by the policy of its base, and cannot make it milder unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from testkeep.model.finding import Severity
from testkeep.model.layout import TEST_FILES
from testkeep.model.patterns import matches
from testkeep.model.policy_change import PolicyChange
from testkeep.rules.base import Facts, Problem, in_repository
from testkeep.rules.looser_pytest import looser_pytest
from testkeep.rules.looser_tools import looser_tools
from testkeep.rules.policy_changes import (
    SOURCE,
    WAIVERS,
    Loosening,
    loosened,
    loosened_arguments,
    requested,
    taken_from_layers,
)
from testkeep.rules.waived_keys import CODE

_REQUEST_HELP = (
    "Waivers are read from the base commit: merge the waiver by itself first, then the change that needs it."
)
_NOT_COMPARED = "Nothing was compared: look at what the change does to the policy."
_COMPARED = "The change is compared with it, and may be stricter."
_MEANT = "If it is meant, nothing needs to be done."


def loosened_policy(facts: Facts) -> Iterator[Problem]:
    """The change loosens the policy by which it is judged.

    Thresholds, stages and waivers are those of the base commit. A change may tighten them at once. What it loosens is
    named here with the old and the new value, and the old value stays in force for this change. Put the value back. If
    the project wants the new one, first merge a waiver of this rule for the key that the message names; then the change
    is judged by its own value of that key.

    Code that counted for coverage at the base commit and is moved to where it would not any more is a loosening of
    `source`, whether `source` is written down or not. What became a test's helper is none.

    Some things are only warnings. A waiver that the change adds or prolongs is a request: it is shown, and not
    honoured, until the base branch has it. (With `waivers = "head"` in the base's policy, the waivers of the change
    are honoured.) The other warnings are a `source` folder that is gone, a configuration of coverage.py that leaves out
    more (`omit`, `exclude_also`, a new plugin, no `branch` any more; the base's stays in force), and a pytest
    configuration that is more lenient: no `error` in `filterwarnings` any more, or no `xfail_strict`, `strict_markers`
    or `strict_config`; a static stage that runs no tool any more, because the change takes its configuration away; and
    what the change has the static tools check less of: fewer rules, more that is ignored or excluded, strict options
    turned off, arguments of `commands` that are dropped, `# noqa` and `# type: ignore` that do not say what they mean,
    `# pragma: no cover`. With `loosened_tools = "block"` in the base's policy the last of these are errors.

    The first policy of a project is compared with nothing. A policy that was removed is compared with the defaults, and
    the next one with what was removed: for 90 days the strictest of what the base branch had counts.

    Example: the change lowers `coverage.overall` from 87 to 60. To allow that, the base branch needs

        [[tool.testkeep.waivers]]
        rule = "TK503"
        test = "coverage.overall"
        reason = "the generated client is measured now"
        owner = "platform-team"
        expires = 2027-01-31
    """
    if facts.policy_change is not None:
        path = in_repository(facts, facts.policy_change.file)
        yield from (replace(problem, path=path) for problem in _problems(facts, facts.policy_change))
    yield from looser_pytest(facts)
    yield from _of_tools(facts)
    yield from looser_tools(facts)


def _problems(facts: Facts, change: PolicyChange) -> Iterator[Problem]:
    if change.problem:
        own = "the head's own"
        whose = f"that of {change.remembered[:12]}" if change.base is not None else own
        yield Problem(
            message=f"the policy at {change.commit[:12]} cannot be read, so {whose} is in force: {change.problem}",
            help=_NOT_COMPARED if whose == own else _COMPARED,
            severity=Severity.WARNING,
        )
    yield from _uncounted(change)
    if change.base is None:
        yield from _moved_out(change)
        yield from (_request(change, added) for added in requested((), change.head.waivers))
        return
    files = facts.coverage.files if facts.coverage is not None else ()
    known = loosened(change.base, change.head)
    if not any(loosening.key == SOURCE for loosening in known):
        yield from _moved_out(change)
    for loosening in (*known, *taken_from_layers(change.base, change.head, files)):
        if loosening.key == WAIVERS:
            yield _request(change, loosening)
        elif loosening.key == SOURCE:
            yield _narrowed(change, loosening)
        else:
            yield Problem(
                message=_said(change, loosening),
                help=f"{change.commit[:12]}'s value stays in force. {_escape(loosening.key)}",
                test=loosening.key,
            )
    yield from (_of_arguments(facts, change, one) for one in loosened_arguments(change.base, change.head))
    yield from (_of_coverage(change, *loosened_option) for loosened_option in change.coverage)


def _of_arguments(facts: Facts, change: PolicyChange, loosening: Loosening) -> Problem:
    blocks = facts.policy.loosened_tools == "block"
    return Problem(
        message=f"a command is given less to do: {loosening.old} at {change.commit[:12]}, {loosening.new} now",
        help=_escape(loosening.key) if blocks else _MEANT,
        test=loosening.key,
        severity=Severity.ERROR if blocks else Severity.WARNING,
    )


def _of_coverage(change: PolicyChange, option: str, old: str, new: str) -> Problem:
    return Problem(
        message=f"coverage.py leaves out more: {option} is {old} at {change.commit[:12]}, {new} now",
        help=f"{change.commit[:12]}'s value stays in force until this is merged.",
        test=f"tool.coverage.{option}",
        severity=Severity.WARNING,
    )


def _narrowed(change: PolicyChange, loosening: Loosening) -> Problem:
    said, left = _said(change, loosening), change.unmeasured
    if not left:
        return Problem(
            message=f"{said}; no Python file of the old one is left out",
            help="If the code was moved, see that the new source has it.",
            test=loosening.key,
            severity=Severity.WARNING,
        )
    more = f" and {len(left) - 1} more" if len(left) > 1 else ""
    return Problem(
        message=f"{said}; {left[0]}{more} would not count any more", help=_escape(loosening.key), test=loosening.key
    )


def _moved_out(change: PolicyChange) -> Iterator[Problem]:
    """Code that leaves the source, which itself is as it was, or was never written down."""
    if change.unmeasured:
        first, *others = change.unmeasured
        more = f" and {len(others)} more" if others else ""
        yield Problem(
            message=f"{first}{more} counted for coverage at {change.commit[:12]}, and would not any more",
            help=f"Add its folder to source, or to coverage.include, or move it back. {_way_out(SOURCE)}",
            test=SOURCE,
        )


def _uncounted(change: PolicyChange) -> Iterator[Problem]:
    """Code that left the files that count, or never came there; one finding for each file that it is in."""
    for one in change.uncounted:
        what = f"{', '.join(one.names)} of {one.was}" if one.names else one.was
        said = f"{what} counted for coverage at {change.commit[:12]}; {one.path} has it now, which does not count"
        if not one.was:
            said = f"{one.path} does not count: it is among the tests, outside of source; production code imports it"
        is_error = bool(one.was) and one.is_imported
        is_helper = bool(one.was) and not one.is_imported and matches(one.path, TEST_FILES)
        yield Problem(
            message=said,
            help="If it helps tests alone, that is fine." if is_helper else f"Move it into source. {_way_out(SOURCE)}",
            test=SOURCE,
            severity=Severity.ERROR if is_error else Severity.NOTE if is_helper else Severity.WARNING,
        )


def _said(change: PolicyChange, loosening: Loosening) -> str:
    return f"{loosening.key} is loosened: {loosening.old} at {change.commit[:12]}, {loosening.new} now"


def _escape(key: str) -> str:
    return f"Put it back. {_way_out(key)}"


def _way_out(key: str) -> str:
    return f'If it is meant, first merge a waiver with rule = "{CODE}" and test = "{key}" into the base branch.'


def _request(change: PolicyChange, loosening: Loosening) -> Problem:
    return Problem(
        message=f"a request that is not honoured: {WAIVERS}: {loosening.new}; at {change.commit[:12]}: {loosening.old}",
        help=_REQUEST_HELP,
        test=loosening.key,
        severity=Severity.WARNING,
    )


def _of_tools(facts: Facts) -> Iterator[Problem]:
    for stage, tools in facts.dropped_tools.items():
        yield Problem(
            message=f"stage {stage} runs nothing any more: the base commit configures {', '.join(tools)}",
            help=f"If it is not meant, put the configuration back, or list '{stage}' in the policy's stages.",
            severity=Severity.WARNING,
        )
