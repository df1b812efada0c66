"""What a change of coverage.py's own configuration leaves out of the numbers, and its undoing."""

from __future__ import annotations

from collections.abc import Iterator

from testkeep.formats.coverage_config import Config, entries

# Lists of what does not count: more entries make for better numbers.
_LISTS = (
    ("run", "omit"),
    ("report", "omit"),
    ("report", "exclude_lines"),
    ("report", "exclude_also"),
    ("report", "partial_branches"),
    ("report", "partial_also"),
)
_BRANCH = ("run", "branch")
_NOTHING = "nothing"


def is_true(value: str) -> bool:
    """Whether a value of an ini file means yes."""
    return value.strip().lower() in ("true", "yes", "on", "1")


def loosened(base: Config, head: Config) -> Iterator[tuple[str, str, str]]:
    """Find the options that leave out more than at the base: their names, and the values of both sides."""
    for section, option in _loosened(base, head):
        yield f"{section}.{option}", _shown(base, section, option), _shown(head, section, option)


def tightened(base: Config, head: Config) -> Config:
    """The head's configuration, in which such options have the base's values."""
    merged = {section: dict(options) for section, options in head.items()}
    for section, option in _loosened(base, head):
        options = merged.setdefault(section, {})
        options.pop(option, None)
        if option in base.get(section, {}):
            options[option] = base[section][option]
    return merged


def _loosened(base: Config, head: Config) -> Iterator[tuple[str, str]]:
    for section, option in _LISTS:
        before, now = (_values(side, section, option) for side in (base, head))
        if not set(now) <= set(before):
            yield section, option
    section, option = _BRANCH
    if is_true(base.get(section, {}).get(option, "")) and not is_true(head.get(section, {}).get(option, "")):
        yield section, option


def _shown(config: Config, section: str, option: str) -> str:
    return ", ".join(_values(config, section, option)) or _NOTHING


def _values(config: Config, section: str, option: str) -> list[str]:
    """The entries of a list; those of files may stand on one line, those of code have commas of their own."""
    found = entries(config.get(section, {}).get(option, ""))
    return [part.strip() for entry in found for part in entry.split(",")] if option == "omit" else found
