"""The ways in which servers are ended. Each takes a running server and the endpoint, and returns once the server has been asked."""

import contextlib
import os
import pathlib
import signal

# Seconds that `docker stop` gives a process before it kills it, and that a reload may take here.
GRACE = 10


def by_signal(number):
    """To the process that was started, as `kill`, PM2 and nodemon do it."""

    def end(process, endpoint, visits):
        process.send_signal(number)

    return end


def by_signal_to_all(number):
    """To every process of the service, as systemd does it unless KillMode says otherwise, and as a terminal's Ctrl-C does."""

    def end(process, endpoint, visits):
        os.killpg(process.pid, number)

    return end


def then_kill(end):
    """The same for a process beside which another one runs, such as nginx, that is not part of the row."""

    def end_both(process, endpoint, visits):
        end(process, endpoint, visits)
        process.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    return end_both


def by_docker_stop(process, endpoint, visits):
    """To a process that is the first of its container, where the kernel drops a signal without a handler; then SIGKILL."""
    (first,) = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(first), signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        endpoint.wait_until(lambda: arrived(endpoint) == visits or process.poll() is not None, GRACE)
    os.killpg(process.pid, signal.SIGKILL)


def by_reload(number):
    """A graceful reload: the old workers end, and the server stays."""

    def end(process, endpoint, visits):
        process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            endpoint.wait_until(lambda: arrived(endpoint) == visits, GRACE)
        os.killpg(process.pid, signal.SIGKILL)

    return end


def arrived(endpoint):
    """How many visits the endpoint has read to their end; each is one, however often it is sent."""
    return len({request.body for request in list(endpoint.requests) if request.complete})
