# SPDX-License-Identifier: Apache-2.0
"""Verdicts on candidate events, from the tool, from the library and from the contract's schema. A verdict is None for a valid
event, else the JSON pointer to its first flaw."""

import base64
import ctypes
import json
import re
import subprocess

from tpc_collector import checking, strict_json

OK, INVALID_EVENT, INVALID_JSON, TOO_LARGE, BUFFER_TOO_SMALL = 0, -3, -4, -5, -10

# The contract's fields, numbered as in tpc.h.
FIELDS = (
    "/event /occurredAt /eventId /sessionId /anonymousId /page/href /page/domain /page/pathname /page/title /page/canonicalUrl "
    "/request/referrer /request/userAgent /request/clientIp /request/method /sdk/name /sdk/version /sdk/runtime"
).split()
# Everything that a flaw can be found in, in the contract's order; properties come last.
ORDER = FIELDS[:5] + ["/page"] + FIELDS[5:10] + ["/request"] + FIELDS[10:14] + ["/sdk"] + FIELDS[14:]


class Tool:
    """`tpc-events check --base64`"""

    def __init__(self, path):
        self.path = path

    def run(self, candidates):
        """The process's exit code and its lines, split at tabs."""
        lines = b"".join(base64.b64encode(text) + b"\n" for text in candidates)
        process = subprocess.run([self.path, "check", "--base64"], input=lines, capture_output=True, timeout=300, check=False)
        return process.returncode, [line.split("\t") for line in process.stdout.decode().splitlines()]

    def verdicts(self, candidates):
        code, lines = self.run(candidates)
        found = [None if line == ["valid"] else line[1] for line in lines]
        assert len(found) == len(candidates)
        assert all(line == ["valid"] or (line[0] == "invalid" and len(line) == 3 and line[2]) for line in lines)
        assert code == (0 if all(pointer is None for pointer in found) else 1)
        return found


class Error(ctypes.Structure):
    """tpc_error"""

    _fields_ = [("status", ctypes.c_int32), ("field", ctypes.c_char * 60), ("message", ctypes.c_char * 192)]


class Library:
    """libtpc.so"""

    def __init__(self, path):
        library = ctypes.CDLL(str(path))
        text, size, handle, error = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.POINTER(Error)
        out_size = ctypes.POINTER(size)
        for name, result, arguments in (
            ("tpc_event_new", handle, []),
            ("tpc_event_free", None, [handle]),
            ("tpc_event_set", ctypes.c_int32, [handle, ctypes.c_int32, text, size, error]),
            ("tpc_event_from_json", ctypes.c_int32, [text, size, ctypes.POINTER(handle), error]),
            ("tpc_event_to_json", ctypes.c_int32, [handle, text, size, out_size]),
            ("tpc_uri_encode", ctypes.c_int32, [text, size, text, size, out_size, error]),
        ):
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        self._library = library

    def read(self, candidate):
        """tpc_event_from_json, and tpc_event_to_json of what it made: a verdict, and the bytes of a valid event."""
        event, error = ctypes.c_void_p(), Error()
        status = self._library.tpc_event_from_json(candidate, len(candidate), event, error)
        if status != OK:
            assert event.value is None
            assert status == error.status and error.message
            assert status == INVALID_EVENT or (status in (INVALID_JSON, TOO_LARGE) and error.field == b"")
            return error.field.decode(), None
        try:
            return None, self._written(lambda *to: self._library.tpc_event_to_json(event, *to))
        finally:
            self._library.tpc_event_free(event)

    def verdict(self, candidate):
        return self.read(candidate)[0]

    def set(self, field, value):
        """A verdict of tpc_event_set on the field with this pointer."""
        event, error = self._library.tpc_event_new(), Error()
        try:
            status = self._library.tpc_event_set(event, FIELDS.index(field), value, len(value), error)
            assert status in (OK, INVALID_EVENT)
            return None if status == OK else error.field.decode()
        finally:
            self._library.tpc_event_free(event)

    def repair(self, text):
        """tpc_uri_encode; None where it refuses."""
        error = Error()
        statuses = []

        def write(*to):
            statuses.append(self._library.tpc_uri_encode(text, len(text), *to, error))
            return statuses[-1]

        written = self._written(write)
        assert written is not None or statuses[-1] == INVALID_EVENT
        return written

    @staticmethod
    def _written(write):
        """What a function writes that first returns its length; None when it writes nothing."""
        length = ctypes.c_size_t()
        if write(None, 0, length) != BUFFER_TOO_SMALL:
            return None
        buffer = ctypes.create_string_buffer(length.value + 1)
        assert write(buffer, length.value + 1, length) == OK
        return buffer.raw[: length.value]


# Control characters, line separators, and marks that turn the direction of text.
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def cut(pointer):
    """A verdict as tpc_error shows it, with escapes for what is not to be printed, and has room for it: 59 bytes, and no
    character cut through."""
    if not pointer:
        return pointer
    shown = HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04X}", pointer)
    return shown.encode()[:59].decode(errors="ignore")


def contract(candidate):
    """The verdict of jsonschema on the contract's schema, the formats by the RFCs' grammars."""
    try:
        event = strict_json.parse(candidate)
    except strict_json.NotJSON:
        return ""
    pointers = [problem["pointer"] for problem in checking.problems(event)]
    if not pointers:
        return None
    if "" in pointers:
        return ""
    # Of the properties, the first in the text; a replaced one keeps its position. jsonschema has them in the order of a set.
    properties = event.get("properties")
    keys = properties if isinstance(properties, dict) else ()
    order = [*ORDER, "/properties", *("/properties/" + key.replace("~", "~0").replace("/", "~1") for key in keys)]
    return next(pointer for pointer in order if pointer in pointers)


def values(text):
    """What a JSON text says, its numbers as they are written."""
    return json.loads(text, parse_int=lambda digits: ("number", digits), parse_float=lambda digits: ("number", digits))
