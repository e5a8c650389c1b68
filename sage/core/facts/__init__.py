"""What a person stated: read from sentences by rule, with a time at which it held."""
