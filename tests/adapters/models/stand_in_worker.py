"""A scripted worker of the embedded model: the last word of the model's file name says how it misbehaves."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path


def tell(event: str, **fields: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()


def main() -> None:
    path = Path(sys.argv[1])
    way = path.stem.split("-")[-1]
    with path.with_suffix(".starts").open("a") as starts:
        starts.write(f"{os.getpid()}\n")
    if way == "broken":
        tell("failed", reason="model")
        return
    if way == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if way == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if way == "library":
        tell("failed", reason="library")
        return
    if way == "sleeps":
        time.sleep(60)
    if way == "slow":
        time.sleep(0.3)
    tell("ready")
    for line in sys.stdin:
        order = json.loads(line)
        with path.with_suffix(".orders").open("a") as orders:
            orders.write(line)
        if order["op"] == "chat":
            answer(way, order, path)


def answer(way: str, order: dict[str, object], path: Path) -> None:
    number = order["id"]
    if way == "crash" and not path.with_suffix(".crashed").exists():
        tell("text", id=number, text="Half")
        path.with_suffix(".crashed").touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    if way == "hang":
        tell("text", id=number, text="Half")
        time.sleep(60)
    if way == "raves":
        sys.stdout.write("llama says hello\n")
        sys.stdout.flush()
    if way == "ahead" and order["max_tokens"] == 1:
        json.loads(sys.stdin.readline())  # reads on until it is cancelled
        tell("end", id=number, stop="cancelled")
        return
    if way == "long":
        tell("error", id=number, reason="too_long")
        return
    if way == "call":
        tell("text", id=number, text='{"tool":"add_task","arg')
        tell("text", id=number, text='uments":{"text":"milk"}}')
    elif way == "cutoff":
        tell("text", id=number, text='{"tool":"add_task","arg')
    else:
        tell("prompt", id=number, done=4, total=9)
        for piece in ("Hel", "lo", "!"):
            tell("text", id=number, text=piece)
    stop = "length" if way == "cutoff" else "end"
    odds = [["Hel", 0.75], ["Yes", 0.25]] if order.get("odds") else []
    tell("end", id=number, stop=stop, prompt_tokens=9, cached_tokens=4, completion_tokens=3, odds=odds)


if __name__ == "__main__":
    main()
