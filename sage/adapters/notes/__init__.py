"""The notes: files that are read, watched and, where they are Sage's own, written."""
