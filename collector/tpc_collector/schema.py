"""The body of an event as the contract describes it, as a JSON Schema (Draft 2020-12)."""

TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}


def _members(members, required=()):
    """An object with these members. Others are allowed: the contract forbids none."""
    return {"type": "object", "properties": members, "required": list(required)}


EVENT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_members(
        {
            "event": {"type": "string", "enum": ["page_visit"]},
            "occurredAt": {"type": "string", "format": "date-time"},
            "eventId": {"type": "string", "minLength": 1},
            "sessionId": TEXT_OR_NULL,
            "anonymousId": TEXT_OR_NULL,
            "page": _members(
                {
                    "href": {"type": "string", "format": "uri"},
                    "domain": TEXT,
                    "pathname": TEXT,
                    "title": TEXT_OR_NULL,
                    "canonicalUrl": {"type": ["string", "null"], "format": "uri"},
                },
                required=["href"],
            ),
            "request": _members(
                {
                    "referrer": TEXT_OR_NULL,
                    "userAgent": TEXT_OR_NULL,
                    "clientIp": TEXT_OR_NULL,
                    "method": TEXT_OR_NULL,
                }
            ),
            "sdk": _members({"name": TEXT, "version": TEXT, "runtime": TEXT}),
            "properties": {
                "type": "object",
                "additionalProperties": {
                    "anyOf": [
                        {"type": "string"},
                        {"type": "number"},
                        {"type": "boolean"},
                        {"type": "null"},
                    ]
                },
            },
        },
        required=["event", "page"],
    ),
}
