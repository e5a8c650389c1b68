"""`sage` opens the terminal app, `sage <command>` runs one command."""

from __future__ import annotations


def main() -> int:
    """The entry point; returns the exit code."""
    from sage.cli.main import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
