"""Could a file have to do with a stage's tests? Answered from its name and text, before anything is imported."""

from __future__ import annotations

import re

from testkeep.model.stage import Stage, stage_of

# What people write in the names of folders and files that have to do with a stage, or in hooks that assign marks.
_STEMS = {
    Stage.UNIT: "",
    Stage.INTEGRATION: "integration",
    Stage.MIGRATION: "migration",
    Stage.CONCURRENCY: "concurren",
    Stage.E2E: "e2e",
    Stage.PERFORMANCE: "performance",
}


def concerns_stage(stage: Stage, path: str, text: str, *, any_name: bool = False) -> bool:
    """Say whether a Python file could hold a test of a stage, or a hook that moves tests into it.

    May say yes for nothing, and never no for a test that is there: a stage in whose favour no file speaks has nothing
    to do. ``path`` is relative to the project's root; ``any_name`` says that files with tests may be called anything
    (the project sets pytest's ``python_files``).

    >>> concerns_stage(Stage.MIGRATION, "tests/test_users.py", "def test_login(): ...")
    False
    >>> concerns_stage(Stage.MIGRATION, "tests/test_users.py", "@pytest.mark.migration")
    True
    """
    name = path.rpartition("/")[2]
    is_test_file = any_name or name.startswith("test") or name.removesuffix(".py").endswith("test")
    if is_test_file and (stage_of(path, ()) is stage or _STEMS[stage] in path.lower()):
        return True
    return re.search(rf"\bmark\s*\.\s*{stage}\b|['\"]{stage}['\"]", text) is not None
