"""Forgetting: every place that holds words, emptied and proven empty."""
