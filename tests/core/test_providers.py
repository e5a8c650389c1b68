from __future__ import annotations

import pytest

from sage.core.providers import find_provider, place_of, provider_prefix


@pytest.mark.parametrize(
    ("model", "base_url", "place"),
    [
        ("librarian", "", "inside"),
        ("embedded:qwen2.5-1.5b", "", "inside"),
        ("ollama_chat/qwen3", "", "loopback"),
        ("ollama_chat/qwen3", "http://192.168.1.5:11434", "elsewhere"),
        ("ollama_chat/gpt-oss:120b-cloud", "", "elsewhere"),
        ("ollama_chat/kimi:cloud", "http://localhost:11434", "elsewhere"),
        ("openai/qwen", "http://127.0.0.1:1234/v1", "loopback"),
        ("openai/qwen", "http://[::1]:1234/v1", "loopback"),
        ("openai/qwen", "http://localhost:1234/v1", "loopback"),
        ("openai/qwen", "", "elsewhere"),
        ("openai/qwen", "http://127.0.0.1.example.org/v1", "elsewhere"),
        ("openai/qwen", "http://127.0.0.1@example.org/v1", "elsewhere"),
        ("openai/qwen", "http://[broken", "elsewhere"),
        ("openai/qwen", "http://0.0.0.0/v1", "elsewhere"),
        ("anthropic/claude-haiku-4-5", "", "elsewhere"),
        ("gpt-4o", "", "elsewhere"),
    ],
)
def test_where_a_model_runs(model: str, base_url: str, place: str) -> None:
    assert place_of(model, base_url) == place


def test_a_provider_is_found_by_the_first_part_of_the_id() -> None:
    provider = find_provider("groq/openai/gpt-oss-120b")
    assert provider and provider.key_env == "GROQ_API_KEY"
    assert find_provider("ollama_chat/x") is None and provider_prefix("librarian") == ""
