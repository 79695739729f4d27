"""The laws of goodput: one file for each kind, one row for each law."""

from . import changes, deaths, limits, load, outages, poison

ROWS = [*load.ROWS, *outages.ROWS, *poison.ROWS, *deaths.ROWS, *limits.ROWS, *changes.ROWS]
