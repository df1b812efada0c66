"""Could a file have to do with a stage's tests? Answered from its name and text, before anything is imported."""

from __future__ import annotations

import re

from testkeep.model.stage import Stage, stage_of

# What people write in the names of folders and files that have to do with a stage, from which hooks assign marks.
_STEMS = {
    Stage.UNIT: "",
    Stage.INTEGRATION: "integration",
    Stage.MIGRATION: "migration",
    Stage.CONCURRENCY: "concurren",
    Stage.E2E: "e2e",
    Stage.PERFORMANCE: "performance",
}
_MARK_BY_NAME = re.compile(r"getattr\s*\(\s*(?:pytest\s*\.\s*)?mark\b")


def assigns_marks(text: str) -> bool:
    """Say whether a Python file computes marks, so that a test may have one that is written nowhere.

    >>> assigns_marks("item.add_marker(item.path.parent.name)")
    True
    """
    return "add_marker" in text or "own_markers" in text or _MARK_BY_NAME.search(text) is not None


def concerns_stage(stage: Stage, path: str, text: str, *, any_name: bool = False, computed_marks: bool = False) -> bool:
    """Say whether a Python file could hold a test of a stage, or a hook that moves tests into it.

    May say yes for nothing, and never no for a test that is there: a stage in whose favour no file speaks has nothing
    to do. ``path`` is relative to the project's root; ``any_name`` says that files with tests may be called anything
    (the project sets pytest's ``python_files``), ``computed_marks`` that any file of the project assigns marks: only
    then a folder or a file that sounds like the stage counts, beside those that the stage is found by.

    >>> concerns_stage(Stage.MIGRATION, "tests/test_users.py", "def test_login(): ...")
    False
    >>> concerns_stage(Stage.MIGRATION, "tests/test_users.py", "@pytest.mark.migration")
    True
    """
    name = path.rpartition("/")[2]
    is_test_file = any_name or name.startswith("test") or name.removesuffix(".py").endswith("test")
    sounds_like_it = computed_marks and _STEMS[stage] in path.lower()
    if is_test_file and (sounds_like_it or stage_of(path, ()) is stage):
        return True
    return str(stage) in text and re.search(rf"\bmark\s*\.\s*{stage}\b|['\"]{stage}['\"]", text) is not None
