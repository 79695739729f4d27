"""Checks an event's bytes against the contract's schema and says what is wrong in plain words."""

from jsonschema import Draft202012Validator

from . import formats, schema

_VALIDATOR = Draft202012Validator(schema.EVENT, format_checker=formats.CHECKER)

_FORMAT_NAMES = {
    "date-time": "an RFC 3339 date-time, as 2026-01-31T12:00:00Z",
    "uri": "an absolute RFC 3986 URI, as https://example.com/path",
}


def problems(event):
    """What is wrong with a parsed event by the contract: a list of {pointer, message}, empty when nothing is."""
    # A dict, because an object that lacks two members produces two errors with the same descriptions.
    found = {}
    for error in _VALIDATOR.iter_errors(event):
        for pointer, message in _describe(error):
            found[pointer, message] = {"pointer": pointer, "message": message}
    return list(found.values())


def _describe(error):
    """Pointers and messages of one jsonschema error. Values are not quoted, because they are a visitor's data."""
    pointer = _pointer(error.absolute_path)
    keyword, wanted = error.validator, error.validator_value
    if keyword == "required":
        return [(pointer + _pointer([name]), "is required") for name in wanted if name not in error.instance]
    if keyword == "type":
        types = [wanted] if isinstance(wanted, str) else wanted
        return [(pointer, f"is {_kind(error.instance)}; expected {' or '.join(types)}")]
    if keyword == "anyOf":
        types = [alternative["type"] for alternative in wanted]
        return [(pointer, f"is {_kind(error.instance)}; expected {' or '.join(types)}")]
    if keyword == "format":
        return [(pointer, f"is not {_FORMAT_NAMES[wanted]}")]
    if keyword == "enum":
        return [(pointer, f"is not {' or '.join(wanted)}")]
    if keyword == "minLength":
        return [(pointer, "is empty")]
    raise AssertionError(f"the schema uses {keyword}, which has no message here")


def _pointer(path):
    """A path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _kind(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "string", list: "array", dict: "object"}[type(value)]
