"""``python -m testkeep``."""

import sys

from testkeep.cli import main

sys.exit(main())
