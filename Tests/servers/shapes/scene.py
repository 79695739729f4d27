"""One server, the application behind it and the collector: asks for all cases, ends the server, and says what became of each."""

import contextlib
import json
from collections import Counter, defaultdict

from support.servers.collector_process import CollectorProcess
from support.servers.ports import held_port
from support.servers.tls import Certificates

from . import clients
from .case import SECRET, seen
from .fastcgi import FastCGI
from .origin import Origin

LOG = "visits.log"


class Scene:
    """`make` gets the scene, and returns the web server that is to be started; `answers`, `events` and `words` are by case.
    `status` is what tpc-status says, which takes a moment.
    """

    def __init__(self, make, cases, with_counters=True):
        self._make, self.cases, self._with_counters = make, cases, with_counters

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.collector = stack.enter_context(CollectorProcess())
            self.origin = stack.enter_context(Origin())
            self.fastcgi = stack.enter_context(FastCGI())
            self.certificates = stack.enter_context(Certificates(["www.example.com"]))
            self.tls, self.tls2 = self.certificates.client_context(), self.certificates.client_context()
            self.tls2.set_alpn_protocols(["h2"])
            # An application that does not run.
            self.dead = stack.enter_context(held_port())
            self.server = stack.enter_context(self._make(self))
            self._run()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def certificate_files(self):
        return {f"server.{ending}": (self.certificates.path / f"good.{ending}").read_text() for ending in ("pem", "key")}

    def log_lines(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.server.folder / LOG).read_text(errors="replace").splitlines()
        return []

    def expected(self, case):
        """What has to become of a case, to be compared with `found`."""
        events = [{**each, "href": self._with_values(each["href"], case)} for each in case.visits]
        return _outcome(case.answers, events, case.words)

    def found(self, case):
        names = list(case.visits[0]) if case.visits else []
        events = [seen(event, names) if names else event for event in self.events[case]]
        return _outcome(self.answers[case], events, self.words[case])

    def _with_values(self, href, case):
        for name, value in {**self.server.ports, "key": self.cases.index(case) + 1}.items():
            href = href.replace(f"@{name}@", str(value))
        return href

    def _run(self):
        keys = {str(number): case for number, case in enumerate(self.cases, 1)}
        self.answers = {case: self._ask(case, key) for key, case in keys.items()}
        self.origin.released.set()
        self._wait_for_log()
        self.status = self._wait_for_status() if self._with_counters else None
        # On a busy machine, that may take longer than the server's end waits.
        with contextlib.suppress(TimeoutError):
            self.collector.wait(self.logged_words()["tracked"])
        self.code = self.server.quit()
        self.received, self.totals = self.collector.all(), self.collector.totals()
        self.events, self.words, self.strangers = defaultdict(list), defaultdict(list), []
        for request in self.received:
            event = request["event"]
            case = keys.get((event.get("properties") or {}).get("case"))
            (self.events[case] if case else self.strangers).append(event)
        for line in self.log_lines():
            key, word = line.split()[:2]
            if key in keys:
                self.words[keys[key]].append(word)

    def _wait_for_log(self):
        """Waits until the access log has every request of every case."""

        def lines(case):
            return len(case.words) if case.words is not None else self.answers[case] != [400]

        def missing():
            logged = Counter(line.split()[0] for line in self.log_lines())
            return [case.name for key, case in enumerate(self.cases, 1) if logged[str(key)] < lines(case)]

        try:
            self.server.wait_until(lambda: not missing(), "the access log")
        except RuntimeError as error:
            raise RuntimeError(f"the access log lacks {missing()}") from error

    def _ask(self, case, key):
        if callable(case.ask):
            return case.ask(self, key.encode())
        data = case.ask.replace(b"@case@", key.encode())
        connection = clients.connect(
            self.server.ports[case.port], self.server.addresses[case.port], self.tls if case.port == "tls" else None
        )
        return clients.statuses(clients.exchange(connection, data))

    def _wait_for_status(self):
        """The counters of all workers, which publish them once a second, when they have all visits."""
        visits = self.logged_words()["tracked"]
        with contextlib.suppress(RuntimeError):
            self.server.wait_until(lambda: self._status()["accepted"] >= visits, "the counters")
        return self._status()

    def _status(self):
        request = b"GET /tpc-status HTTP/1.1\r\nHost: status.example.com\r\nConnection: close\r\n\r\n"
        answer = clients.exchange(clients.connect(self.server.port), request)
        return json.loads(answer.partition(b"\r\n\r\n")[2])

    def logged_words(self):
        """How often the access log says each word, of requests without a key, too."""
        return Counter(line.split()[1] for line in self.log_lines())

    def leaks(self):
        """Where a visitor's secrets are."""
        texts = {"events": json.dumps([request["event"] for request in self.received]), "error log": self.server.log()}
        return [where for where, text in texts.items() if SECRET in text]


def _outcome(answers, events, words):
    """Events and words arrive in any order."""
    return {
        "answers": list(answers), "events": sorted(events, key=lambda event: json.dumps(event, sort_keys=True)), "words": sorted(words),
    }  # fmt: skip
