# SPDX-License-Identifier: Apache-2.0
"""Which scenarios Swift cannot run: its compiler refuses their requests, or its calls have no such error."""

TEXTS = {"method", "target", "scheme", "host", "contentType", "remoteAddress", "clientAddress"}
NULLABLE = {"title", "canonicalUrl", "referrer", "userAgent", "clientIp", "method", "sessionId", "anonymousId"}


def compiles(scenario):
    """Whether a program in Swift can make all the calls of a scenario."""
    return all(_is_call(call, scenario) for call in scenario.calls)


def _is_call(call, scenario):
    if "track_request" in call:
        request = {**scenario.request, **call["track_request"]}
        # A request cannot be made without these two.
        return None not in (request.get("method"), request.get("target")) and all(map(_is_member, request, request.values()))
    # A sequence of reports ends without an error, and a negative time counts as zero.
    return not ("reports" in call and "error" in call) and call.get("flush", 0) >= 0


def _is_member(name, value):
    if name == "headers":
        return value is None or isinstance(value, dict) and all(map(_is_header, value.values()))
    if name == "event":
        return value is None or isinstance(value, dict) and all(map(_is_part, value, value.values()))
    if name == "status":
        return value is None or isinstance(value, int) and not isinstance(value, bool)
    return name in TEXTS and (value is None or isinstance(value, str))


def _is_header(value):
    return value is None or isinstance(value, str) or isinstance(value, list) and all(map(_is_header, value))


def _is_part(name, value):
    """A member of an event that a Visit can hold."""
    if name == "event":
        return value == "page_visit"
    if name == "properties":
        return isinstance(value, dict) and value != {} and not any(isinstance(inner, (dict, list)) for inner in value.values())
    if name in ("page", "request", "sdk"):
        return isinstance(value, dict) and all(map(_is_field, value, value.values()))
    return _is_field(name, value)


def _is_field(name, value):
    return isinstance(value, str) or value is None and name in NULLABLE
