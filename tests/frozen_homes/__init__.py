"""Homes as each schema that ever landed left them. They are opened by every later version and never written again."""
