"""GitHub's context ``needs`` as JSON to how each job ended."""

from __future__ import annotations

import json

from testkeep.errors import UsageError


def read_needs(text: str) -> dict[str, str]:
    """Read how jobs ended, by name; nothing for an empty text.

    Raises:
        UsageError: it is not what ``toJSON(needs)`` gives.
    """
    if not text.strip():
        return {}
    try:
        needs = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--needs: not JSON: {error}", hint="Give what ${{ toJSON(needs) }} is.") from error
    if not isinstance(needs, dict) or not all(isinstance(_result(job), str) for job in needs.values()):
        raise UsageError(
            "--needs: expected an object with a 'result' for each job", hint="Give what ${{ toJSON(needs) }} is."
        )
    return {name: str(_result(job)) for name, job in needs.items()}


def _result(job: object) -> object:
    return job.get("result") if isinstance(job, dict) else None
