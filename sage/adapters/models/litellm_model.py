"""Any hosted or local-server model, through litellm."""

from __future__ import annotations

import asyncio
import difflib
import logging
import re
import time
import weakref
from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from sage.adapters.home.secret_store import Secret, SecretStore
from sage.adapters.models.litellm_answer import StreamedAnswer, stated_usage
from sage.adapters.models.litellm_library import (
    close_connections,
    context_of,
    known_models,
    load_library,
    price_of,
    register_ollama,
)
from sage.adapters.models.litellm_troubles import no_answer, pause_of, refuse_unlisted, told_trouble, unknown_provider
from sage.core.chat_prompt import (
    chat_messages,
    chat_tools,
    most_request_tokens,
    with_images,
)
from sage.core.errors import ModelTrouble, NoAnswer, NoKey, StreamBroken, UnknownModel
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, Usage
from sage.core.providers import OLLAMA_PREFIXES, OLLAMA_URL, find_provider, is_ollama_cloud, place_of, provider_prefix
from sage.core.small_prompt import offered
from sage.core.written_calls import WrittenCalls

CONNECT_SECONDS = 10.0
LOCAL_CONTEXT = 8192
HOSTED_CONTEXT = 32_768
"""Tokens assumed where neither the profile nor litellm's table says: small, so that nothing is cut off unseen."""

GONE_SECONDS = 600.0
"""In which a provider that does not know a model is not asked for it again."""

PATIENT = 5.0
"""Seconds that a server may ask to be left alone for before it is asked once more by itself."""

NO_KEY = "none"
"""What a server without a key gets as one: left out, litellm would send it the key of another provider."""

REFUSED = frozenset({400, 422, 501})
"""What a server answers with that does not take a request as it is (HTTP): nothing of it was begun."""

SEES = re.compile(r"(?i)llava|vision|pixtral|moondream|minicpm-v|gemma-?3(?!-?1b)|\d?-?vl(?![a-z])")
"""Models whose names say that they can see."""

log = logging.getLogger(__name__)
_open: weakref.WeakSet[LitellmModel] = weakref.WeakSet()


class LitellmModel:
    """One model by its litellm id, such as `anthropic/…`, `ollama_chat/…`, or `openai/…` with a `base_url`.

    A key is read when it is needed, from `secrets` under `key_env` (else under the provider's usual name); a server with a
    `base_url` gets only the key that `key_env` names. `seconds` is the longest silence, `context_tokens` 0 takes the model's own.
    """

    def __init__(
        self,
        model: str,
        secrets: SecretStore,
        *,
        base_url: str = "",
        key_env: str = "",
        temperature: float | None = None,
        seconds: float = 120.0,
        context_tokens: int = 0,
    ) -> None:
        self._model, self._secrets = model, secrets
        self._temperature, self._seconds, self._context = temperature, seconds, context_tokens
        self._base_url = base_url or (OLLAMA_URL if provider_prefix(model) in OLLAMA_PREFIXES else "")
        provider = find_provider(model)
        self._needs_key = bool(key_env or (provider and not base_url))
        self._key_env = key_env or (provider.key_env if provider and not base_url else "")
        self._local = place_of(model, base_url) == "loopback"
        self._ollama = provider_prefix(model) in OLLAMA_PREFIXES
        self._free = self._local or (self._ollama and not is_ollama_cloud(model))
        self._takes_form = True
        self._gone: tuple[float, UnknownModel] | None = None
        self._asked = model
        _open.add(self)

    @property
    def name(self) -> str:
        return self._model

    @property
    def context_tokens(self) -> int:
        """What the profile says, else (once litellm is loaded) what its table says, else a careful guess."""
        return self._context or (LOCAL_CONTEXT if self._local else HOSTED_CONTEXT)

    async def prepare(self) -> None:
        """Loads litellm now rather than at the first question. Raises NoKey."""
        await self._key()
        await self._library()

    async def check(self, *, look: bool = True) -> None:
        """Looks whether this model could answer, without asking it anything; without `look` only for its key.

        Raises NoKey, and UnknownModel when its server tells which models it has and this is none of them, or when
        nobody is known by the name of its provider. A server that does not answer may do so later.
        """
        key = await self._key()
        if not look:
            return
        if self._base_url:
            await refuse_unlisted(self._model, self._base_url, key)
        if not (self._ollama or self._base_url or find_provider(self._model)) and (
            trouble := unknown_provider(await self._library(), self._model)
        ):
            raise trouble

    async def unlisted(self) -> str:
        """In words that litellm's table does not have this model of a provider, so that its price is not known; "" where it does,
        or where its price does not matter."""
        if self._free or self._base_url:
            return ""
        library = await self._library()
        names = known_models(library, provider_prefix(self._model))
        if self._model in names or price_of(library, self._model, Usage(1, 1)) is not None:
            return ""
        near = difflib.get_close_matches(self._model, names, n=1, cutoff=0.4)
        hint = f" The nearest known one is {near[0]}." if near else ""
        return f"{self._model} is in no list of known models.{hint}"

    async def sees(self) -> bool:
        """Whether it can see pictures, as litellm's table says; for a server of the person's own, as its name does."""
        if SEES.search(self._model):
            return True
        library = await self._library()
        return bool(library.supports_vision(model=self._asked))

    async def worst_cost(self, request: ModelRequest) -> float | None:
        """US dollars that the call could cost at most, to be reserved before it; None if the price is not known.

        Raises UnknownModel for one that was found to be gone: nobody is asked for it again and again.
        """
        await self._look_whether_gone()
        if self._free:
            return 0.0
        await self._key()  # a missing key is told before anything about its price
        library = await self._library()
        return price_of(library, self._model, Usage(most_request_tokens(request), request.max_tokens))

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See ChatModel. A call whose arguments are no JSON carries them under `chat_prompt.BROKEN_ARGUMENTS`.

        Nothing is tried again here, but for a server that refuses the form which `request.answer` asks for: it is asked
        without; and for one that wants a pause of a few seconds: it gets it. ProviderDown before the first event may be tried
        again (NoAnswer: at a price), StreamBroken not unseen.
        """
        began = time.monotonic()
        if self._local:  # mostly small models, which call what is offered whether it was asked for or not
            request = msgspec.structs.replace(request, tools=offered(request))
        key = await self._key()
        library = await self._library()
        stream = await self._begin(library, request, key)
        taken = tuple(call.id for message in request.messages for call in message.calls)
        answer = StreamedAnswer(taken, WrittenCalls(tool.name for tool in request.tools))
        try:
            while (chunk := await self._next(library, stream, key, begun=answer.begun)) is not None:
                text = answer.take(chunk)
                if answer.is_endless(request.max_tokens):
                    raise self._endless()
                if text:
                    yield TextDelta(text)
                await asyncio.sleep(0)  # one that always has more would let nobody else in, not even who stops it
            if not (stream.received_finish_reason or stream.intermittent_finish_reason):
                raise self._broken() if answer.begun else no_answer(self._model, self._base_url)
            calls, rest = answer.calls()
            if rest:
                yield TextDelta(rest)
            for call in calls:
                yield call
            usage = self._usage(library, request, answer)
            log.info("%s answered in %.1f s, %d tokens", self._model, time.monotonic() - began, usage.completion_tokens)
            yield Finished(self._model, usage, answer.stop)
        finally:
            await stream.aclose()

    async def close(self) -> None:
        """Closes the connections once no other model is open: litellm keeps them for all."""
        _open.discard(self)
        if not _open:
            import sys

            if library := sys.modules.get("litellm"):
                await close_connections(library)

    async def _library(self) -> Any:
        library = await load_library()
        if self._base_url and unknown_provider(library, self._model):
            # A server that the person gave a name of their own: such ones speak as OpenAI's.
            self._asked = f"openai/{self._model.partition('/')[2]}"
        if self._ollama:
            register_ollama(library, self._model)
        elif not self._context and not self._local:
            self._context = context_of(library, self._model) or 0
        return library

    async def _key(self) -> Secret | None:
        if not self._key_env:
            return None
        key = await asyncio.to_thread(self._secrets.read, self._key_env)
        if key is None and self._needs_key:
            raise NoKey(
                f"{self._model} needs a key, and {self._key_env} is not set.",
                safe="Nothing was sent.",
                do=self._secrets.advice(self._key_env),
            )
        return key

    async def _begin(self, library: Any, request: ModelRequest, key: Secret | None, *, waited: bool = False) -> Any:
        import openai

        wanted, pause = self._wanted(library, request, key), None
        try:
            async with asyncio.timeout(self._seconds):
                stream = await library.acompletion(**wanted)
            if stream is not None:
                return stream
            trouble: Exception = self._refused()  # litellm asks twice after a 422, and then returns nothing
            refused = True
        except TimeoutError:
            trouble, refused = self._silent(), False
        except openai.OpenAIError as error:
            refused = getattr(error, "status_code", None) in REFUSED
            trouble, pause = await self._told(library, error, key), pause_of(error)
        if pause is not None and pause <= PATIENT and not waited:
            log.info("%s asks for a pause of %.1f s", self._model, pause)
            await asyncio.sleep(pause)
            return await self._begin(library, request, key, waited=True)
        if refused and "response_format" in wanted:  # many servers know no such thing, and charge nothing for saying so
            log.info("%s is asked again without a form for its answer", self._model)
            self._takes_form = False
            try:
                return await self._begin(library, request, key, waited=waited)
            except ModelTrouble:
                self._takes_form = True
                raise
        # Raised out here so that litellm's own exception, whose text may hold the key, is not its context.
        raise trouble

    def _wanted(self, library: Any, request: ModelRequest, key: Secret | None) -> dict[str, Any]:
        """What litellm is called with."""
        import httpx

        wanted: dict[str, Any] = {
            "model": self._asked,
            "messages": with_images(chat_messages(request), request.images),
            "max_tokens": request.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            "timeout": httpx.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds)),
            "max_retries": 0,
            "num_retries": 0,
            "no-log": True,
            # With tools, litellm otherwise imports its gateway for MCP, which its plain installation does not have.
            "_skip_mcp_handler": True,
        }
        if request.tools:
            wanted["tools"] = chat_tools(request.tools)
        if request.answer and self._takes_form and (self._local or library.supports_response_schema(model=self._model)):
            schema = {"name": "answer", "strict": True, "schema": request.answer}
            wanted["response_format"] = {"type": "json_schema", "json_schema": schema}
        if self._temperature is not None:
            wanted["temperature"] = self._temperature
        if self._base_url:
            wanted["api_base"] = self._base_url
        if key or self._base_url:
            wanted["api_key"] = key.reveal() if key else NO_KEY
        if self._ollama:
            # Without it Ollama cuts the beginning of longer prompts off, and says nothing.
            wanted["num_ctx"] = self.context_tokens
        return wanted

    async def _next(self, library: Any, stream: Any, key: Secret | None, *, begun: bool) -> Any | None:
        """The next chunk, or None after the last."""
        import openai

        try:
            async with asyncio.timeout(self._seconds):
                return await anext(stream, None)
        except TimeoutError:
            trouble: Exception = self._broken() if begun else self._silent()
        except openai.OpenAIError as error:
            trouble = await self._told(library, error, key, begun=begun)
        raise trouble

    def _usage(self, library: Any, request: ModelRequest, answer: StreamedAnswer) -> Usage:
        raw = answer.usage
        if raw is None or not raw.prompt_tokens:
            raw, usage = None, answer.guessed_usage(request)
        elif (stated := stated_usage(raw, request)) is None:
            # What cannot be is no price either: the worst that was set aside stays booked.
            return msgspec.structs.replace(answer.guessed_usage(request), cost=0.0 if self._free else None)
        else:
            usage = stated
        cost = 0.0 if self._free else price_of(library, self._model, usage, raw)
        return msgspec.structs.replace(usage, cost=cost)

    async def _look_whether_gone(self) -> None:
        """Raises what was told when the model was last asked for in vain: a server's list is looked at anew, since somebody may
        have fetched it meanwhile; a provider is left alone for GONE_SECONDS."""
        if self._gone is None:
            return
        since, trouble = self._gone
        if self._base_url:
            await refuse_unlisted(self._model, self._base_url, await self._key())
        elif time.monotonic() - since < GONE_SECONDS:
            raise UnknownModel(trouble.what, safe=trouble.safe, do=trouble.do)
        self._gone = None

    async def _told(self, library: Any, error: Exception, key: Secret | None, *, begun: bool = False) -> Exception:
        trouble = await told_trouble(
            library,
            error,
            model=self._model,
            base_url=self._base_url,
            key=key,
            advice=self._secrets.advice(self._key_env) if self._key_env else "",
            context=self.context_tokens,
            begun=begun,
        )
        if isinstance(trouble, NoKey) and self._key_env:
            self._secrets.look_again(self._key_env)
        if isinstance(trouble, UnknownModel):
            self._gone = time.monotonic(), trouble
        return trouble

    def _broken(self) -> StreamBroken:
        return StreamBroken(
            f"{self._model} stopped in the middle of its answer.", safe="Your words are kept.", do="Ask again."
        )

    def _endless(self) -> StreamBroken:
        return StreamBroken(
            f"{self._model} wrote far more than it was asked for, and was stopped.",
            safe="Your words are kept.",
            do="Ask again, or choose another model.",
        )

    def _refused(self) -> ModelTrouble:
        return ModelTrouble(
            f"{self._model} did not accept the request.",
            safe="Your words are kept.",
            do="Ask in another way, or choose another model.",
        )

    def _silent(self) -> NoAnswer:
        return NoAnswer(
            f"{self._model} said nothing for {self._seconds:g} seconds.",
            safe="Your words are kept.",
            do="Ask again, or allow it more time: model.timeout_seconds in settings.toml",
        )
