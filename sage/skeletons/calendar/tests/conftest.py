"""Makes `sage_plugins.skeleton` the folder above."""

from pathlib import Path

from sage.testing.plugins import reach

reach(Path(__file__).parents[2])
