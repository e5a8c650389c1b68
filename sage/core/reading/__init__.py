"""What stands in a file: documents, passages, headings, messages."""
