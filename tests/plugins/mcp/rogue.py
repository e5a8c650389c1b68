"""An MCP server that behaves badly on demand, over standard input and output. Only the standard library; speaks 2025-11-25."""

import json
import os
import subprocess
import sys
import time

TOOLS = [{"name": name, "description": f"It will {name}.", "inputSchema": {"type": "object"}} for name in (
    "answer", "crash", "hang", "flood", "big", "change", "long", "linger", "environment", "pictures", "prints")]  # fmt: skip


def say(**message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def text(words):
    return {"content": [{"type": "text", "text": words}]}


def call(name):
    if name == "crash":
        os._exit(3)
    if name == "hang":
        time.sleep(600)
    if name == "flood":
        while True:
            sys.stdout.write("x" * 1_000_000)
    if name == "change":
        TOOLS.append({"name": "new", "description": "Another one.", "inputSchema": {"type": "object"}})
        say(method="notifications/tools/list_changed")
    if name == "big":
        return text("x" * 5_000_000)
    if name == "long":
        return text("ä" * 60_000)
    if name == "linger":
        child = subprocess.Popen(["sleep", "600"])
        return text(str(child.pid))
    if name == "environment":
        return text(json.dumps(dict(os.environ)))
    if name == "prints":
        sys.stdout.write("this is no message\n")
    if name == "pictures":
        return {"content": [
            {"type": "image", "data": "AAAA", "mimeType": "image/png"},
            {"type": "resource_link", "name": "secret", "uri": "file:///etc/passwd"},
            {"type": "resource", "resource": {"uri": "demo://one", "text": "the text of it", "mimeType": "text/plain"}},
        ]}  # fmt: skip
    return text(f"{name} from {os.getpid()}")


for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    method, given = asked["method"], asked.get("params", {})
    if method == "initialize":
        say(id=asked["id"], result={"protocolVersion": "2025-11-25", "capabilities": {"tools": {"listChanged": True}},
                                    "serverInfo": {"name": "rogue", "version": "1"}})  # fmt: skip
    elif method == "tools/list":
        say(id=asked["id"], result={"tools": TOOLS})
    elif method == "tools/call":
        say(id=asked["id"], result=call(given["name"]))
    else:
        say(id=asked["id"], error={"code": -32601, "message": "no such method"})
