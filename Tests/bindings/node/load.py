# SPDX-License-Identifier: Apache-2.0
"""Many requests to a server on this machine."""

import concurrent.futures
import http.client

AT_ONCE = 8
AGENT = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"


def get(port, path, **headers):
    """The status and body of one answer. A connection of its own, as different visitors have."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"User-Agent": AGENT, "Connection": "close", **headers})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def get_all(port, paths):
    """Asks for every path, several at once, and returns how often each status was answered."""
    statuses = {}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for status, _ in pool.map(lambda path: get(port, path), paths):
            statuses[status] = statuses.get(status, 0) + 1
    return statuses
