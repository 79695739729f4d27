"""A server is stopped at once, with SIGTERM or HUP, in the middle of requests: prefork's handler may interrupt a call of the library."""

from .endpoint import Endpoint
from .outcome import Outcome
from .sites import site
from .visitors import Visitors

CONNECTIONS = 16


def stops_under_load(name, visits, times):
    """Stops and starts the server under load. Every process ends in its time, by itself. httpd may end a child between an
    answer and the log's hook, so what was answered then is the only thing that may be missing: a page for each connection."""
    complaints = []
    with Endpoint() as endpoint, site(name, endpoint) as server:
        with Visitors(server.port, CONNECTIONS, rate=0 if name == "prefork" else 2000) as visitors:
            for number in range(1, times + 1):
                visitors.wait_for(visits * number // (times + 1))
                code = server.stop()
                if code != 0:
                    complaints.append(f"it ended with {code}")
                server.start()
            visitors.wait_for(visits)
        code = server.quit()
        arrived = {page for page, _ in list(endpoint.taken)}
        missing = visitors.answered - arrived
        # On a busy machine httpd repeats SIGTERM after three seconds, which changes nothing; SIGKILL comes after nine.
        complaints += [line for line in server.broken_lines() if "sending a SIGTERM" not in line]
        complaints += [f"it ended with {code}"] if code != 0 else []
    if len(missing) > times * CONNECTIONS:
        complaints.append(f"{len(missing)} pages are missing, such as {min(missing)}")
    if len(arrived) < len(endpoint.taken):
        complaints.append(f"{len(endpoint.taken) - len(arrived)} arrived twice")
    figures = f"{len(visitors.answered):,} answered, {len(missing)} missing, 0 children killed"
    return Outcome(figures, complaints).and_of(times, "SIGTERM under load")
