"""The journal: all that must never be lost, in one SQLite database."""
