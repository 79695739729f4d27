# SPDX-License-Identifier: Apache-2.0
"""The AI agents that the library recognizes by their User-Agent."""

from __future__ import annotations

import ctypes
from typing import NamedTuple, Optional, Union

from ._library import load


class AIAgent(NamedTuple):
    """The AI agent that a User-Agent names."""

    name: str  # its product token, such as "GPTBot"
    operator: str  # such as "OpenAI"
    purpose: str  # "training", "search" (an index that answers are searched in) or "user" (a user asked for the page)


def ai_agent(user_agent: Union[str, bytes]) -> Optional[AIAgent]:
    """The AI agent that a User-Agent header names, or None."""
    text = user_agent.encode("utf-8", "replace") if isinstance(user_agent, str) else user_agent
    texts = [ctypes.c_char_p() for _ in AIAgent._fields]
    if not load().tpc_ai_agent(text, len(text), *map(ctypes.byref, texts)):
        return None
    return AIAgent(*[(text.value or b"").decode() for text in texts])
