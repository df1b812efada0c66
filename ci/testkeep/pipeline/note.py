"""Writes a verdict as a note of the merge request that a GitLab pipeline runs for."""

from __future__ import annotations

import re

from testkeep.model.verdict import Verdict
from testkeep.reports import gitlab
from testkeep.system.interpreter import environment_variables

NOTE_VARIABLE = "TESTKEEP_NOTE_TOKEN"
# The pipeline's input: the name of the variable that the token comes from.
_NAME = "TESTKEEP_NOTE_TOKEN_FROM"
_TOKEN = re.compile(r"[A-Za-z0-9_.=-]+")


def write_note(verdict: Verdict) -> str:
    """Write the note, in place of the one of an earlier pipeline. The verdict does not depend on it.

    Returns what became of it, in one line; empty where there is no merge request, or no note is wanted.
    """
    environment = environment_variables()
    number, token = environment.get("CI_MERGE_REQUEST_IID", ""), environment.get(NOTE_VARIABLE, "")
    if not number or not environment.get(_NAME, NOTE_VARIABLE):
        return ""
    if not _TOKEN.fullmatch(token):
        return "no note was written: the variable for its token is empty here, or holds something else"
    # What speaks HTTP takes long to import, and most runs write no note.
    from testkeep.system.gitlab_notes import MergeRequestNotes

    notes = MergeRequestNotes(
        api=environment.get("CI_API_V4_URL", ""),
        project=environment.get("CI_MERGE_REQUEST_PROJECT_ID", ""),
        number=number,
        token=token,
    )
    job = environment.get("CI_JOB_NAME", "")
    problem = notes.put(gitlab.note_marker(job), gitlab.render_note(verdict, environment.get("CI_JOB_URL", "")))
    return f"no note was written: {problem}" if problem else f"the verdict is a note of merge request !{number}"
