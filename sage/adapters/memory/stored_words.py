"""The words of the store's passages: counted, kept as lists, looked up and compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from sage.adapters.database import Database
from sage.adapters.memory import postings
from sage.adapters.memory.memory_rows import PassageRow, fields_of
from sage.adapters.memory.stored_rows import passages_where
from sage.core.stems import tagged
from sage.core.tongues import ENGLISH

CountedRow = tuple[tuple[int, int], postings.Words]
"""The block and the place of a row, with its words."""


class StoredWords:
    """Cuts texts into terms, and knows where each term stands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tokenizer = postings.Tokenizer(database.connection)

    def entries(self, sought: Sequence[postings.Sought]) -> list[postings.Standing]:
        """Where each word of a question stands, in passages and in documents, by the terms that it may be."""
        # No row was ever cut by the other languages, so that nothing would be found for them.
        used = {row[0] for row in self._database.rows("SELECT DISTINCT tongue FROM blocks")}
        return [
            postings.Standing(one, *postings.entries_of(self._begun(one, used) if one.begun else [
                row for term in one.terms if (tongue := postings.tongue_of_term(term)) in used
                for row in self._database.rows(postings.READ, (tongue, term))
            ]))
            for one in sought
        ]  # fmt: skip

    def _begun(self, sought: postings.Sought, used: Iterable[str]) -> list[tuple[int, bytes]]:
        others = json.dumps(sought.terms)
        return [
            row for tongue in used for begun in postings.beginnings(sought) for row in self._database.rows(
                postings.READ_BEGUN, (tongue, "" if tongue == ENGLISH else tagged(tongue, ""), begun, others))
        ]  # fmt: skip

    def cut(self, words: Sequence[str]) -> list[postings.Sought]:
        """What is looked up for words."""
        return self._tokenizer.sought(words)

    def of_passage(self, row: PassageRow) -> postings.Words:
        """The words of a passage, counted."""
        return postings.count_words(self._tokenizer, fields_of(row))

    def of_document(self, title: str, words: str) -> postings.Words:
        """The words of a document itself, counted."""
        return postings.count_words(self._tokenizer, {postings.TITLE: title, postings.WORDS: words})

    def compare(self) -> Iterator[tuple[int, int]]:
        """Counts all words again, a block at a time: how many passages it has, and how many of its lists differ."""
        blocks = self._database.rows(
            "SELECT block FROM blocks UNION SELECT number / ?1 FROM passages UNION SELECT -1 - number / ?1 FROM documents",
            (postings.BLOCK,),
        )
        for (block,) in blocks:
            with self._database.transaction():
                rows = self._counted_again(block)
                kept = self._database.rows("SELECT term, entries FROM postings WHERE block = ?", (block,))
                found = self._database.rows("SELECT tongue FROM blocks WHERE block = ?", (block,))
            unfound = {words.tongue for _, words in rows}.difference(row[0] for row in found)
            yield (len(rows) if block >= 0 else 0), postings.differing(rows, kept) + len(unfound)

    def _counted_again(self, block: int) -> list[CountedRow]:
        first, last = postings.rows_of_block(block)
        if block >= 0:
            found = passages_where(self._database, "WHERE p.number BETWEEN ? AND ?", (first, last))
            return [(postings.passage_block(row.number), self.of_passage(row)) for row in found]
        sql = "SELECT number, title, words FROM documents WHERE number BETWEEN ? AND ?"
        return [
            (postings.document_block(number), self.of_document(title, words))
            for number, title, words in self._database.rows(sql, (first, last))
        ]
