"""What the journal keeps of models, as pieces that can be forgotten: what turns asked of them, cases and examples made of that,
answers on trial, sheets that they filled, and settings as they were at a swap.

Nearly all of it are words of other things that were kept with it, so it rests on those: on its turn, on the passages and notes
whose words were shown, on the row of its sheet. Nobody's words elsewhere are taken because a case has them, too.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import apsw
import msgspec

from sage.adapters.forgetting.journal_columns import RowChange, file_key, has, turn_key
from sage.core.forgetting.forgetting import Choice, Piece
from sage.core.passages import ANSWER, SAID, first_id
from sage.core.swaps import Changes

LEVEL = 6
"""How strongly the journal compresses: what comes back from the trash is packed like all else."""
_CELL = "sheet/"
"""Begins what stands in the place of a turn where a case was made of a corrected cell."""
_JOINS = frozenset(("reduce", "resolve"))
"""Columns for which rows are read together."""


def pieces(journal: apsw.Connection) -> Iterator[Piece]:
    """All that stands in a journal of what models were asked, and of what they said where it is no answer to a turn."""
    if has(journal, "asked"):
        yield from _asked(journal)
        yield from _cases(journal)
        yield from _trial_answers(journal)
        yield from _examples(journal)
        yield from _swaps(journal)
        yield from _sheets(journal)
        yield from _sheet_rows(journal)
        yield from _joined_cells(journal)


# --- what turns asked, and what was kept of it -----------------------------------------------------------------------


def _asked(journal: apsw.Connection) -> Iterator[Piece]:
    """All steps of a turn are one piece."""
    turns: dict[str, tuple[str, list[Any], list[str]]] = {}
    rows = journal.execute("SELECT turn, request, answer, documents, at FROM asked ORDER BY turn, step")
    for turn, request, answer, documents, at in rows:
        _, held, named = turns.setdefault(turn, (at, [], []))
        held += [_unpacked(request), _unpacked(answer)]
        named += msgspec.json.decode(documents, type=list[str])
    for turn, (at, held, named) in turns.items():
        yield Piece(
            "models", f"asked/{turn}", "record of what a model was asked", f"what a model was asked, {_moment(at)}", "",
            rests_on=_of_turn(turn, named), group=turn, when=at, begins=_said(held[0]), evidence=_words(held),
        )  # fmt: skip


def _cases(journal: apsw.Connection) -> Iterator[Piece]:
    rows = journal.execute(
        "SELECT c.id, c.turn, c.body, c.documents, c.made_at, ifnull(t.said_at, '') FROM cases c"
        " LEFT JOIN turns t ON t.id = c.turn ORDER BY c.seq"
    )
    for name, turn, body, documents, made_at, said_at in rows:
        yield _kept_of_turn("case", name, turn, _unpacked(body), documents, made_at, said_at)


def _examples(journal: apsw.Connection) -> Iterator[Piece]:
    rows = journal.execute(
        "SELECT e.id, e.turn, e.body, e.documents, e.made_at, ifnull(t.said_at, '') FROM examples e"
        " LEFT JOIN turns t ON t.id = e.turn ORDER BY e.seq"
    )
    for name, turn, body, documents, made_at, said_at in rows:
        yield _kept_of_turn("example", name, turn, _unpacked(body), documents, made_at, said_at)


def _kept_of_turn(kind: str, name: str, turn: str, body: Any, documents: str, made_at: str, said_at: str) -> Piece:
    of = "a turn" if not turn.startswith(_CELL) else "a cell of a sheet"
    when = f" of {_moment(said_at)}" if said_at else ""
    return Piece(
        "models", f"{kind}/{name}", f"{kind} made of {of}", f"{kind} made of {of}{when}", "", (name,),
        rests_on=_of_turn(turn, msgspec.json.decode(documents, type=list[str])), group=turn, when=made_at,
        begins=_said(body), evidence=_words(body),
    )  # fmt: skip


def _trial_answers(journal: apsw.Connection) -> Iterator[Piece]:
    """What was said in a trial, as the words of its case and of examples: a note that it quotes is no reason to take the note."""
    rows = journal.execute("SELECT trial, case_id, side, answer, grades, at FROM trial_answers ORDER BY rowid")
    for trial, case, side, answer, grades, at in rows:
        said = _unpacked(answer)
        shown = said.pop("rests_on", ())
        text = _words(said)
        yield Piece(
            "models", f"trial/{trial}/{case}/{side}", "answer of a model on trial", f"answer on trial, {_moment(at)}", text,
            rests_on=(f"case/{case}", *_sources(shown)), group=trial, when=at,
            evidence=f"{text}\n{_words(msgspec.json.decode(grades))}",
        )  # fmt: skip


def _of_turn(turn: str, documents: Collection[str]) -> tuple[str, ...]:
    own: tuple[str, ...] = (turn_key(turn, SAID), turn_key(turn, ANSWER))
    if turn.startswith(_CELL):  # then its words are those of a row, and of all that the row is taken from
        sheet, row = turn.split("/")[1], turn.rpartition("/")[2]
        own = (f"sheet/{sheet}", f"row/{sheet}/{row}", *(f"cut {name}" for name in documents))
    return tuple(dict.fromkeys([*own, *_sources(documents)]))


def _sources(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for name in names for each in _known_as(name))


def _known_as(name: str) -> tuple[str, ...]:
    """A source's name, and for a copy of a passage that of the first."""
    return (name,) if "/" in name else (name, first_id(name))


# --- settings at a swap ----------------------------------------------------------------------------------------------


def _swaps(journal: apsw.Connection) -> Iterator[Piece]:
    """They have no time: whoever forgets a week does not want other models. And they count as one place."""
    for name, before, after, made_at in journal.execute("SELECT id, before, after, made_at FROM swaps ORDER BY seq"):
        lines = [line for each in (before, after) for line in bytes(each).decode("utf-8", "replace").splitlines()]
        if lines:
            yield Piece(
                "models", f"swap/{name}", "settings kept for a rollback", f"swap of models of {made_at[:10]}",
                "\n".join(dict.fromkeys(lines)), group="swaps", fate="replaced", splits=True,
            )  # fmt: skip


def _emptied(journal: apsw.Connection, name: str) -> dict[str, Any]:
    """A swap without the settings' words: a rollback then sets back who answers, key by key."""
    rows: list[Any] = journal.execute("SELECT changes FROM swaps WHERE id = ?", (name,)).fetchall()
    changes = msgspec.json.decode(rows[0][0], type=Changes) if rows else Changes(())
    keys = tuple(each for each in changes.keys if each.key[:1] != ("agent",))
    left = msgspec.structs.replace(changes, keys=keys)
    return {"before": b"", "after": b"", "changes": msgspec.json.encode(left).decode()}


# --- sheets ----------------------------------------------------------------------------------------------------------


def _sheets(journal: apsw.Connection) -> Iterator[Piece]:
    """A sheet is what the person wrote: its name, what its rows are, what its columns ask. It goes with all its rows."""
    roots = [str(root) for (root,) in journal.execute("SELECT path FROM roots")]
    for name, title, body, made_at in journal.execute("SELECT id, name, body, made_at FROM sheets ORDER BY seq"):
        plan = msgspec.json.decode(body)
        over = str(plan.get("over", ""))
        asks = [each for column in plan.get("columns", ()) for each in (column["name"], column["prompt"])]
        yield Piece(
            "sheets", f"sheet/{name}", "sheet", f"sheet {title}", "\n".join([title, over, *asks]), (name, title),
            rests_on=_files_named(roots, over.partition(":")[2]), group=name, when=made_at, title=title,
        )  # fmt: skip


def _files_named(roots: Iterable[str], words: str) -> tuple[str, ...]:
    """The files that the rows of a sheet are taken from, if it names one by its path."""
    path, found = words.strip("/"), []
    for root in roots:
        within = root.strip("/") + "/"
        found += [file_key(root, path), *([file_key(root, path[len(within) :])] if path.startswith(within) else [])]
    return tuple(found) if path else ()


def _sheet_rows(journal: apsw.Connection) -> Iterator[Piece]:
    """A row with its cells. Its text is that of what it was taken from; also when only a part of that goes, so does the row."""
    cells: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    joined = _joined(journal)
    rows = journal.execute("SELECT sheet, row, column_name, key, value, ifnull(corrected, ''), at FROM sheet_cells")
    for sheet, row, column, key, value, corrected, at in rows:
        if (sheet, column) not in joined:
            cells.setdefault((sheet, row), []).append((key, f"{value}\n{corrected}".strip(), at))
    found = journal.execute(
        "SELECT r.sheet, r.row, ifnull(s.name, ''), r.source, r.document, r.text, ifnull(s.made_at, '') FROM sheet_rows r"
        " LEFT JOIN sheets s ON s.id = r.sheet ORDER BY r.rowid"
    )
    for sheet, row, title, source, document, text, made_at in found:
        own = cells.get((sheet, row), [])
        yield Piece(
            "sheets", f"row/{sheet}/{row}", "row of a sheet", f"sheet {title}, row {row}",
            "\n".join(words for _, words, _ in own if words), (), tuple(dict.fromkeys(key for key, _, _ in own)),
            rests_on=(f"sheet/{sheet}", *_known_as(document), f"cut {document}"), group=sheet,
            when=max([made_at, *(at for _, _, at in own)]), begins=text, evidence=f"{source}\n{text}",
        )  # fmt: skip


def _joined_cells(journal: apsw.Connection) -> Iterator[Piece]:
    """What was made of all rows together rests on each of them."""
    texts: dict[str, list[tuple[str, str]]] = {}
    columns = _joined(journal)
    for sheet, row, text in journal.execute("SELECT sheet, row, text FROM sheet_rows") if columns else ():
        texts.setdefault(sheet, []).append((f"row/{sheet}/{row}", text))
    for (sheet, column), title in columns.items():
        cells: list[Any] = journal.execute(
            "SELECT key, value, ifnull(corrected, ''), at FROM sheet_cells WHERE sheet = ? AND column_name = ? ORDER BY row",
            (sheet, column),
        ).fetchall()
        words = dict.fromkeys(words for _, value, corrected, _ in cells for words in (value, corrected) if words)
        rows = texts.get(sheet, [])
        yield Piece(
            "sheets", f"column/{sheet}/{column}", "column of a sheet", f"sheet {title}, column {column}", "\n".join(words), (),
            tuple(dict.fromkeys(key for key, _, _, _ in cells)),
            rests_on=(f"sheet/{sheet}", *(key for key, _ in rows)), group=sheet, when=max(at for _, _, _, at in cells),
            evidence="\n".join(text for _, text in rows),
        )  # fmt: skip


def _joined(journal: apsw.Connection) -> dict[tuple[str, str], str]:
    """The columns (sheet, name) into whose cells more than one row went, and the names of their sheets: cells of what is no row
    are such, whatever their sheet says of them."""
    sheets = {
        name: (title, msgspec.json.decode(body))
        for name, title, body in journal.execute("SELECT id, name, body FROM sheets")
    }
    kinds = {
        (name, each["name"]): each["kind"] for name, (_, plan) in sheets.items() for each in plan.get("columns", ())
    }
    rows = journal.execute(
        "SELECT c.sheet, c.column_name, count(*) > count(r.row) FROM sheet_cells c"
        " LEFT JOIN sheet_rows r ON r.sheet = c.sheet AND r.row = c.row GROUP BY c.sheet, c.column_name"
    )
    return {
        (sheet, column): sheets[sheet][0] if sheet in sheets else ""
        for sheet, column, beyond in rows
        if beyond or kinds.get((sheet, column)) in _JOINS
    }


# --- changes ---------------------------------------------------------------------------------------------------------


def changes_of(journal: apsw.Connection, choice: Choice) -> list[RowChange]:
    """How rows change when a piece goes. A case takes with it what was answered to it, a sheet its rows."""
    key = choice.piece.key
    kind, _, name = key.partition("/")
    match kind:
        case "asked":
            return [RowChange(key, "asked", {"turn": name})]
        case "case":
            answered = [RowChange(key, table, {"case_id": name}) for table in ("trial_answers", "votes")]
            return [*answered, RowChange(key, "cases", {"id": name})]
        case "trial":
            return [
                RowChange(key, "trial_answers", dict(zip(("trial", "case_id", "side"), name.split("/"), strict=True)))
            ]
        case "example":
            return [RowChange(key, "examples", {"id": name})]
        case "swap":
            return [RowChange(key, "swaps", {"id": name}, _emptied(journal, name))]
        case "sheet":
            held = [RowChange(key, table, {"sheet": name}) for table in ("sheet_cells", "sheet_rows")]
            return [*held, RowChange(key, "sheets", {"id": name})]
        case "row":
            sheet, _, row = name.partition("/")
            return [RowChange(key, table, {"sheet": sheet, "row": int(row)}) for table in ("sheet_cells", "sheet_rows")]
        case "column":
            sheet, _, column = name.partition("/")
            return [RowChange(key, "sheet_cells", {"sheet": sheet, "column_name": column})]
    return []


# --- in the trash ----------------------------------------------------------------------------------------------------


def rests_on(table: str, rows: Iterable[dict[str, Any]]) -> set[str]:
    """What rows that are kept for an undo rest on."""
    found: set[str] = set()
    for row in rows:
        if table in ("asked", "cases", "examples"):
            found.update(_of_turn(row["turn"], msgspec.json.decode(row["documents"], type=list[str])))
        elif table == "sheet_rows":
            found.update((row["document"], *_known_as(row["document"])))
        elif table == "trial_answers":
            found.update(_sources(msgspec.json.decode(row["answer"]["packed"]).get("rests_on", ())))
    return found


def is_part(piece: str, gone: Collection[str]) -> bool:
    """Whether a piece (by key) makes no sense when those do not come back: half of a case, or of a sheet, is none."""
    kind, _, name = piece.partition("/")
    match kind:
        case "trial":
            return f"case/{name.split('/')[1]}" in gone
        case "row" | "column":
            return f"sheet/{name.split('/')[0]}" in gone or piece in gone
        case "asked" | "case" | "example" | "sheet":
            return piece in gone
    return False


# --- packed values ---------------------------------------------------------------------------------------------------


def in_words(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they are kept for an undo: what is packed in them unpacked, so that words can be found and cut there."""
    return [{name: _in_words(value) for name, value in row.items()} for row in rows]


def as_they_were(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows again."""
    return [{name: _as_it_was(value) for name, value in row.items()} for row in rows]


def _in_words(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return {"packed": zlib.decompress(value).decode()}
    except zlib.error:
        return {"text": value.decode()}


def _as_it_was(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return zlib.compress(value["packed"].encode(), LEVEL) if "packed" in value else value["text"].encode()


def _unpacked(data: bytes) -> Any:
    return msgspec.json.decode(zlib.decompress(data))


def _words(value: Any) -> str:
    """Every text in what was JSON, each once."""
    return "\n".join(dict.fromkeys(_texts(value)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _said(body: Any) -> str:
    """The person's words in what a model was asked."""
    asked = body.get("opening", body) if isinstance(body, dict) else {}
    if isinstance(said := asked.get("said"), str):
        return said
    messages: Sequence[Any] = asked.get("messages", ())
    return next((str(each.get("text", "")) for each in reversed(messages) if each.get("role") == "user"), "")


def _moment(at: str) -> str:
    return at[:16].replace("T", " ")
