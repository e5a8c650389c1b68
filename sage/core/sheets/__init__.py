"""Sheets: many texts of the person's own, each asked the same; pure decisions and words."""
