"""nginx: its configuration, and the shapes that only it has."""

from support.servers.nginx import Nginx, tracking

from . import clients
from .case import AGENT, HOST, fields, get, left_out, post, tracked, visit
from .shared_cases import before_the_answer, shared_cases, streams
from .site import FILES, PASSWORDS

PORTS = {
    "port": "127.0.0.1", "six": "::1", "tls": "127.0.0.1", "h2c": "127.0.0.1", "nameless": "127.0.0.1",
    "proxied": "127.0.0.1",
}  # fmt: skip

HTTP = """
tpc_zone tpc;
tpc_property case $case;
map $http_x_case $case { "" $arg_case; default $http_x_case; }
map $cookie_consent $consent { no 0; default 1; }
log_format visits '$case $tpc $status $request_uri';
include /etc/nginx/mime.types;
types { text/markdown md; }
default_type application/octet-stream;
server_names_hash_bucket_size 64;
large_client_header_buffers 4 16k;
limit_req_zone $server_name zone=slow:32k rate=1r/m;
proxy_cache_path @folder@/cache keys_zone=pages:64k;
gzip on;
gzip_min_length 1;
ssl_certificate @folder@/server.pem;
ssl_certificate_key @folder@/server.key;
proxy_http_version 1.1;
map $http_upgrade $upgraded { "" ""; default upgrade; }

server {
    access_log @folder@/visits.log visits;
    listen 127.0.0.1:@port@ default_server;
    listen [::1]:@six@;
    listen unix:@folder@/nginx.sock;
    listen 127.0.0.1:@tls@ ssl http2;
    listen 127.0.0.1:@h2c@ http2;
    server_name www.example.com;
    root @folder@/site;
    sendfile on;
    location /app/ {
        proxy_pass http://127.0.0.1:@origin@/;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $upgraded;
    }
    location /php/ {
        fastcgi_pass 127.0.0.1:@fastcgi@;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_param REQUEST_METHOD $request_method;
    }
    location /blog/ { try_files $uri /php/page.php?$args; }
    location /dead/ { proxy_pass http://127.0.0.1:@dead@/; }
    location /cached/ {
        proxy_pass http://127.0.0.1:@origin@/;
        proxy_cache pages;
        tpc_property case $case;
        tpc_property cache $upstream_cache_status;
    }
    location /rewritten/ { rewrite ^/rewritten/(.*)$ /$1 last; }
    location /rewritten-here/ { rewrite ^/rewritten-here/(.*)$ /$1 break; }
    location /redirected { return 302 /page.html; }
    location /with-page/ { error_page 404 /error.html; }
    location /front/ { try_files $uri @front; }
    location @front { rewrite ^ /page? break; proxy_pass http://127.0.0.1:@origin@; }
    location /ssi/ { ssi on; }
    location /off/ { tpc off; }
    location /agents/ { tpc_only_ai_agents on; }
    location /private/ { auth_basic site; auth_basic_user_file @folder@/passwords; }
    location /refused/ { alias @folder@/site/; deny all; }

    location = /plain/page.html { sendfile off; aio threads; }
    location /files/ { try_files /page.html =404; }
    location /nothing/ { try_files $uri =404; }
    location /found-page/ { error_page 404 =200 /page.html; }
    location /found-app/ { error_page 404 = @front; }
    location /found-elsewhere/ { error_page 404 =302 /page.html; }
    location = /form.html { error_page 405 =200 /page.html; }
    location /intercepted/ {
        proxy_pass http://127.0.0.1:@origin@/;
        proxy_intercept_errors on;
        error_page 404 /app/page;
        error_page 500 =200 /app/page;
        error_page 403 =404 /to-off/;
    }
    location /mirrored/ { alias @folder@/site/; mirror /mirror; }
    location = /mirror { internal; proxy_pass http://127.0.0.1:@origin@/page; }
    location /added/ { alias @folder@/site/; add_before_body /app/page; add_after_body /page.html; }
    location /added-and-logged/ { alias @folder@/site/; add_after_body /logged/page.html; }
    location /logged/ { alias @folder@/site/; log_subrequest on; }
    location /authorized/ { alias @folder@/site/; auth_request /ask; }
    location = /ask { internal; proxy_pass http://127.0.0.1:@origin@/empty; }
    location /unauthorized/ { alias @folder@/site/; auth_request /ask-in-vain; }
    location = /ask-in-vain { internal; proxy_pass http://127.0.0.1:@origin@/denied; }
    location /to-off/ { rewrite ^ /off/page.html last; }
    location /if-off/ { alias @folder@/site/; if ($arg_off) { tpc off; } }
    location /on-after-off/ { tpc off; rewrite ^ /page.html last; }
    location /consent/ { alias @folder@/site/; tpc_if $consent; }
    location /typed/ { alias @folder@/site/; tpc_types application/json text/css; }
    location /titled/ {
        alias @folder@/site/;
        tpc_property case $case;
        tpc_property length $body_bytes_sent number;
        tpc_field title "A title";
    }
    location /internal/ { internal; }
    location /returned { default_type text/html; return 200 "<!doctype html>"; }
    location /returned-text { default_type text/plain; return 200 "text"; }
    location /returned-data { default_type application/json; return 200 "{}"; }
    location /pixel { empty_gif; }
    location /closed { return 444; }
    location /gone { return 410; }
    location /loop/ { rewrite ^(.*)$ $1 last; }
    location /limited/ { alias @folder@/site/; limit_req zone=slow; }
    location /listing/ { alias @folder@/site/; index none; autoindex on; }
    location /sliced/ { alias @folder@/site/; sub_filter "page" "PAGE"; }
    location /scheme/ { alias @folder@/site/; }
    location = /tpc-status { tpc off; access_log off; tpc_status; }
}
server {
    access_log @folder@/visits.log visits;
    listen 127.0.0.1:@port@;
    server_name *.wild.example.com ~^(?<shop>\\w+)[.]shops[.]example[.]com$ named.example.com;
    tpc_scheme https;
    tpc_host "$host";
    location / { root @folder@/site; }
}
server {
    access_log @folder@/visits.log visits;
    listen 127.0.0.1:@port@;
    server_name addresses.example.com;
    tpc_remote_address $http_x_peer;
    tpc_client_address $arg_client;
    location / { root @folder@/site; }
}
server {
    access_log @folder@/visits.log visits;
    listen 127.0.0.1:@nameless@;
    server_name _;
    root @folder@/site;
}
server {
    access_log @folder@/visits.log visits;
    listen 127.0.0.1:@proxied@ proxy_protocol;
    root @folder@/site;
    set_real_ip_from 127.0.0.1;
    real_ip_header proxy_protocol;
}
"""


def values(scene):
    """What stands for the scene's ports in the configuration."""
    return {"origin": scene.origin.port, "dead": scene.dead, "fastcgi": scene.fastcgi.port}


def nginx(scene):
    files = {**FILES, **scene.certificate_files(), "passwords": PASSWORDS}
    return Nginx(
        tracking(scene.collector, label_ai_agents="true") + HTTP, ports=PORTS, files=files,
        values=values(scene),
    )  # fmt: skip


def unix(scene, key):
    data = get("/page.html").replace(b"@case@", key)
    return clients.statuses(clients.exchange(clients.connect(scene.server.folder / "nginx.sock"), data))


def proxy_protocol(scene, key):
    data = b"PROXY TCP4 203.0.113.9 192.0.2.1 40000 80\r\n" + get("/page.html").replace(b"@case@", key)
    return clients.statuses(clients.exchange(clients.connect(scene.server.ports["proxied"]), data))


def keyless(data):
    """A request without headers, for which the query has the case's key."""

    def ask(scene, key):
        return clients.statuses(clients.exchange(clients.connect(scene.server.port), data.replace(b"@case@", key)))

    return ask


def limited(scene, key):
    """The first request uses the minute up; it has no case, and the module counts it."""
    first, second = get("/limited/style.css"), get("/limited/page.html").replace(b"@case@", key)
    clients.exchange(clients.connect(scene.server.port), first.replace(b"@case@", b"first"))
    return clients.statuses(clients.exchange(clients.connect(scene.server.port), second))


CASES = shared_cases("nginx") + [
    # Files.
    tracked("a file without sendfile", get("/plain/page.html"), visit("/plain/page.html")),
    tracked("try_files with another file", get("/files/any"), visit("/files/any")),
    left_out("try_files with nothing", get("/nothing/page.html"), 404, "status"),
    tracked("a folder's listing", get("/listing/"), visit("/listing/")),
    tracked("a page that sub_filter changes", get("/sliced/page.html"), visit("/sliced/page.html")),
    left_out("an internal page", get("/internal/page.html"), 404, "status"),
    left_out("a script's name that is JavaScript", get("/wiki/Node.js"), 200, "content_type"),

    # Other locations.
    tracked("a path rewritten within its location", get("/rewritten-here/page.html"), visit("/rewritten-here/page.html")),
    tracked("an error page with the status 200", get("/found-page/nowhere"), visit("/found-page/nowhere")),
    tracked("an error page that a named location answers", get("/found-app/nowhere"), visit("/found-app/nowhere")),
    left_out("an error page that is a redirect", get("/found-elsewhere/nowhere"), 302, "status"),
    left_out("a POST that an error page answers with the status 200", post("/form.html"), 200, "method"),
    left_out("a POST with HTTP/2 that an error page answers with the status 200",
             streams("tls", fields("/form.html", method="POST")), 200, "method"),
    left_out("an error page of the application", get("/intercepted/missing"), 404, "status"),
    tracked("an error page of the application with the status 200", get("/intercepted/broken"), visit("/intercepted/broken")),
    left_out("an error page where the module is off", get("/intercepted/denied"), 404, "off"),
    tracked("a mirrored request", get("/mirrored/page.html"), visit("/mirrored/page.html")),
    tracked("a page with others before and behind it", get("/added/page.html"), visit("/added/page.html")),
    tracked("a page with another behind it that log_subrequest logs", get("/added-and-logged/page.html"),
            visit("/added-and-logged/page.html"), others=["-"]),
    tracked("a page that auth_request allows", get("/authorized/page.html"), visit("/authorized/page.html")),
    left_out("a page that auth_request refuses", get("/unauthorized/page.html"), 403, "status"),
    tracked("X-Accel-Redirect", get("/app/accel"), visit("/app/accel")),
    left_out("X-Accel-Redirect for data, whose type the application says", get("/app/accel-text"), 200, "content_type"),
    left_out("X-Accel-Redirect after a POST", post("/app/accel"), 200, "method"),
    left_out("a rewrite to a location where the module is off", get("/to-off/"), 200, "off"),
    tracked("a rewrite from a location where the module is off", get("/on-after-off/"), visit("/on-after-off/")),
    left_out("tpc off within an if", get("/if-off/page.html?off=1"), 200, "off"),
    tracked("tpc off within an if that does not hold", get("/if-off/page.html"), visit("/if-off/page.html")),
    left_out("tpc_if", get("/consent/page.html", "Cookie: consent=no"), 200, "tpc_if"),
    tracked("tpc_if that holds", get("/consent/page.html"), visit("/consent/page.html")),
    tracked("a type that tpc_types names", get("/typed/data.json"), visit("/typed/data.json")),
    left_out("a type that tpc_types does not name", get("/typed/page.html"), 200, "content_type"),
    tracked("a title and a number", get("/titled/page.html"), visit("/titled/page.html", length=44, title="A title")),
    left_out("a rewrite without an end", get("/loop/"), 500, "status"),
    left_out("the second request where one a minute is allowed",
             limited, 503, "status"),

    # Answers of nginx's own.
    tracked("a page that return writes", get("/returned"), visit("/returned")),
    tracked("a text that return writes", get("/returned-text"), visit("/returned-text")),
    left_out("data that return writes", get("/returned-data"), 200, "content_type"),
    left_out("a pixel", get("/pixel"), 200, "content_type"),
    left_out("a page that is gone", get("/gone"), 410, "status"),
    left_out("a connection that return 444 closes", get("/closed"), (), "status"),
    left_out("a visitor who goes away before the answer", before_the_answer, (), "status"),

    # The URL and its host.
    tracked("a server with a pattern as its name", get(host="a.wild.example.com"), visit("https://a.wild.example.com/page.html")),
    tracked("a server with a regular expression as its name", get(host="flowers.shops.example.com"),
            visit("https://flowers.shops.example.com/page.html")),
    tracked("HTTP/1.0 without a host for a server without a name", get(version="HTTP/1.0", host=None),
            visit("http://127.0.0.1:@nameless@/page.html"), port="nameless"),
    tracked("HTTP/0.9", keyless(b"GET /page.html?case=@case@\r\n"),
            visit("/page.html?case=@key@", agent=None, referrer=None), answers=(0,)),
    tracked("raw UTF-8 in the path", get("/große-seite.html"), visit("/gro%C3%9Fe-seite.html")),
    tracked("raw Latin-1 in the query", get("/page.html?stra\u00dfe".encode("latin-1")), visit("/page.html?stra%C3%9Fe")),
    tracked("quotes and brackets in the query", get('/page.html?a[]="b"|{c}'), visit("/page.html?a%5B%5D=%22b%22%7C%7Bc%7D")),
    tracked("two slashes", get("//page.html"), visit("//page.html")),

    # Where visitors come from.
    tracked("a peer that tpc_remote_address names", get("/page.html", "X-Peer: 203.0.113.9", host="addresses.example.com"),
            visit("http://addresses.example.com/page.html", address="203.0.113.9")),
    tracked("a visitor whom tpc_client_address names", get("/page.html?client=203.0.113.9", host="addresses.example.com"),
            visit("http://addresses.example.com/page.html?client=203.0.113.9", address="203.0.113.9")),
    tracked("a Unix socket", unix, visit("/page.html", address=None)),
    tracked("the proxy protocol", proxy_protocol, visit("/page.html", address="203.0.113.9")),
    tracked("an agent with HTTP/2", streams("tls", fields("/llms.txt")[:5] + [(b"user-agent", AGENT.encode())]),
            visit(f"https://{HOST}/llms.txt", agent=AGENT, referrer=None, aiAgent="GPTBot")),
]  # fmt: skip
