"""``testkeep render``: show a verdict again, where its evidence is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from testkeep.cli.options import FILE, loudness_options, output_options, publish, screen_of
from testkeep.errors import EXIT_PASS, EvidenceError
from testkeep.formats.evidence_json import loads_verdict


@click.command()
@click.argument("verdict_file", metavar="VERDICT_JSON", type=FILE)
@output_options
@loudness_options
def render(verdict_file: Path, **options: Any) -> int:
    """Render a verdict.json again, in any of the formats. Decides nothing: the exit code is 0 for any verdict.

    Made for a workflow that comments on pull requests of forks: what it gets from there is read as data, and all text
    in it is escaped anew.
    """
    try:
        data = verdict_file.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{verdict_file}: the verdict cannot be read: {error.strerror}") from error
    publish(loads_verdict(data, str(verdict_file)), options, screen_of(options))
    return EXIT_PASS
