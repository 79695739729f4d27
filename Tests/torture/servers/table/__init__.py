"""All rows, in the order of the page, by the titles of its sections."""

from .node import ROWS as NODE
from .php import ROWS as PHP
from .python_asgi import ROWS as ASGI
from .python_wsgi import ROWS as WSGI

GROUPS = {"Python, ASGI": ASGI, "Python, WSGI": WSGI, "Node": NODE, "PHP": PHP}
ROWS = [row for rows in GROUPS.values() for row in rows]
