"""Crashes of every kind: in process at every step that a disk sees, and real processes that are killed."""
