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
    ("report", "partial_branches_always"),
    ("report", "partial_also"),
    # They may set any option.
    ("run", "plugins"),
)
# What coverage.py leaves out where an option is not set, and other ways to write that.
_DEFAULTS = {
    "exclude_lines": (
        r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(cover|COVER)",
        "pragma: no cover",
        "# pragma: no cover",
        "pragma: no-cover",
    ),
    "partial_branches": (
        r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(branch|BRANCH)",
        "pragma: no branch",
        "# pragma: no branch",
    ),
}
_BRANCH = ("run", "branch")
_NOTHING, _DEFAULT = "nothing", "the default"


def is_true(value: str) -> bool:
    """Whether a value of an ini file means yes."""
    return value.strip().lower() in ("true", "yes", "on", "1")


def loosened(base: Config, head: Config) -> Iterator[tuple[str, str, str]]:
    """Find the options that leave out more than at the base: their names, and the values of both sides."""
    for section, option in _loosened(base, head):
        yield f"{section}.{option}", _shown(base, section, option), _shown(head, section, option)


def tightened(base: Config, head: Config) -> Config:
    """The head's configuration, in which such options have the base's values; a plugin that is gone stays gone."""
    merged = {section: dict(options) for section, options in head.items()}
    for section, option in _loosened(base, head):
        options = merged.setdefault(section, {})
        now = entries(options.pop(option, ""))
        if option in base.get(section, {}):
            before = base[section][option]
            kept = [entry for entry in entries(before) if entry in now]
            options[option] = "\n".join(kept) if option == "plugins" else before
    return merged


def _loosened(base: Config, head: Config) -> Iterator[tuple[str, str]]:
    for section, option in _LISTS:
        before, now = (_meant(side, section, option) for side in (base, head))
        if not now <= before:
            yield section, option
    section, option = _BRANCH
    if is_true(base.get(section, {}).get(option, "")) and not is_true(head.get(section, {}).get(option, "")):
        yield section, option


def _shown(config: Config, section: str, option: str) -> str:
    unset = _DEFAULT if option in _DEFAULTS and option not in config.get(section, {}) else _NOTHING
    return ", ".join(_values(config, section, option)) or unset


def _meant(config: Config, section: str, option: str) -> set[str]:
    """The entries that are in force, each default in one way of writing it."""
    default = _DEFAULTS.get(option, ())
    said = _values(config, section, option) if option in config.get(section, {}) else list(default[:1])
    return {default[0] if entry in default else entry for entry in said}


def _values(config: Config, section: str, option: str) -> list[str]:
    """The entries of a list; those of files may stand on one line, those of code have commas of their own."""
    found = entries(config.get(section, {}).get(option, ""))
    return [part.strip() for entry in found for part in entry.split(",")] if option == "omit" else found
