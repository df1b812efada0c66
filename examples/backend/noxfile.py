# /// script
# dependencies = ["nox[uv]", "testkeep[all]"]
# ///
from testkeep.nox import register

register()
