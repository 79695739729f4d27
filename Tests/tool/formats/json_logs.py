# SPDX-License-Identifier: Apache-2.0
"""A line of each format of JSON, written from its list of fields, and the event that it is."""

import json

AGENT = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"
TIME = "2026-11-23T10:00:00.123Z"
# The same time in seconds since 1970.
EPOCH = 1795428000.123


def event(
    href="https://example.com/docs?a=1", time=TIME, client="192.0.2.1", referrer="https://chatgpt.com/", agent=AGENT, method="GET", status=200,
    size=5120,
):  # fmt: skip
    """What --dry-run shows, without the id and the sender."""
    host, _, rest = href.partition("://")[2].partition("/")
    request = {"referrer": referrer, "userAgent": agent, "clientIp": client, "method": method}
    properties = {"status": status, "bytes": size}
    return {
        "event": "page_visit", "occurredAt": time,
        "page": {"href": href, "domain": host.partition(":")[0], "pathname": "/" + rest.partition("?")[0]},
        "request": {name: value for name, value in request.items() if value is not None},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }  # fmt: skip


NGINX = {
    "time_iso8601": "2026-11-23T10:00:00+00:00", "remote_addr": "192.0.2.1", "http_x_forwarded_for": "", "host": "example.com",
    "scheme": "https",
    "request": "GET /docs?a=1 HTTP/2.0", "request_method": "GET", "request_uri": "/docs?a=1", "uri": "/docs", "args": "a=1",
    "status": "200",
    "body_bytes_sent": "5120", "http_referer": "https://chatgpt.com/", "http_user_agent": AGENT,
    "request_id": "8f14e45fceea167a5a36dedd4bea2543",
}  # fmt: skip

CADDY = {
    "level": "info", "ts": EPOCH, "logger": "http.log.access.log0", "msg": "handled request",
    "request": {
        "remote_ip": "198.51.100.9", "remote_port": "41342", "client_ip": "192.0.2.1", "proto": "HTTP/2.0", "method": "GET",
        "host": "example.com",
        "uri": "/docs?a=1", "headers": {"Accept": ["*/*"], "User-Agent": [AGENT, "second"], "Referer": ["https://chatgpt.com/"]},
        "tls": {"resumed": False, "version": 772, "proto": "h2", "server_name": "example.com"},
    },
    "bytes_read": 0, "user_id": "", "duration": 0.0009, "size": 5120, "status": 200, "resp_headers": {"Server": ["Caddy"],
    "User-Agent": ["no"]},
}  # fmt: skip

TRAEFIK = {
    "ClientAddr": "192.0.2.1:52912", "ClientHost": "192.0.2.1", "ClientPort": "52912", "ClientUsername": "-",
    "DownstreamContentSize": 5120,
    "DownstreamStatus": 200, "Duration": 1234567, "OriginStatus": 200, "RequestAddr": "example.com", "RequestHost": "example.com",
    "RequestMethod": "GET", "RequestPath": "/docs?a=1", "RequestPort": "-", "RequestProtocol": "HTTP/2.0",
    "RequestScheme": "https",
    "RouterName": "web@docker", "StartLocal": "2026-11-23T11:00:00.123+01:00", "StartUTC": "2026-11-23T10:00:00.123Z",
    "level": "info", "msg": "",
    "request_User-Agent": AGENT, "request_Referer": "https://chatgpt.com/", "time": "2026-11-23T10:00:01Z",
}  # fmt: skip

CLOUDFLARE = {
    "ClientIP": "192.0.2.1", "ClientRequestHost": "example.com", "ClientRequestMethod": "GET", "ClientRequestPath": "/docs",
    "ClientRequestURI": "/docs?a=1", "ClientRequestScheme": "https", "ClientRequestReferer": "https://chatgpt.com/",
    "ClientRequestSource": "eyeball", "ClientRequestUserAgent": AGENT, "EdgeEndTimestamp": "2026-11-23T10:00:01Z",
    "EdgeResponseBytes": 5120,
    "EdgeResponseStatus": 200, "EdgeStartTimestamp": TIME, "RayID": "3a6050bcbe121a87", "BotTags": ["bot"],
}  # fmt: skip

FASTLY = {
    "timestamp": "2026-11-23T10:00:00+0000", "client_ip": "192.0.2.1", "geo_country": "france", "geo_city": "paris",
    "host": "example.com",
    "url": "/docs?a=1", "request_method": "GET", "request_protocol": "HTTP/2", "request_referer": "https://chatgpt.com/",
    "request_user_agent": AGENT, "response_state": "HIT", "response_status": 200, "response_reason": "OK",
    "response_body_size": 5120,
    "fastly_server": "cache-cdg20732", "fastly_is_edge": True,
}  # fmt: skip

AKAMAI = {
    "version": 1, "cp": "123456", "reqId": "1239f220", "reqTimeSec": "1795428000.123", "bytes": "5120", "cliIP": "192.0.2.1",
    "statusCode": "200",
    "proto": "HTTPS", "reqHost": "example.com", "reqMethod": "GET", "reqPath": "docs", "queryStr": "a=1", "reqPort": "443",
    "UA": AGENT.replace(" ", "%20"), "referer": "https%3A%2F%2Fchatgpt.com%2F", "tlsVersion": "TLSv1.3",
}  # fmt: skip

VERCEL = {
    "id": "1573817187330377061717300000", "deploymentId": "dpl_1", "source": "static", "host": "project.example.net",
    "timestamp": 1795428000500,
    "projectId": "prj_1", "level": "info", "requestId": "643af4e3-975a-4cc7-9e7a-1eda11539d90", "path": "/docs",
    "statusCode": 200,
    "proxy": {
        "timestamp": 1795428000123, "method": "GET", "host": "example.com", "path": "/docs?a=1", "userAgent": [AGENT],
        "region": "sfo1",
        "referer": "https://chatgpt.com/", "statusCode": 200, "clientIp": "192.0.2.1", "scheme": "https",
        "responseByteSize": 5120,
        "vercelCache": "HIT",
    },
}  # fmt: skip

NETLIFY = {
    "timestamp": TIME, "log_type": "traffic", "account_id": "a", "site_id": "s", "deploy_id": "d",
    "url": "https://example.com/docs?a=1",
    "method": "GET", "client_ip": "192.0.2.1", "user_agent": AGENT, "referrer": "https://chatgpt.com/", "status_code": 200,
    "response_size": 5120,
    "request_id": "01HQ",
}  # fmt: skip

# For each format a line, and what is different in its event.
LINES = {
    "nginx-json": (NGINX, {"time": "2026-11-23T10:00:00+00:00"}),
    "caddy": (CADDY, {}),
    "traefik-json": (TRAEFIK, {}),
    "cloudflare": (CLOUDFLARE, {}),
    "fastly": (FASTLY, {"time": "2026-11-23T10:00:00+00:00"}),
    "akamai": (AKAMAI, {}),
    "vercel": (VERCEL, {}),
    "netlify": (NETLIFY, {}),
}


def text(line, **members):
    """A line's JSON, as most programs write it."""
    return json.dumps({**line, **members}, separators=(",", ":"))


def without(line, *names):
    return {name: value for name, value in line.items() if name not in names}
