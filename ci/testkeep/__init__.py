"""One CI pipeline for Python backends and a merge gate that notices every test that stopped guarding."""

__version__ = "0.1.0"
