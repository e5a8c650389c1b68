"""`sage acp`: an editor talks with Sage, by the Agent Client Protocol on standard input and output.

A session of the editor is a conversation of the home. What is typed there is the person's word, as in the app; what needs an
approval is asked there. Sage reads and writes none of the editor's files.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any, NoReturn

from sage import __version__, wire
from sage.cli.printing import Printer, refuse_terminal
from sage.client import Client
from sage.core.errors import BadInput, SageError
from sage.core.messages import TextDelta
from sage.core.terminal_text import clean
from sage.core.turns import Action, ActionTaken, Answer, ApprovalNeeded, Correction, StartedOver, TurnStarted, goes_on
from sage.locations import Home

STOPS: dict[str, Any] = {
    "done": "end_turn",
    "stopped": "cancelled",
    "interrupted": "cancelled",
    "limited": "max_turn_requests",
}
YES, NO = "yes", "no"


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    acp = commands.add_parser("acp", parents=[common])
    acp.set_defaults(run=run_acp)


def run_acp(given: argparse.Namespace, printer: Printer) -> int:
    try:
        from acp import run_agent
    except ImportError as error:
        raise BadInput(
            "The library for ACP is not installed.", safe="Nothing was started.", do="pip install 'sage-companion[acp]'"
        ) from error
    refuse_terminal("an editor", "an agent")
    logging.disable(logging.CRITICAL)  # standard error is the editor's, and has no use for the library's own

    async def run() -> None:
        agent = SageAgent(given.home, given.profile or "")
        try:
            await run_agent(agent)  # type: ignore[arg-type] # of the protocol, what Sage does
        except ValueError as error:  # of asyncio, which speaks with pipes and not with files
            raise _no_pipes() from error
        finally:
            await agent.leave()

    asyncio.run(run())
    return 0


def _no_pipes() -> BadInput:
    return BadInput(
        "An editor speaks with this over pipes, and these are none.", safe="Nothing was started.",
        do="Name `sage acp` as an agent in the editor's settings.",
    )  # fmt: skip


@dataclass
class _Session:
    """A conversation as the editor has it open. `shown`: what was streamed of the answer that comes."""

    id: str
    begins: bool = False
    busy: bool = False
    turn: str = ""
    shown: str = ""
    stopping: bool = False


class SageAgent:
    """The agent's side, as the library calls it. Each prompt has a line to the engine of its own."""

    def __init__(self, home: Home, profile: str) -> None:
        self._home, self._profile = home, profile
        self._sessions: dict[str, _Session] = {}
        self._editor: Any = None

    def on_connect(self, editor: Any) -> None:
        self._editor = editor

    async def initialize(self, protocol_version: int, **_: Any) -> Any:
        from acp import PROTOCOL_VERSION
        from acp.schema import AgentCapabilities, Implementation, InitializeResponse

        return InitializeResponse(
            protocol_version=min(protocol_version, PROTOCOL_VERSION),
            agent_capabilities=AgentCapabilities(load_session=True),
            agent_info=Implementation(name="sage", title="Sage", version=__version__),
        )

    async def new_session(self, cwd: str, **_: Any) -> Any:
        from acp.schema import NewSessionResponse

        name = f"c{int(time.time() * 1000):011x}{secrets.token_hex(3)}"
        self._sessions[name] = _Session(name, begins=True)
        return NewSessionResponse(session_id=name)

    async def load_session(self, cwd: str, session_id: str, **_: Any) -> Any:
        """Opens a conversation again, and shows what was said in it."""
        from acp import update_agent_message_text, update_user_message_text
        from acp.schema import LoadSessionResponse

        shown = await self._ask(wire.ShowConversation(session_id))
        if not shown.turns:
            _fail(f"There is no conversation {session_id!r}.")
        self._sessions[session_id] = _Session(session_id)
        for turn in shown.turns:
            await self._editor.session_update(session_id, update_user_message_text(clean(turn.said)))
            await self._editor.session_update(session_id, update_agent_message_text(clean(turn.answer.answer)))
        return LoadSessionResponse()

    async def prompt(self, session_id: str, prompt: list[Any], **_: Any) -> Any:
        """One turn. What it comes to is streamed; the answer says only how it ended."""
        from acp.schema import PromptResponse

        session = self._sessions.get(session_id)
        if session is None:
            _fail(f"There is no session {session_id!r}.")
        if session.busy:
            _fail("Sage still answers in this session.")
        session.busy, session.turn, session.shown, session.stopping = True, "", "", False
        try:
            answer = await self._turn(session, _words(prompt))
        except SageError as error:
            _fail(str(error))
        finally:
            session.busy = False
        session.begins = False
        sources = [f"[{number}] {hit.citation}" for number, hit in enumerate(answer.sources, 1)]
        if rest := "\n".join(filter(None, [*sources, answer.trouble])):
            await self._say(session, f"\n\n{rest}")
        return PromptResponse(stop_reason=STOPS.get(answer.state, "refusal"))

    async def cancel(self, session_id: str, **_: Any) -> None:
        session = self._sessions.get(session_id)
        if session and session.busy:
            session.stopping = True
            if session.turn:
                await self._ask(wire.StopTurn(session.turn))

    async def leave(self) -> None:
        """Stops what is answered: nobody waits for it, and nobody could be asked."""
        for session in list(self._sessions.values()):
            with contextlib.suppress(SageError):
                await self.cancel(session.id)

    async def _ask(self, request: wire.Request[Any]) -> Any:
        def ask() -> Any:
            with Client(self._home, profile=self._profile, kind="acp") as client:
                return client.call(request)

        return await asyncio.to_thread(ask)

    async def _turn(self, session: _Session, said: str) -> Answer:
        events: asyncio.Queue[Any] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def hear(event: Any) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        def ask() -> Answer:
            try:
                with Client(self._home, profile=self._profile, kind="acp") as client:
                    request = wire.Ask(said, session.id, begins=session.begins)
                    return client.call(request, hear)
            finally:
                hear(None)

        asking = asyncio.create_task(asyncio.to_thread(ask))
        while (event := await events.get()) is not None:
            await self._show(session, event, asking)
        return await asking

    async def _show(self, session: _Session, event: Any, asking: asyncio.Task[Answer]) -> None:
        match event:
            case TurnStarted():
                session.turn = event.turn
                if session.stopping:
                    await self._ask(wire.StopTurn(event.turn))
            case TextDelta():
                await self._say(session, event.text)
            case StartedOver():
                if session.shown:
                    await self._say(session, f"\n\n({event.why} {event.model} answers instead.)\n\n")
                session.shown = ""
            case Correction():
                await self._correct(session, event.text)
            case ApprovalNeeded():
                await self._let_decide(session, event, asking)
            case ActionTaken():
                await self._editor.session_update(session.id, _told(event.action))

    async def _say(self, session: _Session, text: str) -> None:
        from acp import update_agent_message_text

        session.shown += text
        await self._editor.session_update(session.id, update_agent_message_text(clean(text)))

    async def _correct(self, session: _Session, text: str) -> None:
        """What was shown cannot be taken back: what is new is put below it, or all of it if it begins otherwise."""
        rest = goes_on(session.shown, text)
        if rest is None:
            await self._say(session, "\n\n(What stands above is void.)\n\n")
        await self._say(session, text if rest is None else rest)

    async def _let_decide(self, session: _Session, request: ApprovalNeeded, asking: asyncio.Task[Answer]) -> None:
        """Asks in the editor, with the exact arguments; no answer, and a turn that ends meanwhile, are a no."""
        from acp import text_block, tool_content
        from acp.schema import AllowedOutcome, PermissionOption, ToolCallUpdate

        call = ToolCallUpdate(
            tool_call_id=request.approval,
            title=clean(request.text),
            kind="other",
            status="pending",
            raw_input=request.arguments,
            content=[tool_content(text_block(clean(request.why)))],
        )
        options = [PermissionOption(option_id=YES, name="Do it", kind="allow_once"),
                   PermissionOption(option_id=NO, name="Leave it", kind="reject_once")]  # fmt: skip
        asked = asyncio.ensure_future(self._editor.request_permission(session.id, call, options))
        await asyncio.wait([asked, asking], return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            asked.cancel()
            return
        outcome = None if asked.exception() else asked.result().outcome
        granted = isinstance(outcome, AllowedOutcome) and outcome.option_id == YES
        with contextlib.suppress(SageError):  # the turn may have ended meanwhile
            await self._ask(wire.Decide(request.approval, request.digest, granted))


def _told(action: Action) -> Any:
    from acp import start_tool_call, text_block, tool_content

    return start_tool_call(
        action.id,
        clean(action.tool),
        kind="other",
        status="completed" if action.state == "done" else "failed",
        content=[tool_content(text_block(clean(action.result)))],
        raw_input=action.arguments,
    )


def _words(prompt: list[Any]) -> str:
    """What the person typed. A file that they point to is named; it is not read."""
    parts = []
    for block in prompt:
        match block.type:
            case "text":
                parts.append(block.text)
            case "resource_link":
                parts.append(f"[{block.name}]")
            case kind:
                _fail(f"Sage takes words, and no {kind}.")
    said = "".join(parts).strip()
    return said or _fail("There is nothing to ask.")


def _fail(what: str) -> NoReturn:
    from acp import RequestError

    raise RequestError(-32602, what)
