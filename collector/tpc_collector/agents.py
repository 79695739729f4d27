"""Short names for who reads a page: the user agent's, and the AI answer that sent them.

The tables of AI agents and answers are the library's; the rules are those of its AIAgent.swift and AIAnswer.swift.
"""

import json
import pathlib
import re
from urllib.parse import unquote, urlsplit

HERE = pathlib.Path(__file__).parent


def _table(name, key):
    rows = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return {row[key].lower(): row for row in rows}


AGENTS = _table("agents", "name")
ANSWERS = _table("answers", "host")
# Crawlers that are not AI agents; the first name that occurs, in any case, is used.
CRAWLERS = ("Googlebot", "bingbot", "DuckDuckBot", "YandexBot", "AhrefsBot", "SemrushBot")
# Browsers come before those that they are based on.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
# A product token: a whole word between separators. A slash ends it as well, and precedes it in Agent/AmazonBuyForMe.
SEPARATOR = r"""[ \t;,()\[\]"']"""
BEFORE = rf"^|(?<={SEPARATOR})|(?<=^agent/)|(?<={SEPARATOR}agent/)"
TOKEN = re.compile(rf"(?:{BEFORE})[A-Za-z0-9+._\-\x80-\U0010ffff]+(?={SEPARATOR}|/|\Z)", re.IGNORECASE)


def ai_agent(user_agent):
    """The row of the AI agent that a user agent names, or None."""
    if not isinstance(user_agent, str):
        return None
    rows = (AGENTS.get(token.lower()) for token in TOKEN.findall(user_agent) if token.isascii())
    return next(filter(None, rows), None)


def agent_name(user_agent):
    """A short name for a user agent; `-` when there is none."""
    if not isinstance(user_agent, str) or not user_agent.strip():
        return "-"
    agent = ai_agent(user_agent)
    if agent:
        return agent["name"]
    lower = user_agent.lower()
    for name in CRAWLERS:
        if name.lower() in lower:
            return name
    if lower.startswith("mozilla/"):
        for token, name in BROWSERS:
            if token.lower() in lower:
                return name
    return user_agent.split()[0].partition("/")[0][:24]


def ai_answer(referrer, href=None):
    """The row of the AI service whose answer a visit came from, or None."""
    url = _split(referrer)
    row = url and _of_address(url.netloc.rpartition("@")[2], url.path)
    if row:
        return row
    url = _split(href)
    for parameter in url.query.split("&") if url else ():
        name, equals, value = unquote(parameter).partition("=")
        if equals and name.lower() == "utm_source":
            return ANSWERS.get(value.lower()) or _of_host(value, [])
    return None


def _split(text):
    """The parts of a URL, which a backslash ends as browsers see its host; None for anything else."""
    try:
        return urlsplit(text.partition("\\")[0]) if isinstance(text, str) else None
    except ValueError:
        return None


def _of_address(host, path):
    """The row of a URL's host, with or without its path."""
    host = host.partition(":")[0]
    return _of_host(host.removesuffix("."), path.lower().split("/")[1:3])


def _of_host(host, segments):
    """The row of a host, of a domain that it belongs to, or of either with the path's first one or two segments."""
    paths = ["/".join(["", *segments[:count]]) for count in range(len(segments) + 1)]
    labels = host.lower().split(".")
    for start in range(len(labels) - 1):
        domain = ".".join(labels[start:])
        for more in paths:
            if domain + more in ANSWERS:
                return ANSWERS[domain + more]
    return None


def reader(event):
    """Who reads the page of an event: the names of the agent and of the answer, at most one of them."""
    members = event if isinstance(event, dict) else {}
    page, request, properties = (_object(members, name) for name in ("page", "request", "properties"))
    # What the library's labels say counts first: they also know agents of the site's own file.
    agent = _text(properties, "aiAgent") or (ai_agent(request.get("userAgent")) or {}).get("name")
    if agent:
        return agent, None
    answer = _text(properties, "aiAnswer") or (ai_answer(request.get("referrer"), page.get("href")) or {}).get("name")
    return None, answer


def verified(event):
    """Whether the event says that its agent is who it says; None when it says nothing."""
    value = _object(event if isinstance(event, dict) else {}, "properties").get("aiVerified")
    return value if isinstance(value, bool) else None


def _object(members, name):
    value = members.get(name)
    return value if isinstance(value, dict) else {}


def _text(members, name):
    value = members.get(name)
    return value if isinstance(value, str) and value else None
