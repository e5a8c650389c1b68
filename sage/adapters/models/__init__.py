"""Models that answer or embed, and what they need on this machine."""
