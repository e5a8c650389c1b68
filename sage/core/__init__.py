"""Pure decisions and the words of the domain: no I/O, no clock, no model."""
