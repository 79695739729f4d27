"""The laws of goodput: a file a kind, a row each."""

from . import deaths, limits, load, outages, poison

ROWS = [*load.ROWS, *outages.ROWS, *poison.ROWS, *deaths.ROWS, *limits.ROWS]
