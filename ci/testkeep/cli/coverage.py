"""``testkeep coverage``: what the last run measured, and what to write next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from testkeep.cli.options import base_option, evidence_option, untracked_option
from testkeep.cli.screen import width_of
from testkeep.cli.session import choose_base, folder_or_default
from testkeep.errors import EXIT_PASS
from testkeep.formats.text_json import encode
from testkeep.pipeline.base_store import state_folder
from testkeep.pipeline.context import load_project
from testkeep.pipeline.coverage import measure
from testkeep.pipeline.policy_in_force import under_base
from testkeep.reports import coverage_table
from testkeep.system.evidence_folder import EvidenceFolder


@click.command()
@evidence_option
@base_option
@untracked_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON (schema testkeep.coverage/1) instead of tables.")
def coverage(**options: Any) -> int:
    """Show what the last run measured, and what to write next.

    Shows each layer, the lines of each file that no test runs, and the functions where missing lines are cheapest to
    win; after 'testkeep run --footprints' with the tests that come nearest to them. Runs nothing and judges nothing.
    """
    project = load_project(Path.cwd())
    folder = EvidenceFolder(folder_or_default(project, options["evidence_folder"], "evidence"))
    base, _ = choose_base(project, options["base_ref"])
    project = under_base(project, base.commit)
    report = state_folder(project) / "coverage"
    summary = measure(project, folder, base.commit, report, untracked=options["include_untracked"])
    console = Console()
    if options["as_json"]:
        click.echo(encode(summary))
    else:
        click.echo(coverage_table.render(summary, width=width_of(console), color=console.is_terminal))
    return EXIT_PASS
