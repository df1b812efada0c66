"""The only code that touches the world: processes, git, files, the environment. Returns text, bytes and paths."""
