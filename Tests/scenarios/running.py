# SPDX-License-Identifier: Apache-2.0
"""Carries out one scenario with one driver and one collector, and says what is not as expected."""

import pathlib

from .matching import Context, differences

# Of every client, unless a scenario says otherwise: short delays, and one connection, so that requests arrive in order.
OPTIONS = {
    "api_key": "conformance-api-key",
    "base_url": "{collector}",
    "retry_initial_ms": 1,
    "retry_max_ms": 20,
    "max_connections": 1,
}
# What the collector takes; every other credential is answered with 401.
CREDENTIALS = {
    "api_key": "conformance-api-key",
    "bearer_token": "conformance-bearer-token",
    "session_token": "conformance-session-token",
}
FILES = pathlib.Path(__file__).parent / "files"
FLUSH_MS = 20_000
BEGINNINGS = ("accepted", "adopted")
ENDS = ("delivered", "rejected", "expired", "abandoned", "pending", "spooled")


def filled(value, collector, spool):
    """A text with the places in it that only a run knows."""
    if not isinstance(value, str):
        return value
    return value.replace("{collector}", collector.url).replace("{files}", str(FILES)).replace("{spool}", str(spool))


class Run:
    """One scenario under way, with an empty folder for its spool. `problems` says what is not as expected, one sentence each."""

    def __init__(self, scenario, driver, collector, spool):
        self._scenario, self._driver, self._collector, self._spool = scenario, driver, collector, spool
        self._is_open = False
        self.problems = []

    def run(self):
        scenario = self._scenario
        self._driver.begin()
        self._collector.reset()
        if scenario.mode:
            self._collector.mode(*scenario.mode)
        first = scenario.calls[0]
        if "open" not in first:
            self._open({"open": scenario.options or {}}, "opening")
        for number, call in enumerate(scenario.calls):
            for _ in range(call.get("times", 1)):
                self._call(call, f"call {number} ({next(iter(call))})")
        if self._is_open:
            self._finish(any("flush" in call for call in scenario.calls))
        self._check_requests()
        self._check_secrets()

    # MARK: calls

    def _call(self, call, place):
        for kind, carry_out in self._kinds().items():
            if kind in call:
                return carry_out(call, place)
        raise AssertionError(f"{place}: the runner does not know this call")

    def _kinds(self):
        return {
            "open": self._open,
            "track": self._track,
            "track_json": self._track_json,
            "track_request": self._track_request,
            "ai_agent": self._ai_agent,
            "ai_answer": self._ai_answer,
            "flush": self._flush,
            "close": self._close,
            "release": self._release,
            "log": self._log,
            "reports": self._reports,
            "stats": lambda call, place: self._stats(call["stats"], place),
            "mode": lambda call, place: self._collector.mode(*(call["mode"] or ())),
            "wait": lambda call, place: self._collector.wait(call["wait"], 30),
        }

    def _open(self, call, place):
        options = {**OPTIONS, **call["open"]}
        options = {name: filled(value, self._collector, self._spool) for name, value in options.items() if value is not None}
        more = {"environment": False} if call.get("environment") is False else {}
        self._is_open = self._ask(call, place, {}, call="open", options=options, **more)

    def _track(self, call, place):
        self._ask(call, place, {}, call="track", event=call["track"])

    def _track_json(self, call, place):
        self._ask(call, place, {}, call="track_json", text=call["track_json"])

    def _track_request(self, call, place):
        expected = {"left_out": call.get("left_out")}
        request = {**self._scenario.request, **call["track_request"]}
        self._ask(call, place, expected, call="track_request", request=request)

    def _ai_agent(self, call, place):
        self._ask(call, place, {"agent": call["agent"]}, call="ai_agent", user_agent=call["ai_agent"])

    def _ai_answer(self, call, place):
        given = {"referrer": "", "href": "", **call["ai_answer"]}
        self._ask(call, place, {"answer": call["answer"]}, call="ai_answer", **given)

    def _flush(self, call, place):
        self._ask(call, place, {"pending": call.get("pending", 0)}, call="flush", timeout_ms=call["flush"])

    def _close(self, call, place):
        expected = {"undelivered": call.get("undelivered", 0)}
        if self._ask(call, place, expected, call="close", timeout_ms=call["close"]):
            self._is_open = False

    def _release(self, call, place):
        self._ask(call, place, {}, call="release")
        self._is_open = False

    def _log(self, call, place):
        answer = self._driver.ask(call="log")
        self.problems += differences(call["log"], answer.get("log"), place=place)
        self._check_for_secrets(str(answer), place)

    def _reports(self, call, place):
        self._ask(call, place, {"reports": call["reports"]}, call="reports")

    def _stats(self, expected, place):
        answer = self._driver.ask(call="stats")
        stats = answer.get("stats", {})
        # A counter that a driver does not name is a problem, too.
        if stats and sum(stats[name] for name in BEGINNINGS) != sum(stats[name] for name in ENDS):
            self.problems.append(f"{place}: {' + '.join(BEGINNINGS)} is not {' + '.join(ENDS)}: {answer}")
        self.problems += differences(expected, stats, place=place)

    def _ask(self, expectation, place, expected, **request):
        """Whether the call went well, whatever was expected of it."""
        answer = self._driver.ask(**request)
        error = expectation.get("error")
        if error is None and "error" not in answer:
            self.problems += differences(expected, answer, place=place)
        elif error is None or "error" not in answer:
            self.problems.append(f"{place}: found {answer}; expected {error or 'no error'}")
        else:
            message = {"$contains": error.get("message", "")}
            self.problems += differences({**error, "message": message}, answer["error"], place=place)
            self._check_for_secrets(str(answer), place)
        return "error" not in answer

    # MARK: the end

    def _finish(self, is_flushed):
        """Everything that was tracked is answered for, unless the scenario looked after that."""
        if not is_flushed:
            self._flush({"flush": FLUSH_MS}, "the last flush")
        if self._scenario.reports is not None:
            self._reports({"reports": self._scenario.reports}, "reports")
        self._stats(self._scenario.stats or {}, "stats")
        self._driver.ask(call="close", timeout_ms=0)

    def _check_requests(self):
        requests = self._collector.all()
        context = Context(self._driver.language.sdk, requests)
        good = [request["event"] for request in requests if request["verdict"] == "good"]
        for name, expected, found in (
            ("events", self._scenario.events, good),
            ("requests", self._scenario.requests, requests),
        ):
            if expected is not None:
                self.problems += differences(expected, found, context, name)

    def _check_secrets(self):
        self._check_for_secrets(self._driver.errors(), "the driver's standard error")

    def _check_for_secrets(self, text, place):
        for secret in CREDENTIALS.values():
            if secret in text:
                self.problems.append(f"{place}: shows a credential")
