"""A row of the table.

SPDX-License-Identifier: Apache-2.0
"""


def row(what, goal, measured, met):
    return {"what": what, "goal": goal, "measured": measured, "met": met}
