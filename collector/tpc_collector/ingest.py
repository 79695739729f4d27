"""The endpoint that takes events, as a plain ASGI application because it has to be fast."""

import asyncio
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Optional

from . import answers, checking, connection, strict_json
from .agents import reader, verified
from .credentials import SECRET_HEADERS
from .state import Record

PATH = "/api/v1/analytics/events"
# The contract has no limit. This one is far above any event, and prevents a mistake from filling the memory.
MAX_BODY_BYTES = 1024 * 1024


@dataclass
class Verdict:
    """The verdict on a request: `status` and, unless that is 200, the reason."""

    status: int
    code: str = ""
    message: str = ""
    details: Optional[list] = None
    # The parsed body, and whether there is one, since `null` is a body, too.
    event: object = None
    is_json: bool = False


class Ingest:
    """Checks a request, records it and answers it, with the fault that is set."""

    def __init__(self, state, faults, credentials, console):
        self._state, self._faults = state, faults
        self._credentials, self._console = credentials, console

    async def __call__(self, scope, receive, send):
        body, length = await _read(receive)
        if body is None:
            return  # The client disconnected before its request was complete.
        headers = _headers(scope)
        kind = self._credentials.kind_of(headers)
        fault = self._faults.take() if scope["path"] == PATH else None
        if fault is not None and fault.refuses():
            verdict = _asked_for(fault, body)
        else:
            verdict = judge(scope["method"], scope["path"], headers, kind, body, length)
        record = self._record(scope, headers, kind, body, verdict, fault)
        self._state.add(record)
        self._console.show(record, verdict.event)
        await _answer(scope, receive, send, record, verdict, fault)

    @staticmethod
    def _record(scope, headers, kind, body, verdict, fault):
        good = verdict.status == 200
        status = verdict.status
        agent, answer = reader(verdict.event)
        if fault is not None and fault.close:
            status = None
        elif good and fault is not None and fault.status:
            status = fault.status
        return Record(
            received_at=answers.now(),
            good=good,
            status=status,
            method=scope["method"],
            path=scope["path"],
            headers={name: "(not kept)" if name in SECRET_HEADERS else value for name, value in headers.items()},
            credential=kind,
            body=body,
            is_json=verdict.is_json,
            event_id=_event_id(verdict.event) or (str(uuid.uuid4()) if good else None),
            reason=None if good else verdict.message,
            details=verdict.details,
            agent=agent,
            answer=answer,
            verified=verified(verdict.event) if agent else None,
        )


def judge(method, path, headers, credential_kind, body, length):
    """The verdict of the contract about a request. `length` is what was sent, of which `body` may be a part."""
    if path != PATH:
        return Verdict(404, "not_found", f"There is nothing at this path. Events go to POST {PATH}.")
    if method != "POST":
        return Verdict(405, "method_not_allowed", f"The method is {method}. Events are sent with POST.")
    if credential_kind is None:
        return Verdict(401, "unauthorized", "The request carries no accepted API key, bearer token or session cookie.")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return Verdict(415, "unsupported_media_type", "The Content-Type is not application/json.")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        return Verdict(415, "unsupported_media_type", "The body is compressed. It is taken as plain JSON only.")
    if length > MAX_BODY_BYTES:
        message = f"The body has {length} bytes, and at most {MAX_BODY_BYTES} are taken."
        return Verdict(413, "payload_too_large", message)
    try:
        event = strict_json.parse(body)
    except strict_json.NotJSON as error:
        return Verdict(400, "bad_request", f"The body is not JSON: {error}.")
    problems = checking.problems(event)
    if problems:
        first = problems[0]
        message = f"{first['pointer'] or 'The body'} {first['message']}"
        return Verdict(422, "validation_failed", message, problems, event, True)
    return Verdict(200, event=event, is_json=True)


def _asked_for(fault, body):
    """The verdict of a fault that refuses the event. The event is parsed nevertheless, to be shown and kept."""
    if fault.close:
        verdict = Verdict(0, message="closed before the event was taken, as the mode asked")
    else:
        try:
            phrase = HTTPStatus(fault.status).phrase
        except ValueError:
            phrase = "Status"
        code = phrase.lower().replace(" ", "_").replace("-", "_")
        verdict = Verdict(fault.status, code, f"{phrase}, as the mode asked")
    try:
        verdict.event, verdict.is_json = strict_json.parse(body), True
    except strict_json.NotJSON:
        pass
    return verdict


async def _read(receive):
    """The body up to the limit, and its whole length; None when it ended early. What exceeds the limit is read and dropped,
    because a client that is still sending would not see the answer.
    """
    parts, length = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None, length
        part = message.get("body", b"")
        if length <= MAX_BODY_BYTES:
            parts.append(part)
        length += len(part)
        if not message.get("more_body"):
            return b"".join(parts)[:MAX_BODY_BYTES], length


def _headers(scope):
    """The headers by lower-case name; the values of repeated headers are joined by RFC 9110 section 5.3."""
    headers = {}
    for name, value in scope["headers"]:
        name, value = name.decode("latin-1"), value.decode("latin-1")
        if name in headers:
            value = headers[name] + ("; " if name == "cookie" else ", ") + value
        headers[name] = value
    return headers


def _event_id(event):
    identifier = event.get("eventId") if isinstance(event, dict) else None
    return identifier if isinstance(identifier, str) else None


async def _answer(scope, receive, send, record, verdict, fault):
    if fault is not None and fault.delay_ms:
        await asyncio.sleep(fault.delay_ms / 1000)
    if record.status is None:
        await connection.cut(scope, receive)
        return
    if record.good:
        body = answers.accepted(record.event_id, record.received_at)
    else:
        body = answers.refused(verdict.code, verdict.message, verdict.details)
    headers = [(b"allow", b"POST")] if record.status == 405 else []
    if fault is None:
        await answers.send_json(send, record.status, body, headers)
        return
    headers += [(name.lower().encode("ascii"), str(value).encode("ascii")) for name, value in fault.headers.items()]
    if fault.body == "truncated":
        await _send_half(send, record.status, body, headers)
        await connection.cut(scope, receive)
        return
    if fault.body is not None:
        body, content_type = _strange(fault.body)
        headers.append((b"content-type", content_type))
    await answers.send_json(send, record.status, body, headers)


def _strange(kind):
    if kind == "empty":
        return b"", b"application/json"
    if kind == "garbage":
        return b'\x00\xff{"ok":tr\xc3', b"application/json"
    if kind == "foreign":
        return b"<!doctype html><title>Sign in</title><p>Sign in to use this network.</p>", b"text/html"
    return kind.encode("utf-8", "replace"), b"application/json"


async def _send_half(send, status, body, headers):
    pairs = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
