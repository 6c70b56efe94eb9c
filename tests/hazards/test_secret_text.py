"""What is a secret and what only looks like one."""

from __future__ import annotations

import pytest

from jupyter_prod.hazards.secret_text import addresses, formatted, is_placeholder, is_secret_value, says_secret


@pytest.mark.parametrize(
    "name", ["password", "DB_PASSWORD", "X-Api-Key", "apiKey", "client_secret", "auth_token", "pw", "pwd"]
)
def test_names_that_say_secret(name: str) -> None:
    assert says_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "password_rule",
        "token_url",
        "max_tokens",
        "secret_name",
        "passport_style",
        "token_pattern",
        "spawn",
        "key",
        "tokens",
    ],
)
def test_names_that_say_something_else(name: str) -> None:
    assert not says_secret(name)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "<your key>",
        "YOUR_API_KEY",
        "****",
        "xxxxxxxx",
        "${TOKEN}",
        "{token}",
        "changeme",
        "password",
        "...",
        "api_key",
    ],
)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("password", "Herbstlaub-2291", True),
        ("password", "enter your password", False),
        ("api_key", "6f1e2d3c4b5a69788796a5b4c3d2e1f0", True),
        ("api_key", "/run/secrets/key", False),
        ("pad_token", "[PAD]", False),
        ("eos_token", "<|endoftext|>", False),
        ("db_password", "DB_PASSWORD", False),
    ],
)
def test_values_under_such_names(name: str, value: str, secret: bool) -> None:
    assert is_secret_value(name, value) is secret


@pytest.mark.parametrize(
    "text",
    ["AKIAIOSFODNN7EXAMPLE", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "-----BEGIN RSA PRIVATE KEY-----", "sk-proj-Ab3dEf6hIj9kLm2nOp5qRs8t",
     "Authorization: Bearer 8f7e6d5c4b3a2918"],
)  # fmt: skip
def test_tokens_are_known_by_their_format(text: str) -> None:
    assert list(formatted(f"x {text} y"))


@pytest.mark.parametrize(
    "text",
    [
        "sk-estimator-doc-link-container",
        "Basic Frequency/Recency analysis",
        "a bearer of news",
        "skip-connection-layers-for-all",
    ],
)
def test_words_are_no_tokens(text: str) -> None:
    assert not list(formatted(text))


def test_addresses_with_a_password_and_without() -> None:
    assert [s.value for s in addresses("postgresql://bi:Kastanie_88@host:5432/x")] == ["Kastanie_88"]
    for text in (
        "postgresql://USER:PASSWORD@HOST/x",
        "postgresql://bi:***@host",
        "https://example.com:8080/a@b",
        "x://{u}:{p}@h",
    ):
        assert not list(addresses(text))
