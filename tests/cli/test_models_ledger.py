"""`sage models ledger` over a real engine, as a person reads it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_budget import BudgetPages
from sage.core.ledger import Caps, Ending, Job
from sage.core.messages import Usage
from sage.locations import Home
from tests.homes import engine_of, make_home, sage


def fill(home: Home) -> None:
    """Two calls of which one has an unknown price."""
    database = open_journal(home.journal)
    budget, now = BudgetPages(database, lambda: Caps(9.0, 9.0, 9.0)), datetime.now(UTC)
    for model, cost in (("demo/large", 0.0132), ("=demo/new", None)):
        call = budget.reserve(model, cost, Job("t1", "turn"), now)
        budget.settle(call, Usage(1200, 50, 0, cost), now, Ending("whole", 0.2, 1.25))
    database.close()


def test_the_ledger_is_read_drawn_and_written_to_a_file(tmp_path: Path) -> None:
    home = make_home(tmp_path, settings='[person]\ntimezone = "UTC"\n')
    fill(home)
    with engine_of(home):
        lines = sage(home, "models", "ledger", "--days", "2").stdout.splitlines()
        assert lines[0].endswith(": $0.0132 and 1 call unknown (counted as $0.50). By model:")
        assert lines[2] == f"{'=demo/new':<40} unknown (counted as $0.50)"
        assert lines[3:5] == ["    1 call; half within 1.2 s, 95 % within 1.2 s", "    1,200 tokens in, 50 out"]
        assert lines[6] == f"{'demo/large':<40} $0.0132"
        assert "Dollars a day (░: unknown, as it is counted)" in lines and lines[-4].startswith("$0.5132 of $1.00 ")
        shown = json.loads(sage(home, "models", "ledger", "--by", "day", "--json").stdout)
        assert shown["whole"]["unknown"] == 1 and shown["lines"][0]["calls"] == 2
        file = tmp_path / "calls.csv"
        assert sage(home, "models", "ledger", "--csv", str(file)).stdout == f"2 calls written to {file}\n"
        with file.open(newline="") as written:
            rows = list(csv.DictReader(written))
        assert [(row["model"], row["cost"], row["counted"]) for row in rows] == [
            ("demo/large", "0.0132", "0.0132"), ("'=demo/new", "", "0.5"),
        ]  # fmt: skip
        assert file.stat().st_mode & 0o777 == 0o600
        again = sage(home, "models", "ledger", "--csv", str(file))
        assert again.returncode == 1 and "there already" in again.stderr
        refused = sage(home, "models", "told", "right", "t-none")
        assert refused.returncode == 1 and "There is no turn 't-none'." in refused.stderr
