"""The process in which an embedded model runs: `python -m sage.adapters.models.embedded_worker MODEL CONTEXT THREADS`.

It speaks lines of JSON. In: `{"op": "chat", "id", "messages", "schema", "max_tokens", "odds"}` and `{"op": "cancel", "id"}`;
the end of its input ends it at once. Out: `{"event": …}` with `ready` or `failed` (`reason`: `library` or `model`) once,
then for each chat `prompt` (`done`, `total` tokens read), `text`, and either `end` (`stop`, `prompt_tokens`,
`cached_tokens`, `completion_tokens`, and with `odds` the likeliest first tokens, each with its probability; with `odds`
"tool" those of the name of what it chose to do) or `error`
(`reason`: `too_long` or `model`). A native crash ends only this process.
"""

from __future__ import annotations

import json
import math
import os
import queue
import re
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

BATCH = 64
"""Tokens read between two looks at whether the request was cancelled; 256 were no faster on one core."""

LIKELIEST = 10
"""First tokens that are told with their probabilities."""

NAME = re.compile(r'"tool"\s*:\s*"$')
"""What stands before the name of what a model chose to do (see `core.small_reply`)."""

Emit = Callable[..., None]


def main(arguments: list[str]) -> int:
    """Loads the model, then answers one chat after the other until the input ends."""
    emit = _take_stdout()
    path, context, threads = arguments[0], int(arguments[1]), int(arguments[2])
    jobs: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    cancelled: set[int] = set()
    threading.Thread(target=_listen, args=(jobs, cancelled), daemon=True).start()
    try:
        import xllamacpp
    except ImportError as error:
        emit("failed", reason="library", detail=type(error).__name__)
        return 1
    try:
        server = _load(xllamacpp, path, context, threads)
    except RuntimeError:
        emit("failed", reason="model")
        return 1
    emit("ready")
    while True:
        _chat(server, jobs.get(), cancelled, emit)


def _take_stdout() -> Emit:
    """Keeps the real standard output for the protocol; whatever native code prints goes to standard error."""
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)

    def emit(event: str, **fields: object) -> None:
        protocol.write(json.dumps({"event": event, **fields}) + "\n")
        protocol.flush()

    return emit


def _listen(jobs: queue.SimpleQueue[dict[str, Any]], cancelled: set[int]) -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if order["op"] == "cancel":
            cancelled.add(order["id"])
        else:
            jobs.put(order)
    os._exit(0)  # whoever asked is gone; native threads are not waited for


def _load(xllamacpp: Any, path: str, context: int, threads: int) -> Any:
    """The native server. It insists on listening: on a socket in a private folder, removed as soon as it does."""
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = context
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0
    params.warmup = params.ui = params.endpoint_slots = False
    params.n_threads_http = 1
    params.verbosity = 0
    params.offline = True
    with tempfile.TemporaryDirectory(prefix="sage-") as folder:
        params.hostnames = [str(Path(folder) / "unused.sock")]
        return xllamacpp.Server(params)


def _chat(server: Any, order: dict[str, Any], cancelled: set[int], emit: Emit) -> None:
    number = order["id"]
    request = {
        "messages": order["messages"],
        "max_tokens": order["max_tokens"],
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": True,
        "return_progress": True,
        "temperature": 0.0,
        **order.get("sampling", {}),
    }
    if order.get("odds"):
        request |= {"logprobs": True, "top_logprobs": LIKELIEST}
    if order.get("schema"):
        request["response_format"] = {"type": "json_schema", "json_schema": {"schema": order["schema"]}}
    told: dict[str, Any] = {"stop": "end"}
    begun = [""] if order.get("odds") == "tool" else []

    def on_chunk(chunk: dict[str, Any]) -> bool:
        if number in cancelled:
            told["stop"] = "cancelled"
            return True
        _tell(chunk, number, told, begun, emit)
        return "error" in told

    if number not in cancelled:
        server.handle_chat_completions(request, on_chunk)
    cancelled.discard(number)
    if "error" in told:
        emit("error", id=number, reason=told["error"])
        return
    emit("end", id=number, **told)


def _tell(chunk: dict[str, Any], number: int, told: dict[str, Any], begun: list[str], emit: Emit) -> None:
    """Passes one chunk of the native server on. `begun` is what stands before the token whose odds are wanted; empty: the first."""
    trouble = chunk.get("error") or (chunk if "code" in chunk else None)
    if trouble:
        told["error"] = "too_long" if trouble.get("type") == "exceed_context_size_error" else "model"
        return
    if progress := chunk.get("prompt_progress"):
        emit("prompt", id=number, done=progress.get("processed", 0), total=progress.get("total", 0))
    for choice in chunk.get("choices", ()):
        for token in (choice.get("logprobs") or {}).get("content") or ():
            if "odds" in told:
                break
            if not begun or NAME.search(begun[0]):
                told["odds"] = [(each["token"], math.exp(each["logprob"])) for each in token["top_logprobs"]]
            else:
                begun[0] += token["token"]
        if text := choice.get("delta", {}).get("content"):
            emit("text", id=number, text=text)
        if choice.get("finish_reason") == "length":
            told["stop"] = "length"
    if usage := chunk.get("usage"):
        told["prompt_tokens"] = usage.get("prompt_tokens", 0)
        told["completion_tokens"] = usage.get("completion_tokens", 0)
        told["cached_tokens"] = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
