# SPDX-License-Identifier: Apache-2.0
"""Lines of access logs."""

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"


def combined(
    request="GET /docs HTTP/1.1", status="200", size="5120", referrer="-", agent=CHROME, client="192.0.2.1", user="-",
    time="23/Nov/2026:10:00:00 +0000", host="", rest="",
):  # fmt: skip
    """A line in the combined format, or in vhost_combined when there is a host."""
    front = f"{host} " if host else ""
    return f'{front}{client} - {user} [{time}] "{request}" {status} {size} "{referrer}" "{agent}"{rest}'


def common(request="GET /docs HTTP/1.1", status="200", size="5120", client="192.0.2.1"):
    """A line in the common format."""
    return f'{client} - - [23/Nov/2026:10:00:00 +0000] "{request}" {status} {size}'
