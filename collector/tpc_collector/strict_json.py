"""JSON as RFC 8259 has it: UTF-8 without a byte order mark, no NaN or Infinity, numbers of any size."""

import json


class NotJSON(ValueError):
    """The bytes are no JSON text. The message says where and why, without quoting them."""


def _refuse_constant(name):
    raise NotJSON(f"{name} is no JSON number")


def _integer(text):
    # int() refuses thousands of digits, and takes long over them. A verdict needs no value, only that it is a number.
    return int(text) if len(text) <= 40 else float(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_integer)


def parse(body):
    """The value that the bytes stand for. Of members with the same name the last counts. Raises NotJSON."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJSON(f"byte {error.start} is not valid UTF-8") from None
    if text.startswith("\ufeff"):
        raise NotJSON("it starts with a byte order mark")
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJSON(f"{error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise NotJSON("it is nested deeper than this server reads") from None
