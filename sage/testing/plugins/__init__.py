"""The conformance kit: subclass a suite, give its fixtures, and get all of its tests."""
