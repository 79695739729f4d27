"""Web servers with our module whose pages are /page/1, /page/2 and so on, and whose counters are at /tpc-status."""

import contextlib
import json
import pathlib
import urllib.request

from support.servers import apache, nginx
from support.servers.tls import Certificates

# Retries soon, so that what waited for an endpoint does not wait much longer.
OPTIONS = {"retry_initial_ms": 10, "retry_max_ms": 100}
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

PAGES = 'location /page/ { return 200 "page\\n"; }'
# What is left of the site without the module.
SITE_WITHOUT = f"""
server {{
    listen 127.0.0.1:@port@;
    default_type text/html;
    {PAGES}
}}
"""
NGINX = """
tpc_zone tpc;
{more}
proxy_cache_path @folder@/temporary/cache keys_zone=cache:1m;
server {{
    listen 127.0.0.1:@port@;
    {listen}
    default_type text/html;
    location /page/ {{ return 200 "page\\n"; }}
    location = /tpc-status {{ tpc off; tpc_status; }}
}}
"""
NGINX_TLS = """
    listen 127.0.0.1:@tls_port@ ssl http2;
    ssl_certificate {path}/good.pem;
    ssl_certificate_key {path}/good.key;
"""
# Takes HTTP/2 over TLS and hands each event on. It has nothing of ours.
FRONT = """
upstream endpoint {{ server 127.0.0.1:{port}; keepalive 64; }}
server {{
    listen 127.0.0.1:@port@ ssl http2;
    ssl_certificate {path}/good.pem;
    ssl_certificate_key {path}/good.key;
    if ($server_protocol != HTTP/2.0) {{ return 400; }}
    location / {{ proxy_pass http://endpoint; proxy_http_version 1.1; proxy_set_header Connection ""; }}
}}
"""

APACHE = """
{more}
KeepAlive On
MaxKeepAliveRequests 20
MaxConnectionsPerChild {recycle}
AliasMatch "^/page/" "@folder@/site/page.html"
<Directory "@folder@/site">
    Require all granted
</Directory>
<Location "/tpc-status">
    SetHandler tpc-status
    TpcEnable Off
    Require all granted
</Location>
"""
APACHE_CHILDREN = {
    "prefork": "StartServers 4\nMinSpareServers 2\nMaxSpareServers 40\nServerLimit 40\nMaxRequestWorkers 40",
    "worker": "StartServers 2\nThreadsPerChild 8\nMinSpareThreads 8\nMaxSpareThreads 96\nServerLimit 12\nMaxRequestWorkers 64",
    "event": "StartServers 2\nThreadsPerChild 8\nMinSpareThreads 8\nMaxSpareThreads 96\nServerLimit 12\nMaxRequestWorkers 64",
}
APACHES = apache.MPMS
SERVERS = ("nginx", *APACHES)
# After so many connections a child of Apache is replaced by another.
RECYCLE = 20


def nginx_site(endpoint, *, workers=4, more="", tls=None, options=None, **given):
    """`tls` are Certificates: the server then listens with TLS on `tls_port` as well, and trusts them."""
    listen = NGINX_TLS.format(path=tls.path) if tls else ""
    given.setdefault("ports", ("port", "tls_port") if tls else ("port",))
    trusted = {"ca_file": tls.ca_file} if tls else {}
    http = nginx.tracking(endpoint, **OPTIONS | trusted | (options or {})) + NGINX.format(more=more, listen=listen, pages=PAGES)
    return nginx.Nginx(http, workers=workers, **given)


def apache_site(endpoint, mpm, *, more="", recycle=0, options=None, **given):
    """`recycle` is the number of connections after which a child is replaced by another, 0 for never."""
    configuration = apache.tracking(endpoint, **OPTIONS | (options or {})) + APACHE.format(more=more, recycle=recycle)
    files = {"site/page.html": "page\n"}
    return apache.Apache(configuration, mpm=mpm, children=APACHE_CHILDREN[mpm], files=files, **given)


def site(name, endpoint, *, shutdown_seconds=None, **given):
    """The site by its server's name, one of SERVERS. Without `shutdown_seconds`, the module's default counts."""
    if name == "nginx":
        more = f"tpc_shutdown_timeout {shutdown_seconds}s;" if shutdown_seconds else ""
        return nginx_site(endpoint, more=more, **given)
    more = f"TpcShutdownTimeout {shutdown_seconds}" if shutdown_seconds else ""
    return apache_site(endpoint, name, more=more, **given)


def counters(server):
    """What /tpc-status shows."""
    with _opener.open(f"{server.url}/tpc-status", timeout=60) as response:
        return json.load(response)


def wait_for_counters(server, expected):
    """Waits until the counters have these values, and returns complaints about those that never did. Workers write them down
    once a second."""
    with contextlib.suppress(RuntimeError):
        server.wait_until(lambda: not _others(server, expected), "the counters")
    return _others(server, expected)


def _others(server, expected):
    found = counters(server)
    return [f"{name} is {found[name]} and not {value}" for name, value in expected.items() if found[name] != value]


@contextlib.contextmanager
def behind_http2(endpoint):
    """The endpoint behind HTTP/2 and TLS, and the Certificates to trust."""
    with Certificates() as certificates:
        http = FRONT.format(path=certificates.path, port=endpoint.port)
        # Workers, which are another user's, read the authority's certificate.
        certificates.path.chmod(0o755)
        with nginx.Nginx(http, module=None, workers=1) as front:
            yield _Front(f"https://localhost:{front.port}"), certificates


class _Front:
    def __init__(self, url):
        self.url = url


def threads(process):
    """How many threads it has."""
    return len(list(pathlib.Path(f"/proc/{process}/task").iterdir()))


def title(process):
    """What it calls itself."""
    return pathlib.Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()


def workers(server):
    """The processes that answer requests: not the cache's."""
    return [process for process in server.workers() if "cache" not in title(process)]
