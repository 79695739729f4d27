"""All rows, in the order of the page."""

from .node import ROWS as NODE
from .php import ROWS as PHP
from .python_asgi import ROWS as ASGI
from .python_wsgi import ROWS as WSGI

ROWS = [*ASGI, *WSGI, *NODE, *PHP]
