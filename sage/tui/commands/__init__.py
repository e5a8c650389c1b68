"""What is typed after a slash: one small piece a command, joined in `table`."""
