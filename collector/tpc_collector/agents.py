"""Short names for who reads a page: the user agent's, and the AI answer that sent them."""

from urllib.parse import urlsplit

# The first name that occurs in the user agent, in any case, is used. Bots come before the browsers that they claim to be,
# and browsers before those that they are based on.
NAMES = (
    "GPTBot", "OAI-SearchBot", "ChatGPT-User", "ClaudeBot", "Claude-User", "Claude-SearchBot", "PerplexityBot",
    "Perplexity-User", "Googlebot", "Google-Extended", "bingbot", "Applebot", "Amazonbot", "Bytespider", "CCBot",
    "meta-externalagent", "MistralAI-User", "DuckAssistBot", "DuckDuckBot", "YandexBot", "AhrefsBot", "SemrushBot",
)  # fmt: skip
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
ANSWER_HOSTS = ("chatgpt.com", "chat.openai.com", "perplexity.ai", "claude.ai", "gemini.google.com",
                "copilot.microsoft.com")  # fmt: skip


def agent_name(user_agent):
    """A short name for a user agent; `-` when there is none."""
    if not isinstance(user_agent, str) or not user_agent.strip():
        return "-"
    lower = user_agent.lower()
    for name in NAMES:
        if name.lower() in lower:
            return name
    if lower.startswith("mozilla/"):
        for token, name in BROWSERS:
            if token.lower() in lower:
                return name
    return user_agent.split()[0].partition("/")[0][:24]


def answer_host(referrer):
    """The host of the AI service whose answer the visit came from, or None."""
    if not isinstance(referrer, str):
        return None
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:
        return None
    for name in ANSWER_HOSTS:
        if host == name or host.endswith("." + name):
            return name
    return None
