"""Apache: its configuration, and the shapes that only it has."""

import h2.connection
import h2.events
from support.servers.apache import Apache, tracking

from . import clients
from .case import AGENT, HOST, fields, get, left_out, post, tracked, visit
from .shared_cases import before_the_answer, http2, shared_cases, streams
from .site import FILES, PAGE, PASSWORDS

PORTS = {"port": "127.0.0.1", "six": "::1", "tls": "127.0.0.1", "h2c": "127.0.0.1"}
MODULES = (
    "mime", "dir", "alias", "rewrite", "proxy", "proxy_http", "proxy_fcgi", "ssl", "http2", "include", "filter", "deflate", "cache",
    "cache_disk", "auth_basic", "authn_core", "authn_file", "authz_user", "authz_host", "setenvif", "headers", "negotiation",
    "autoindex", "asis", "cgid", "actions",
)  # fmt: skip

CONFIGURATION = """
ServerName www.example.com
TraceEnable Off
EnableSendfile On
LogFormat "%{X-Case}i %{tpc}n %U" visits
CustomLog @folder@/visits.log visits "expr=%{REQUEST_URI} != '/tpc-status'"
TpcProperty case "%{req:X-Case}"
AddOutputFilterByType DEFLATE text/html
AddHandler send-as-is asis
AddHandler cgi-script cgi
DocumentRoot @folder@/site
<Directory @folder@/site>
    AllowOverride All
    Options +Indexes +FollowSymLinks +MultiViews +ExecCGI
    Require all granted
</Directory>
<Location /tpc-status>
    SetHandler tpc-status
</Location>
ProxyPass /app/ http://127.0.0.1:@origin@/ upgrade=websocket
ProxyPassMatch "^/php/(.*)" "fcgi://127.0.0.1:@fastcgi@@folder@/site/$1"
ProxyPass /dead/ http://127.0.0.1:@dead@/
ProxyPass /cached/ http://127.0.0.1:@origin@/
ProxyPass /intercepted/ http://127.0.0.1:@origin@/
<Location /intercepted/>
    ProxyErrorOverride On
    ErrorDocument 404 /error.html
</Location>
CacheRoot @folder@/cache
CacheEnable disk /cached/
Redirect 302 /redirected /page.html
Redirect gone /gone
<Location /with-page/>
    ErrorDocument 404 /error.html
</Location>
<Location /with-text/>
    ErrorDocument 404 "nothing here"
</Location>
<Location /with-address/>
    ErrorDocument 404 http://www.example.com/page.html
</Location>
<Directory @folder@/site/front>
    FallbackResource /page.html
</Directory>
<Location /ssi/>
    Options +Includes
    SetOutputFilter INCLUDES
</Location>
<Location /off/>
    TpcEnable Off
</Location>
<Location /agents/>
    TpcOnlyAIAgents On
</Location>
<Location /private/>
    AuthType Basic
    AuthName site
    AuthUserFile @folder@/passwords
    Require valid-user
</Location>
Alias /refused/ @folder@/site/
<Location /refused/>
    Require all denied
</Location>
Alias /consent/ @folder@/site/
SetEnvIf Cookie "consent=no" no-tpc
Alias /if-off/ @folder@/site/
<If "%{QUERY_STRING} == 'off=1'">
    TpcEnable Off
</If>
Alias /typed/ @folder@/site/
<Location /typed/>
    TpcTypes application/json text/css
</Location>
Alias /titled/ @folder@/site/
<Location /titled/>
    TpcProperty length "%{resp:Content-Length}" number
    TpcField title "A title"
</Location>
<Location /forced/>
    ForceType application/octet-stream
</Location>
Action page-script /programs/page.cgi
AddHandler page-script action
SetEnvIf Request_URI "^/zero-nine/([0-9]+)" case=$1
RequestHeader set X-Case "%{case}e" env=case
AliasMatch "^/zero-nine/" @folder@/site/page.html
RewriteEngine On
RewriteRule ^/rewritten/(.*)$ /$1 [PT]
RewriteRule ^/to-off/ /off/page.html [PT]
RewriteRule ^/moved$ /page.html [R=301]
RewriteRule ^/forbidden$ - [F]
RewriteRule ^/by-proxy$ http://127.0.0.1:@origin@/page [P]
<VirtualHost 127.0.0.1:@tls@>
    SSLEngine On
    SSLCertificateFile @folder@/server.pem
    SSLCertificateKeyFile @folder@/server.key
    Protocols h2 http/1.1
</VirtualHost>
<VirtualHost 127.0.0.1:@h2c@>
    Protocols h2c http/1.1
</VirtualHost>
"""

MORE_FILES = {
    "passwords": PASSWORDS,
    "site/front/.keep": "",
    "site/forced/page.html": PAGE,
    "site/as-is/page.asis": f"Status: 200 OK\nContent-Type: text/html\n\n{PAGE}",
    "site/as-is/page.action": PAGE,
    "site/as-is/gone.asis": f"Status: 410 Gone\nContent-Type: text/html\n\n{PAGE}",
    "site/programs/page.cgi": "#!/bin/sh\necho 'Content-Type: text/html'\necho\necho '<!doctype html>'\n",
    "site/programs/data.cgi": "#!/bin/sh\necho 'Content-Type: application/json'\necho\necho '{}'\n",
    "site/programs/missing.cgi": "#!/bin/sh\necho 'Status: 404 Not Found'\necho 'Content-Type: text/html'\necho\n",
    "site/programs/broken.cgi": "#!/bin/sh\nexit 1\n",
    "site/programs/onward.cgi": "#!/bin/sh\necho 'Location: /page.html'\necho\n",
    "site/programs/away.cgi": "#!/bin/sh\necho 'Location: http://www.example.org/'\necho\n",
    "site/blog/.htaccess": "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /php/page.php [L]\n",
    "site/here/page.html": PAGE,
    "site/here/.htaccess": """
RewriteEngine On
RewriteRule ^nice/(.*)$ page.html [L]
RewriteRule ^app$ http://127.0.0.1:@origin@/page [P]
TpcProperty place here
""",
    "site/here-off/page.html": PAGE,
    "site/here-off/.htaccess": "TpcEnable Off\n",
    "site/here-agents/page.html": PAGE,
    "site/here-agents/.htaccess": "TpcOnlyAIAgents On\n",
    "site/here-typed/data.json": "{}",
    "site/here-typed/.htaccess": "TpcTypes application/json\nTpcField title Data\n",
}


def apache(scene, mpm="event", user=None):
    return Apache(
        tracking(scene.collector, label_ai_agents="true") + CONFIGURATION, mpm=mpm, user=user, modules=MODULES, ports=PORTS,
        files={**FILES, **MORE_FILES, **scene.certificate_files()}, folders=["cache"],
        values={"origin": scene.origin.port, "dead": scene.dead, "fastcgi": scene.fastcgi.port},
    )  # fmt: skip


@http2
def upgraded(scene, key):
    """HTTP/1.1 that becomes HTTP/2 (h2c), whose first stream is the request itself."""
    h2c = h2.connection.H2Connection()
    settings = h2c.initiate_upgrade_connection()
    data = get("/page.html", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", b"HTTP2-Settings: " + settings, last=False)
    with clients.connect(scene.server.ports["h2c"]) as connection:
        connection.sendall(data.replace(b"@case@", key))
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, rest = received.partition(b"\r\n\r\n")
        found = clients.statuses(head + b" ")
        connection.sendall(h2c.data_to_send())
        while True:
            for event in h2c.receive_data(rest):
                if isinstance(event, h2.events.ResponseReceived):
                    found.append(int(dict(event.headers)[b":status"]))
                elif isinstance(event, h2.events.StreamEnded):
                    return found
            rest = connection.recv(65536)


def keyless(scene, key):
    data = b"GET /zero-nine/%s\r\n" % key
    return clients.statuses(clients.exchange(clients.connect(scene.server.port), data))


CASES = shared_cases("apache") + [
    # Files.
    tracked("a folder's listing", get("/as-is/"), visit("/as-is/")),
    tracked("a negotiated page", get("/page"), visit("/page")),
    tracked("a file with its own head", get("/as-is/page.asis"), visit("/as-is/page.asis")),
    left_out("a file whose head says that it is gone", get("/as-is/gone.asis"), 410, "status"),
    left_out("a page with the type of a download", get("/forced/page.html"), 200, "content_type"),

    # Programs (CGI).
    tracked("a program's page", get("/programs/page.cgi?a=b"), visit("/programs/page.cgi?a=b")),
    left_out("a program's data", get("/programs/data.cgi"), 200, "content_type"),
    left_out("a program's page that does not exist", get("/programs/missing.cgi"), 404, "status"),
    left_out("a program that fails", get("/programs/broken.cgi"), 500, "status"),
    tracked("a program that names another page", get("/programs/onward.cgi"), visit("/programs/onward.cgi")),
    left_out("a POST to a program that names another page", post("/programs/onward.cgi"), 200, "method"),
    left_out("a program that redirects", get("/programs/away.cgi"), 302, "status"),
    tracked("an Action", get("/as-is/page.action"), visit("/as-is/page.action")),

    # What the configuration does with a request.
    left_out("an error page with a text", get("/with-text/nowhere"), 404, "status"),
    left_out("an error page elsewhere", get("/with-address/nowhere"), 302, "status"),
    left_out("a POST that an error page answers", post("/with-page/nowhere"), 404, "method"),
    left_out("an error page in place of the application's", get("/intercepted/missing"), 404, "status"),
    left_out("a page that is gone", get("/gone"), 410, "status"),
    left_out("a RewriteRule that redirects", get("/moved"), 301, "status"),
    left_out("a RewriteRule that refuses", get("/forbidden"), 403, "status"),
    tracked("a RewriteRule with a proxy", get("/by-proxy"), visit("/by-proxy")),
    left_out("a rewrite to a place where the module is off", get("/to-off/"), 200, "off"),
    left_out("the environment variable no-tpc", get("/consent/page.html", "Cookie: consent=no"), 200, "off"),
    tracked("without the environment variable no-tpc", get("/consent/page.html"), visit("/consent/page.html")),
    left_out("TpcEnable Off within an If", get("/if-off/page.html?off=1"), 200, "off"),
    tracked("TpcEnable Off within an If that does not hold", get("/if-off/page.html"), visit("/if-off/page.html")),
    tracked("a type that TpcTypes names", get("/typed/data.json"), visit("/typed/data.json")),
    left_out("a type that TpcTypes does not name", get("/typed/page.html"), 200, "content_type"),
    tracked("a title and a number", get("/titled/page.html"), visit("/titled/page.html", length=44, title="A title")),

    # .htaccess.
    tracked("a rewrite of .htaccess", get("/here/nice/name?a=b"), visit("/here/nice/name?a=b", place="here")),
    tracked("a proxy of .htaccess", get("/here/app"), visit("/here/app", place="here")),
    left_out(".htaccess with TpcEnable Off", get("/here-off/page.html"), 200, "off"),
    left_out(".htaccess with TpcOnlyAIAgents", get("/here-agents/page.html"), 200, "not_ai_agent"),
    tracked(".htaccess with TpcTypes and TpcField", get("/here-typed/data.json"),
            visit("/here-typed/data.json", title="Data", place=None)),

    # Connections.
    left_out("CONNECT", get("www.example.com:443", method="CONNECT"), 405, "method"),
    tracked("HTTP/0.9", keyless, visit("/zero-nine/@key@", agent=None, referrer=None), answers=(0,)),
    # mod_http2 adds the port to the host that was asked for.
    tracked("HTTP/1.1 that becomes HTTP/2", upgraded, visit("http://www.example.com:@h2c@/page.html"), answers=(101, 200),
            others=["status"]),
    tracked("raw UTF-8 in the path", get("/große-seite.html"), visit("/gro%C3%9Fe-seite.html")),
    tracked("raw Latin-1 in the query", get("/page.html?stra\u00dfe".encode("latin-1")), visit("/page.html?stra%C3%9Fe")),
    tracked("quotes and brackets in the query", get('/page.html?a[]="b"|{c}'), visit("/page.html?a%5B%5D=%22b%22%7C%7Bc%7D")),
    tracked("two slashes", get("//page.html"), visit("//page.html")),
    tracked("a visitor who goes away before the answer", before_the_answer, visit("/app/hang"), answers=()),
    tracked("a program's page with HTTP/2", streams("tls", fields("/programs/onward.cgi")),
            visit(f"https://{HOST}/programs/onward.cgi")),
    tracked("an agent with HTTP/2", streams("tls", fields("/llms.txt")[:5] + [(b"user-agent", AGENT.encode())]),
            visit(f"https://{HOST}/llms.txt", agent=AGENT, referrer=None, aiAgent="GPTBot")),
]  # fmt: skip
