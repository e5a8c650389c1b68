"""The journal's page for labels: who may see what, as the person said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sage.adapters.database import Database, stamp
from sage.core.labels import Audience, KeptLabel, LabelKind


class LabelPages:
    """One label for each thing; a new one takes the old one's place."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def labels(self) -> list[KeptLabel]:
        """All labels, in the order of their kinds and targets."""
        rows = self._database.rows("SELECT kind, target, audience, made_at FROM labels ORDER BY kind, target")
        return [KeptLabel(kind, target, tuple(audience.split("\n")), at) for kind, target, audience, at in rows]

    def tell_facts(self, audiences: Mapping[str, Audience]) -> None:
        """Facts are seen by those who may see the passages and texts (by id) that say them."""
        if audiences:
            with self._database.transaction() as connection:
                connection.executemany(
                    "UPDATE fact_places SET audience = ? WHERE passage = ?",
                    [("\n".join(audience), name) for name, audience in audiences.items()],
                )

    def keep_label(self, kind: LabelKind, target: str, audience: Audience | None, at: datetime) -> None:
        """Keeps a label, or takes it away (None); on disk when it returns."""
        if audience is None:
            self.drop_labels(kind, [target])
            return
        self._database.run(
            "INSERT OR REPLACE INTO labels VALUES (?, ?, ?, ?)", (kind, target, "\n".join(audience), stamp(at))
        )

    def drop_labels(self, kind: LabelKind, targets: Iterable[str]) -> None:
        """Takes labels away, in one durable commit."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM labels WHERE kind = ? AND target = ?", [(kind, target) for target in targets]
            )
