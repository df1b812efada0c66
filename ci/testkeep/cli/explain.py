"""``testkeep explain`` and ``testkeep rules``: what the rules mean."""

from __future__ import annotations

import difflib

import click

from testkeep.errors import EXIT_PASS, UsageError
from testkeep.model.verdict import Decision
from testkeep.rules import RULES

_EFFECTS = {
    Decision.FAIL: "fails the verdict (exit code 1)",
    Decision.INCONCLUSIVE: "makes the verdict inconclusive (exit code 4)",
}


@click.command()
@click.argument("code")
def explain(code: str) -> int:
    """Say what a rule means and how to satisfy it."""
    for rule in RULES:
        if code.upper() == rule.code or code == rule.name:
            click.echo(f"{rule.code} {rule.name}: {_EFFECTS[rule.effect]}\n\n{rule.documentation}")
            return EXIT_PASS
    nearest = difflib.get_close_matches(code, [word for rule in RULES for word in (rule.code, rule.name)], n=1)
    advice = f"did you mean {nearest[0]}?" if nearest else "'testkeep rules' lists all."
    raise UsageError(f"no such rule: {code!r}; {advice}")


@click.command()
def rules() -> int:
    """List all rules."""
    width = max(len(rule.name) for rule in RULES)
    for rule in RULES:
        click.echo(f"{rule.code}  {rule.name:<{width}}  {rule.title}")
    return EXIT_PASS
