# SPDX-License-Identifier: Apache-2.0
"""Candidate events: the JSON texts of the corpus, and the verdict that belongs to each."""

import json

HREF = '"https://example.com/"'


class Candidate:
    """One line of the corpus. `pointer` names the first flaw in the contract's order; "" when the text is valid, is not JSON,
    or is no object."""

    def __init__(self, name, text, valid, pointer=""):
        self.name = name
        self.text = text if isinstance(text, bytes) else text.encode()
        self.valid = valid
        self.pointer = pointer


def text_of(node):
    """JSON text of nested dicts whose leaves are JSON text."""
    if isinstance(node, str):
        return node
    return "{" + ",".join(json.dumps(name) + ":" + text_of(value) for name, value in node.items()) + "}"


def event(changes=()):
    """The smallest valid event, changed: from a JSON pointer to the member's new JSON text, or to None to leave it out."""
    root = {"event": '"page_visit"', "page": {"href": HREF}}
    for pointer, value in dict(changes).items():
        *outer, name = pointer.split("/")[1:]
        node = root
        for step in outer:
            node = node.setdefault(step, {})
        if value is None:
            node.pop(name, None)
        else:
            node[name] = value
    return text_of(root)


def quoted(text):
    """A JSON string, in ASCII."""
    return json.dumps(text)
