"""A small HTTP client for the tests, and an event to send."""

import http.client
import json
from urllib.parse import urlsplit

PATH = "/api/v1/analytics/events"
KEY = {"x-api-key": "a-key", "content-type": "application/json"}


def event(**members):
    """A good event with these members besides or instead."""
    return {"event": "page_visit", "page": {"href": "https://example.com/docs"}, **members}


def exchange(url, body, headers=None, method="POST", path=PATH):
    """Sends one request on a connection of its own; returns status, headers and the body's bytes."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, body, KEY if headers is None else headers)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def post(url, body, headers=None, **options):
    """As exchange, but the answer is JSON; returns status and its value."""
    status, _, answer = exchange(url, body, headers, **options)
    return status, json.loads(answer)
