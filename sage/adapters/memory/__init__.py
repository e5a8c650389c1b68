"""Memory: texts and notes found again, by their words and by their meaning."""
