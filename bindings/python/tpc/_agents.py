# SPDX-License-Identifier: Apache-2.0
"""The AI agents that the library recognizes by their User-Agent, and the AI services that people come from."""

from __future__ import annotations

import ctypes
from typing import Any, Callable, List, NamedTuple, Optional, Union

from ._library import load


class AIAgent(NamedTuple):
    """The AI agent that a User-Agent names."""

    name: str  # its product token, such as "GPTBot"
    operator: str  # such as "OpenAI"
    purpose: str  # "training", "search" (for answers), "user" (one asked for the page) or "agent" (it acts in a browser)


def ai_agent(user_agent: Union[str, bytes, None]) -> Optional[AIAgent]:
    """The AI agent that a User-Agent header names, or None. A request without the header has none."""
    found = _three_texts(load().tpc_ai_agent, user_agent or b"")
    return AIAgent(*found) if found else None


class AIAnswer(NamedTuple):
    """The AI service whose answer a person came from."""

    name: str  # such as "ChatGPT"
    operator: str  # such as "OpenAI"
    evidence: str  # "referrer" or "utm" (the parameter utm_source)


def ai_answer(referrer: Union[str, bytes, None], href: Union[str, bytes, None] = None) -> Optional[AIAnswer]:
    """The AI service that a page's referrer names, else the one that utm_source in the page's URL names, or None."""
    found = _three_texts(load().tpc_ai_answer, referrer or b"", href or b"")
    return AIAnswer(*found) if found else None


def _three_texts(function: Callable[..., int], *given: Union[str, bytes]) -> Optional[List[str]]:
    """The texts that a function of the library finds for the given ones."""
    arguments: List[Any] = []
    for text in given:
        encoded = text.encode("utf-8", "replace") if isinstance(text, str) else text
        arguments += [encoded, len(encoded)]
    texts = [ctypes.c_char_p() for _ in range(3)]
    if not function(*arguments, *map(ctypes.byref, texts)):
        return None
    return [(text.value or b"").decode() for text in texts]
