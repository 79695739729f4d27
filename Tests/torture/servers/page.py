"""The tables of docs/servers.md, as the rows have them."""

from .table import GROUPS

HEAD = "| server | how it ends | delivered | what to do |\n|---|---|---|---|"


def tables():
    """A table by its section's title."""
    return {title: "\n".join([HEAD, *map(line, rows)]) for title, rows in GROUPS.items()}


def line(row):
    return f"| {row.server} | {row.ending} | {row.arrives} | {row.advice} |"
