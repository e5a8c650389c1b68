"""The data folder itself: its lock, settings, keys, backups and exports."""
