"""Cases in Models: what one checks is changed, and a case goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.cases import Calls, Case, Check, Fits, NeverCalls, Omits, Says, check_words
from sage.core.errors import BadInput
from sage.locations import typed_path
from sage.tui.files import read_schema
from sage.tui.model_rows import OwnCase
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice, Option

if TYPE_CHECKING:
    from sage.tui.screens.models import Models
    from sage.tui.screens.talk import Talk

_WORDS: dict[str, tuple[str, Callable[[str], Check]]] = {
    "says": ("The answer must have these words", Says),
    "omits": ("The answer must not have these words", Omits),
}
_TOOLS: dict[str, tuple[str, Callable[[str], Check]]] = {
    "calls": ("It must call a tool", partial(Calls, arguments=None)),
    "never": ("It must never call a tool", partial(NeverCalls, arguments=None)),
}
_REMOVES = "remove "


class CaseDeeds:
    """Each one asks what it must, does, and has Models look again."""

    def __init__(self, models: Models, talk: Talk) -> None:
        self._models, self._talk = models, talk

    async def edit(self, row: OwnCase) -> None:
        """One change after the other, until the person leaves it."""
        case = (await self._models.read(wire.ShowEvalCase(row.case.id))).case
        while True:
            about = "\n".join(["An answer is right if it", *(f"· {check_words(check)}" for check in case.body.checks)])
            none = "Nothing is checked yet."
            wanted = await self._models.app.push_screen_wait(
                Choice("What shall change?", _changes(case), about if case.body.checks else none)
            )
            if not wanted:
                return
            if change := await self._asked(wanted, case):
                case = (await self._talk.call(wire.EditEvalCase(case.id, **change))).case
                await self._models.look_now("Kept. Trials are judged by it from now on.")

    async def _asked(self, wanted: str, case: Case) -> dict[str, Any]:
        """What is to change, once the person has said what it takes; nothing when they left it."""
        if wanted.startswith(_REMOVES):
            return {"remove": (int(wanted.removeprefix(_REMOVES)),)}
        if wanted == "holdout":
            return {"holdout": not case.holdout}
        if wanted in _TOOLS:
            title, made = _TOOLS[wanted]
            tool = await self._models.app.push_screen_wait(Choice(f"{title}: which?", _tools(case)))
            return {"add": (made(tool),)} if tool else {}
        words = await self._models.app.push_screen_wait(_line_for(wanted, case))
        if not words:
            return {}
        match wanted:
            case "value":
                return {"value": _number(words)}
            case "task":
                return {"task": words}
            case "schema":
                return {"add": (Fits(read_schema(typed_path(words))),)}
        return {"add": (_WORDS[wanted][1](words),)}

    async def drop(self, row: OwnCase) -> None:
        """Takes a case away, once the person has said yes."""
        lines = [row.case.said, "", "With it goes all that was answered to it. The talk itself stays."]
        if await self._models.app.push_screen_wait(Agreement("Drop this case?", lines, "drops it")):
            await self._talk.call(wire.DropEvalCase(row.case.id))
            await self._models.look_now(f"{row.case.id} is gone, with all that was answered to it.")


def _changes(case: Case) -> list[Option]:
    options = [Option(name, title) for name, (title, _) in (_WORDS | _TOOLS).items()]
    options.append(Option("schema", "The answer must be JSON that fits a schema"))
    options += [
        Option(f"{_REMOVES}{number}", f"No longer: {check_words(check)}")
        for number, check in enumerate(case.body.checks, 1)
    ]
    apart = "Use it for all again" if case.holdout else "Keep it apart: for verdicts alone"
    return [*options, Option("value", f"What a right answer is worth beside others (now {case.value:g})"),
            Option("holdout", apart), Option("task", f"What kind of task it is (now {case.task or 'none'})")]  # fmt: skip


def _tools(case: Case) -> list[Option]:
    return [Option(name, name, f"{effect} · recorded" if any(call.tool == name for call in case.body.wishes) else effect)
            for name, effect in sorted(case.body.effects().items())]  # fmt: skip


def _line_for(wanted: str, case: Case) -> AskLine:
    match wanted:
        case "value":
            return AskLine("What is a right answer worth?", about="Beside others; 1 is the usual one.", example="2")
        case "task":
            return AskLine("What kind of task is it?", example=case.task or "question")
        case "schema":
            return AskLine("Which JSON schema?", about="A file on this machine.", example="~/schema.json")
    return AskLine(_WORDS[wanted][0], about="However they are spaced, in upper or lower case.")


def _number(words: str) -> float:
    try:
        return float(words.replace(",", "."))
    except ValueError as error:
        raise BadInput(f"{words!r} is no number.", safe="Nothing was changed.", do="Give one from 0 on.") from error
