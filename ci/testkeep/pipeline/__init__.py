"""Use cases: short lists of steps that join what the other packages know."""
