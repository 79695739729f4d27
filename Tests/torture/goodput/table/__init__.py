"""The laws of goodput: a file a kind, a row each."""

from . import changes, deaths, limits, load, outages, poison

ROWS = [*load.ROWS, *outages.ROWS, *poison.ROWS, *deaths.ROWS, *limits.ROWS, *changes.ROWS]
