"""The files that both web servers serve."""

import base64
import hashlib

PAGE = "<!doctype html><title>Page</title><p>A page."

FILES = {
    "site/index.html": PAGE,
    "site/page.html": PAGE,
    "site/directory/index.html": PAGE,
    "site/internal/page.html": PAGE,
    "site/internal/notes.txt": "Notes",
    "site/plain/page.html": PAGE,
    "site/off/page.html": PAGE,
    "site/agents/page.html": PAGE,
    "site/private/page.html": PAGE,
    "site/ssi/page.html": '<!doctype html><title>Page</title><!--#include virtual="/page.html" -->',
    "site/große-seite.html": PAGE,
    "site/error.html": PAGE,
    "site/form.html": PAGE,
    "site/notes.txt": "Notes",
    "site/robots.txt": "User-agent: *\nAllow: /\n",
    "site/llms.txt": "# Site\n",
    "site/sitemap.xml": "<urlset/>",
    "site/style.css": "p {}",
    "site/script.js": "0",
    "site/image.png": b"\x89PNG\r\n",
    "site/guide.pdf": b"%PDF-1.7" + 1000 * b" ",
    "site/data.json": "{}",
    "site/wiki/Node.js": PAGE,
    "site/healthz": "ok",
    # More than the sockets' buffers hold.
    "site/large.html": PAGE + 16 * 1024 * 1024 * " ",
}

# The visitor's password is "open".
PASSWORDS = "visitor:{SHA}" + base64.b64encode(hashlib.sha1(b"open").digest()).decode() + "\n"
