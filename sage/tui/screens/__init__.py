"""The app's places."""
