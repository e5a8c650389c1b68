"""What the deputy may answer for the person, and how: decisions alone, without a model."""
