"""JSON as defined by RFC 8259: UTF-8 without a byte order mark, no NaN or Infinity, numbers of any size."""

import json


class NotJSON(ValueError):
    """The bytes are not JSON. The message says where and why, without quoting them."""


def _refuse_constant(name):
    raise NotJSON(f"{name} is not a JSON number")


def _integer(text):
    # int() is slow for thousands of digits and then refuses them. The value does not matter, only that it is a number.
    return int(text) if len(text) <= 40 else float(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_integer)


def parse(body):
    """The value of the bytes. If a member is repeated, the last one wins. Raises NotJSON."""
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
