"""The shapes that every web server has: the same request, the same visit."""

import email.utils
import socket

from . import clients
from .case import AGENT, HOST, fields, get, left_out, post, tracked, visit

LONG = "/page.html?" + "a" * 7000


def within_the_body(scene, key):
    """Reads the head of a long page, and goes away."""
    connection = clients.connect(scene.server.port)
    connection.sendall(get("/large.html").replace(b"@case@", key))
    begin = connection.recv(200)
    clients.reset(connection)
    return clients.statuses(begin)


def before_the_answer(scene, key):
    """Waits until the application has the request, and goes away."""
    path = "/hang"
    connection = clients.connect(scene.server.port)
    connection.sendall(get(f"/app{path}").replace(b"@case@", key))
    scene.origin.wait_for(path)
    clients.reset(connection)
    return ()


def unchanged(scene, key):
    """Asks for a page that is not newer than it is."""
    date = email.utils.formatdate((scene.server.folder / "site" / "page.html").stat().st_mtime, usegmt=True)
    data = get("/page.html", f"If-Modified-Since: {date}").replace(b"@case@", key)
    return clients.statuses(clients.exchange(clients.connect(scene.server.port), data))


def in_pieces(scene, key):
    """Sends the head byte by byte."""
    connection = clients.connect(scene.server.port)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = get("/page.html").replace(b"@case@", key)
    for index in range(len(data) - 1):
        connection.sendall(data[index : index + 1])
    return clients.statuses(clients.exchange(connection, data[-1:]))


def streams(port, *requests):
    """Requests at once on one HTTP/2 connection to this port."""

    def ask(scene, key):
        named = [[(name, value.replace(b"@case@", key)) for name, value in each] for each in requests]
        connection = clients.connect(scene.server.ports[port], tls=scene.tls2 if port == "tls" else None)
        return clients.http2(connection, named)

    return http2(ask)


def http2(ask):
    """Marks what a server without HTTP/2 cannot be asked for."""
    ask.is_http2 = True
    return ask


def is_http2(case):
    return getattr(case.ask, "is_http2", False)


def plain_for_tls(scene, key):
    """HTTP without TLS for the port of HTTPS."""
    data = get("/page.html").replace(b"@case@", key)
    return clients.statuses(clients.exchange(clients.connect(scene.server.ports["tls"]), data))


def websocket(scene, key):
    """Upgrades the connection, and says four bytes, which come back."""
    lines = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    data = get("/app/websocket", "Connection: Upgrade", *lines, last=False).replace(b"@case@", key)
    answer = clients.exchange(clients.connect(scene.server.port), data + b"ping")
    assert answer.endswith(b"ping"), answer
    return clients.statuses(answer)


PIPELINE = get("/page.html?first", last=False) + get("/image.png", last=False) + get("/page.html?second", method="HEAD")
SECURE = f"https://{HOST}"

def shared_cases(server):
    """The cases, as "nginx" or "apache" answers them."""

    def either(nginx, apache):
        return nginx if server == "nginx" else apache

    return [
        # Files.
        tracked("a file", get(), visit("/page.html")),
        tracked("the index of the site", get("/"), visit("/")),
        tracked("the index of a folder", get("/directory/"), visit("/directory/")),
        left_out("a folder without its slash is redirected", get("/directory"), 301, "status"),
        tracked("HEAD", get(method="HEAD"), visit("/page.html", method="HEAD")),
        tracked("a page that has not changed", unchanged,
                visit("/page.html", status=304)),
        left_out("a page that does not exist", get("/nowhere.html"), 404, "status"),
        left_out("POST", post("/app/page"), 200, "method"),
        left_out("POST to a file", post("/page.html"), either(405, 200), "method"),
        left_out("PUT", get("/app/page", "Content-Length: 1", method="PUT", body=b"a"), 200, "method"),
        left_out("DELETE", get("/app/page", method="DELETE"), 200, "method"),
        left_out("OPTIONS", get("/app/page", method="OPTIONS"), 200, "method"),
        left_out("TRACE", get("/page.html", method="TRACE"), 405, "method"),
        left_out("a style sheet", get("/style.css"), 200, "content_type"),
        left_out("a script", get("/script.js"), 200, "content_type"),
        left_out("an image", get("/image.png"), 200, "content_type"),
        left_out("data", get("/data.json"), 200, "content_type"),
        left_out("a sitemap", get("/sitemap.xml"), 200, "machine_file"),
        left_out("robots.txt", get("/robots.txt"), 200, "machine_file"),
        tracked("a plain text", get("/notes.txt"), visit("/notes.txt")),
        tracked("a PDF", get("/guide.pdf"), visit("/guide.pdf")),
        tracked("the first part of a PDF", get("/guide.pdf", "Range: bytes=0-99"), visit("/guide.pdf", status=206)),
        left_out("a later part of a PDF", get("/guide.pdf", "Range: bytes=100-199"), 206, "status"),
        left_out("a part that does not exist", get("/guide.pdf", "Range: bytes=90000-"), 416, "status"),
        left_out("a health check", get("/healthz"), 200, "health_check"),
        left_out("a load balancer's health check", get("/page.html", agent="ELB-HealthChecker/2.0"), 200, "health_check"),
        left_out("a prefetch", get("/page.html", "Sec-Purpose: prefetch;prerender"), 200, "prefetch"),
        left_out("a frame", get("/page.html", "Sec-Fetch-Dest: iframe"), 200, "destination"),
        tracked("a page that a browser opens", get("/page.html", "Sec-Fetch-Dest: document"), visit("/page.html")),
        tracked("llms.txt that an agent reads", get("/llms.txt", agent=AGENT),
                visit("/llms.txt", agent=AGENT, aiAgent="GPTBot", aiOperator="OpenAI", aiPurpose="training")),

        # An application.
        tracked("a page of an application", get("/app/page"), visit("/app/page")),
        tracked("HEAD to an application", get("/app/page", method="HEAD"), visit("/app/page", method="HEAD")),
        tracked("a page in chunks", get("/app/chunked"), visit("/app/chunked")),
        tracked("a page that the application compressed", get("/app/gzip", "Accept-Encoding: gzip"), visit("/app/gzip")),
        tracked("a page that the server compresses", get("/app/page", "Accept-Encoding: gzip, br"), visit("/app/page")),
        tracked("a content type in capitals", get("/app/shouted"), visit("/app/shouted")),
        tracked("a page without a content type", get("/app/untyped"), visit("/app/untyped")),
        left_out("an image's name without a content type", get("/app/untyped/logo.png"), 200, either("asset", "content_type")),
        tracked("a page that was created", get("/app/created"), visit("/app/created", status=201)),
        tracked("a GET with a body", get("/app/page", "Content-Length: 3", body=b"a=b"), visit("/app/page")),
        left_out("JSON with the status 200", get("/app/json"), 200, "content_type"),
        left_out("an answer without a page", get("/app/empty"), 204, "status"),
        left_out("an application's redirect", get("/app/moved"), 301, "status"),
        left_out("an application's refusal", get("/app/denied"), 403, "status"),
        left_out("an application's page that does not exist", get("/app/missing"), 404, "status"),
        left_out("an application's failure", get("/app/broken"), 500, "status"),
        left_out("an application that does not run", get("/dead/page"), either(502, 503), "status"),
        tracked("a page that the application breaks off", get("/app/cut"), visit("/app/cut")),
        left_out("a WebSocket", websocket, 101, "status"),
        left_out("Expect: 100-continue", post("/app/page", "Expect: 100-continue"), (100, 200), "method"),
        tracked("a page of a cache", get("/cached/cached"), visit("/cached/cached")),
        tracked("the same page of the cache", get("/cached/cached"), visit("/cached/cached")),

        # PHP and the like (FastCGI).
        tracked("a page of FastCGI", get("/php/page.php?a=b"), visit("/php/page.php?a=b")),
        tracked("HEAD to FastCGI", get("/php/page.php", method="HEAD"), visit("/php/page.php", method="HEAD")),
        tracked("a URL for which FastCGI has the page", get("/blog/2026/a-post/?page=2"), visit("/blog/2026/a-post/?page=2")),
        left_out("POST to FastCGI", post("/php/page.php"), 200, "method"),
        left_out("data of FastCGI", get("/php/data.php"), 200, "content_type"),
        left_out("a page that FastCGI does not have", get("/php/missing.php"), 404, "status"),
        left_out("a redirect of FastCGI", get("/php/moved.php"), 302, "status"),
        left_out("a failure of FastCGI", get("/php/broken.php"), 500, "status"),

        # What the configuration does with a request.
        tracked("a rewritten path", get("/rewritten/page.html?a=b"), visit("/rewritten/page.html?a=b")),
        left_out("a redirect of the configuration", get("/redirected"), 302, "status"),
        left_out("an error page", get("/with-page/nowhere"), 404, "status"),
        tracked("a front controller", get("/front/some/page?id=1"), visit("/front/some/page?id=1")),
        tracked("a page with a part of another (SSI)", get("/ssi/page.html"), visit("/ssi/page.html")),
        left_out("a page where the module is off", get("/off/page.html"), 200, "off"),
        left_out("a browser where only agents count", get("/agents/page.html"), 200, "not_ai_agent"),
        tracked("an agent where only agents count", get("/agents/page.html", agent=AGENT),
                visit("/agents/page.html", agent=AGENT, aiAgent="GPTBot")),
        left_out("a page behind a password", get("/private/page.html"), 401, "status"),
        tracked("a page with its password", get("/private/page.html", "Authorization: Basic dmlzaXRvcjpvcGVu"),
                visit("/private/page.html")),
        left_out("a refused page", get("/refused/page.html"), 403, "status"),

        # The URL and its host.
        tracked("a query", get("/page.html?plan=pro&x=1%202"), visit("/page.html?plan=pro&x=1%202")),
        tracked("a secret in the query", get("/page.html?a=b&token=abcdef"), visit("/page.html?a=b&token=REDACTED")),
        tracked("an encoded path", get("/%70age.html"), visit("/%70age.html")),
        tracked("a path with dots", get("/directory/../page.html"), visit("/directory/../page.html")),
        tracked("a path with an encoded name", get("/gro%C3%9Fe-seite.html"), visit("/gro%C3%9Fe-seite.html")),
        tracked("a URL of 7 kB", get(LONG), visit(LONG)),
        tracked("a host in capitals", get(host="WWW.Example.COM"), visit("/page.html")),
        tracked("a host with its port", get(host=f"{HOST}:8080"), visit(f"http://{HOST}:8080/page.html")),
        tracked("a host with the default port", get(host=f"{HOST}:80"), visit("/page.html")),
        tracked("another host", get(host="other.example.net"), visit("http://other.example.net/page.html")),
        tracked("a host that is an address", get(host="192.0.2.7"), visit("http://192.0.2.7/page.html")),
        tracked("a host that is an IPv6 address", get(host="[2001:db8::7]:8080"), visit("http://[2001:db8::7]:8080/page.html")),
        tracked("a whole URL", get(f"http://{HOST}/page.html?a=b"), visit("/page.html?a=b")),
        tracked("a whole URL, whose host counts", get("http://www.example.org/page.html", host="other.example.net"),
                visit("http://www.example.org/page.html")),
        tracked("HTTP/1.0", get(version="HTTP/1.0"), visit("/page.html")),
        tracked("HTTP/1.0 without a host", get(version="HTTP/1.0", host=None), visit("/page.html")),
        left_out("HTTP/1.1 without a host", get(host=None), 400, "status"),
        left_out("a host that is not valid", get(host="www example com"), 400, "status"),

        # Odd visitors; more bytes are in test_odd_bytes.py.
        tracked("no user agent and no referrer",
                b"GET /page.html HTTP/1.1\r\nX-Case: @case@\r\nHost: www.example.com\r\nConnection: close\r\n\r\n",
                visit("/page.html", agent=None, referrer=None)),
        tracked("a user agent in UTF-8", get(agent="Läufer/1.0 “x” 日本"), visit("/page.html", agent="Läufer/1.0 “x” 日本")),
        tracked("a user agent in Latin-1", get(agent="Läufer/1.0".encode("latin-1")),
                visit("/page.html", agent="Läufer/1.0")),
        tracked("a user agent with tabs and quotes", get(agent='a\t"b" \\ c'), visit("/page.html", agent='a\t"b" \\ c')),
        tracked("a request byte by byte", in_pieces, visit("/page.html")),
        tracked("pipelined requests", PIPELINE, visit("/page.html?first"), visit("/page.html?second", method="HEAD"),
                answers=(200, 200, 200), others=["content_type"]),
        tracked("a visitor who goes away within the page", within_the_body, visit("/large.html")),
        tracked("IPv6", get(), visit("/page.html", address="::1"), port="six"),

        # TLS and HTTP/2.
        tracked("HTTP/1.1 with TLS", get(), visit(f"{SECURE}/page.html"), port="tls"),
        left_out("HTTP for the port of HTTPS", plain_for_tls, 400, either("status", None)),
        tracked("a page with HTTP/2", streams("tls", fields()), visit(f"{SECURE}/page.html")),
        tracked("HEAD with HTTP/2", streams("tls", fields(method="HEAD")), visit(f"{SECURE}/page.html", method="HEAD")),
        left_out("POST with HTTP/2", streams("tls", fields("/app/page", method="POST")), 200, "method"),
        tracked("an application with HTTP/2", streams("tls", fields("/app/page?a=b")), visit(f"{SECURE}/app/page?a=b")),
        tracked("a host with a port with HTTP/2", streams("tls", fields(host=f"{HOST}:8443")), visit(f"{SECURE}:8443/page.html")),
        tracked("HTTP/2 without TLS", streams("h2c", fields(scheme="http")), visit("/page.html")),
        tracked("several streams at once",
                streams("tls", *[fields(f"/page.html?{n}") for n in range(8)], fields("/style.css"), fields("/app/page")),
                *[visit(f"{SECURE}/page.html?{n}") for n in range(8)], visit(f"{SECURE}/app/page"), answers=(200,) * 10,
                others=["content_type"]),
    ]  # fmt: skip
