"""``testkeep`` and ``python -m testkeep``: nothing is imported before an interrupt can be answered in one line."""

import sys


def main() -> int:
    """Run the command line."""
    try:
        from testkeep.cli import main as run

        return run()
    except KeyboardInterrupt:  # while it is imported
        sys.stderr.write("\ntestkeep: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
