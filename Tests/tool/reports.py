# SPDX-License-Identifier: Apache-2.0
"""Reads the page that `tpc-events report --html` writes, and counts what a log says in another way."""

import collections
import dataclasses
import datetime
import json
import random
import re
import xml.etree.ElementTree

from support.paths import ROOT
from tool.logs import CHROME

AGENTS = json.loads((ROOT / "Sources/AITables/agents.json").read_text(encoding="utf-8"))
PURPOSES = {"training": "Training", "search": "Search", "user": "User's question", "agent": "Browsing"}


# Reading a page


class Page:
    """The parts of a page, by their titles. A text that is not well-formed is an error."""

    def __init__(self, text):
        self.text = text
        self.root = xml.etree.ElementTree.fromstring(text.replace("<!DOCTYPE html>", ""))
        self.sections = {words(section.find("h2")): section for section in self.root.iter("section")}

    def table(self, title):
        """The rows of a section's table, as values by column."""
        return rows(self.sections[title].find("div/table"))

    def chart(self, title):
        """The numbers of a section's chart: rows by their first cell."""
        found = rows(self.sections[title].find("figure/details//table"))
        return {row.pop(next(iter(row))): {name: number(value) for name, value in row.items()} for row in found}

    @property
    def tiles(self):
        """The headlines' numbers and details, by their labels."""
        return {
            words(tile.find("dt")): [words(detail) for detail in tile.findall("dd")]
            for tile in self.root.iter("dl")
        }  # fmt: skip


def words(element):
    return "".join(element.itertext()).strip()


def rows(table):
    names = [words(cell) for cell in table.find("thead/tr")]
    # Two columns may have the same name.
    names = [name if name not in names[:index] else f"{name} {index}" for index, name in enumerate(names)]
    return [dict(zip(names, map(words, row))) for row in table.find("tbody")]


def number(text):
    return 0 if text in ("-", "never") else int(text.replace(",", ""))


# A log, and what it says


@dataclasses.dataclass
class Line:
    time: datetime.datetime
    client: str
    path: str
    status: int
    size: int
    referrer: str
    user_agent: str
    agent: dict | None
    service: str | None

    def __str__(self):
        time = self.time.strftime("%d/%b/%Y:%H:%M:%S +0200")
        return f'{self.client} - - [{time}] "GET {self.path} HTTP/1.1" {self.status} {self.size} "{self.referrer}" "{self.user_agent}"'

    @property
    def is_visit(self):
        return self.status in (200, 304) and self.page not in ("/site.css", "/robots.txt")

    @property
    def page(self):
        return self.path.partition("?")[0]


SERVICES = {"https://chatgpt.com/": "ChatGPT", "https://www.perplexity.ai/search?q=x": "Perplexity", "https://claude.ai/new": "Claude"}
PAGES = ["/", "/pricing", "/docs?version=2", "/docs/install", "/blog/agents", "/llms.txt", "/robots.txt", "/site.css"]
LOST = ["/old", "/docs/api?key=secret", "/guessed/page"]
NAMES = ["GPTBot", "ChatGPT-User", "ClaudeBot", "PerplexityBot", "CCBot", "Google-Agent"]
# The lists that verify: other operators have none.
RANGES = {"openai.txt": "192.0.2.0/24\n", "ClaudeBot.json": '{"prefixes":[{"ipv4Prefix":"198.51.100.0/25"}]}'}


def generate(count, seed=1):
    """A log of twelve days, with agents, spoofed agents, people from answers, and others."""
    chance = random.Random(seed)
    rows_by_name = {row["name"]: row for row in AGENTS}
    lines = []
    for _ in range(count):
        time = datetime.datetime(2026, 10, 25) + datetime.timedelta(seconds=chance.randrange(12 * 86_400))
        status = chance.choices([200, 304, 301, 404, 410, 503], [70, 5, 5, 15, 2, 3])[0]
        path = chance.choice(LOST if status in (404, 410) else PAGES)
        line = Line(time, "203.0.113.9", path, status, chance.randrange(100_000), "-", CHROME, None, None)
        kind = chance.random()
        if kind < 0.5:
            name = chance.choice(NAMES)
            line.agent = rows_by_name[name]
            line.user_agent = f"Mozilla/5.0 (compatible; {name}/1.0)"
            net = "192.0.2." if line.agent["operator"] == "OpenAI" else "198.51.100."
            line.client = net + str(chance.randrange(1, 200))
        elif kind < 0.7:
            line.referrer, line.service = chance.choice(list(SERVICES.items()))
        elif kind < 0.75:
            line.path += ("&" if "?" in path else "?") + "utm_source=chatgpt.com"
            line.service = "ChatGPT"
        lines.append(line)
    return lines


def is_spoofed(line):
    if line.agent is None or line.agent["name"] != "ClaudeBot":
        return False
    return int(line.client.rpartition(".")[2]) >= 128


def is_verified(line):
    return line.agent["operator"] == "OpenAI" or line.agent["name"] == "ClaudeBot"


def moment(time):
    return f"{time.day} {time.strftime('%b, %H:%M')}"


def size(count):
    """Bytes as the report writes them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{int(count)} {unit}" if unit == "B" or count >= 10 else f"{int(count * 10) / 10} {unit}"
        count /= 1000
    raise AssertionError(count)


def agents_table(lines):
    """What the table of agents should say."""
    expected = {}
    for name in NAMES:
        named = [line for line in lines if line.agent and line.agent["name"] == name]
        own = [line for line in named if not is_spoofed(line)]
        visits = [line for line in own if line.is_visit]
        verified = [line for line in visits if is_verified(line)]
        statuses = collections.Counter(line.status // 100 for line in own)
        expected[name] = {
            "Agent": name, "Operator": named[0].agent["operator"], "Purpose": PURPOSES[named[0].agent["purpose"]], "Bar": "",
            "Visits": len(visits), "Pages": len({line.page for line in visits}), "Verified": len(verified),
            "Unverified": len(visits) - len(verified), "Spoofed": len(named) - len(own),
            **{f"{digit}xx": statuses[digit] for digit in (2, 3, 4, 5)},
            "Data": size(sum(line.size for line in own)),
            "First seen": moment(min(line.time for line in own)), "Last seen": moment(max(line.time for line in own)),
        }  # fmt: skip
    return expected


def as_numbers(row):
    """The row with its numbers as numbers."""
    return {name: number(value) if re.fullmatch(r"-|never|[\d,]+", value) else value for name, value in row.items()}
