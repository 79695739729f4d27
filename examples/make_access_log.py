#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes access.log: two days of a documentation site, in the combined format.

`python3 examples/make_access_log.py > examples/access.log` writes the same file on every run. Its addresses are reserved for
documentation (RFC 5737, RFC 3849), and its visitors are invented.
"""

import datetime
import random
import sys

START = datetime.datetime(2026, 11, 21, tzinfo=datetime.timezone.utc)
DAYS = 2
SEED = 1

PAGES = {
    "/": 30, "/quickstart": 24, "/install": 16, "/pricing": 14, "/api/authentication": 12, "/api/events": 12,
    "/guides/python": 10, "/guides/php": 8, "/guides/node": 9, "/guides/nginx": 7, "/concepts/delivery": 6,
    "/concepts/retries": 5, "/changelog": 6, "/faq": 8, "/blog/ai-answers": 9, "/blog/crawlers": 5, "/llms.txt": 3,
}  # fmt: skip
ASSETS = ["/assets/site.css", "/assets/site.js", "/assets/logo.svg", "/fonts/text.woff2", "/images/diagram.png", "/favicon.ico"]
MISSING = ["/wp-login.php", "/.env", "/old-docs/setup", "/guides/perl", "/phpmyadmin/"]
MOVED = ["/docs", "/guide/python", "/install/"]
SEARCHES = ["/search?q=retry", "/search?q=api+key", "/search?q=webhooks&page=2", "/pricing?utm_source=newsletter"]

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
BROWSERS = [
    CHROME,
    CHROME + " Edg/131.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/604.1",
]
AGENT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; {})"
AGENTS = {
    AGENT.format("GPTBot/1.2; +https://openai.com/gptbot"): ("192.0.2", 24),
    AGENT.format("ClaudeBot/1.0; +claudebot@anthropic.com"): ("198.51.100", 20),
    AGENT.format("PerplexityBot/1.0; +https://perplexity.ai/perplexitybot"): ("203.0.113", 14),
    AGENT.format("ChatGPT-User/1.0; +https://openai.com/bot"): ("192.0.2", 18),
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": ("198.51.100", 16),
}
REFERRERS = {
    "-": 34, "https://www.google.com/": 22, "https://chatgpt.com/": 14, "https://www.perplexity.ai/search?q=event+sdk": 8,
    "https://docs.example.com/": 18, "https://duckduckgo.com/": 4,
}  # fmt: skip
# Requests that browsers, robots and wrong links really send, whose URLs are not valid by RFC 3986.
CROOKED = [
    "/guides/caf\\xC3\\xA9", "/search?q=retry after", "/search?q=[events]", "/search?q=100%", "/guides/python|php",
    '/search?q=\\"exact phrase\\"', "/blog/{slug}", "/search?q=\\xE6\\xA4\\x9C\\xE7\\xB4\\xA2", "/api\\x5Cevents",
]  # fmt: skip
UNREADABLE = [
    "2026/11/21 10:12:01 [error] 12#12: *7 upstream timed out while reading response header",
    '192.0.2.44 - - "GET /quickstart HTTP/1.1" 200 5120',
    '203.0.113.9 - - [22/Nov/2026:08:61:07 +0000] "GET /faq HTTP/1.1" 200 4100 "-" "curl/8.5.0"',
    '198.51.100.3 - - [22/Nov/2026:11:20:45 +0000] "GET /pricing HT',
]


class Site:
    """Creates the lines, as pairs of time and line."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.lines = []
        self.sizes = {path: self.random.randrange(3000, 30000) for path in [*PAGES, *ASSETS]}

    def pick(self, weighted):
        return self.random.choices(list(weighted), list(weighted.values()))[0]

    def moment(self):
        """A random time, more often by day than by night."""
        hour = self.random.choices(range(24), [1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 8, 9, 10, 9, 8, 6, 5, 4, 4, 3, 2, 1])[0]
        seconds = self.random.randrange(DAYS) * 86400 + hour * 3600 + self.random.randrange(3600)
        return START + datetime.timedelta(seconds=seconds)

    def address(self):
        if self.random.random() < 0.2:
            return f"2001:db8:{self.random.randrange(1, 0xFFFF):x}::{self.random.randrange(1, 0xFFFF):x}"
        return f"{self.random.choice(['192.0.2', '198.51.100', '203.0.113'])}.{self.random.randrange(1, 255)}"

    def add(self, time, address, target, status, referrer, agent, method="GET", version="HTTP/2.0"):
        size = self.sizes.get(target, 162 if status >= 300 else 7300) if method != "HEAD" and status != 304 else 0
        stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000")
        request = f"{method} {target} {version}" if method else target
        self.lines.append((time, f'{address} - - [{stamp}] "{request}" {status} {size} "{referrer}" "{agent}"'))

    def person(self):
        """A person's visit: a few pages, and the assets of the first one."""
        time, address, agent, referrer = self.moment(), self.address(), self.random.choice(BROWSERS), self.pick(REFERRERS)
        for number in range(self.random.choice([1, 1, 2, 2, 3, 4])):
            page = self.random.choice(SEARCHES) if self.random.random() < 0.06 else self.pick(PAGES)
            self.add(time, address, page, 304 if self.random.random() < 0.06 else 200, referrer, agent)
            if number == 0:
                for asset in self.random.sample(ASSETS, self.random.choice([0, 1, 2, 3])):
                    self.add(time + datetime.timedelta(seconds=1), address, asset, 200, "https://docs.example.com" + page, agent)
            referrer = "https://docs.example.com" + page
            time += datetime.timedelta(seconds=self.random.randrange(8, 240))

    def agent(self):
        """A robot or an assistant's fetch: one page, no assets."""
        agent = self.pick({agent: weight for agent, (_, weight) in AGENTS.items()})
        address = f"{AGENTS[agent][0]}.{self.random.randrange(10, 30)}"
        self.add(self.moment(), address, self.pick(PAGES), 200, "-", agent, version="HTTP/1.1")

    def oddities(self):
        for target in CROOKED:
            self.add(self.moment(), self.address(), target, 200, "-", self.random.choice(BROWSERS))
        for _ in range(40):
            self.add(self.moment(), self.address(), self.random.choice(MISSING), 404, "-", "curl/8.5.0", version="HTTP/1.1")
            self.add(self.moment(), self.address(), self.random.choice(MOVED), 301, "-", self.random.choice(BROWSERS))
        for _ in range(14):
            self.add(self.moment(), self.address(), "/feedback", 204, "https://docs.example.com/faq", CHROME, method="POST")
            self.add(self.moment(), self.address(), "/", 200, "-", "uptime-check/1.0", method="HEAD", version="HTTP/1.1")
        self.add(self.moment(), "192.0.2.200", "\\x16\\x03\\x01\\x02\\x00\\x01", 400, "-", "-", method="")
        self.add(self.moment(), "192.0.2.201", "-", 408, "-", "-", method="")
        self.add(self.moment(), "203.0.113.77", "http://ads.example.net/banner", 404, "-", "-", version="HTTP/1.1")


def main():
    site = Site()
    while len(site.lines) < 1300:
        site.person()
    for _ in range(560):
        site.agent()
    site.oddities()
    lines = [line for _, line in sorted(site.lines, key=lambda entry: entry[0])]
    for number, line in enumerate(UNREADABLE):
        lines.insert(len(lines) * (number + 1) // (len(UNREADABLE) + 1), line)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
