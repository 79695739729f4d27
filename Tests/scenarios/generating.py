# SPDX-License-Identifier: Apache-2.0
"""Texts and objects that are too long to be written out in a scenario."""


def generate(value):
    """The value with every generator in it replaced by its value. Raises ValueError for a wrong one."""
    if isinstance(value, list):
        return [generate(item) for item in value]
    if not isinstance(value, dict):
        return value
    (name, argument), *more = list(value.items()) or [("", None)]
    if name not in _GENERATORS:
        return {key: generate(item) for key, item in value.items()}
    if more:
        raise ValueError(f"{name}: has other members beside it")
    return _GENERATORS[name](argument)


def _repeat(argument):
    text, count = _arguments("$repeat", argument, (str, int))
    return text * count


def _numbered(argument):
    text, count = _arguments("$numbered", argument, (str, int))
    return "".join(text.replace("#", str(number)) for number in range(count))


def _join(argument):
    parts = generate(argument)
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError("$join: expected a list of texts")
    return "".join(parts)


def _members(argument):
    key, value, count = _arguments("$members", generate(argument), (str, object, int))
    return {key.replace("#", str(number)): value for number in range(count)}


def _arguments(name, argument, kinds):
    if not isinstance(argument, list) or [isinstance(*pair) for pair in zip(argument, kinds)] != [True] * len(kinds):
        raise ValueError(f"{name}: expected {[kind.__name__ for kind in kinds]}")
    return argument


_GENERATORS = {"$repeat": _repeat, "$numbered": _numbered, "$join": _join, "$members": _members}
