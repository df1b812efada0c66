"""A small service of the kind backend teams write: users, sessions and API keys."""
