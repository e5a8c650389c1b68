"""Plugins: found, read without importing them, and run in processes of their own."""
