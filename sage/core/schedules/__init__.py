"""Wall time and what returns: when something is due, where the person is."""
