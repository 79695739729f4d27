"""Web servers in an outage of the endpoint: their workers are replaced or killed, and somebody else delivers what they tracked."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import Callable

from support.paths import LIBRARY
from torture.servers.row import ALL, NOTHING, Row
from support.servers.ports import held_port
from torture.servers.run_row import _get, _start, _wait_until_it_serves
from torture.servers.table.php import fpm
from torture.servers.table.python_wsgi import gunicorn, uwsgi

from .hosts import PATIENCE, Hosts, wait_until
from .recorder import Recorder

VISITS = 40
# Seconds that `docker stop` gives a process here before it is killed.
GRACE = 1


def children(process):
    """The numbers of a process's children, and of theirs; but for nginx, which stays beside php-fpm."""
    listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(process)], capture_output=True, text=True).stdout
    found = [int(line.split()[0]) for line in listed.splitlines() if "nginx" not in line]
    return {*found, *(below for one in found for below in children(one))}


def reload(number):
    """A graceful reload; it is over when none of the old workers is left."""

    def end(process):
        old = children(process.pid)
        process.send_signal(number)
        assert wait_until(lambda: not old & children(process.pid)), "the old workers stay"

    return end


def docker_stop(process):
    """SIGTERM to the first process, and SIGKILL to all soon after."""
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)


@dataclass(frozen=True)
class Life:
    """A server, by its command as in the rig of servers, and how it ends."""

    name: str
    command: Callable
    end: Callable


def preloaded(scene, port):
    return [*gunicorn("sync")(scene, port), "--preload"]


def killed(process):
    """At once, as by the kernel when memory runs out."""
    os.killpg(process.pid, signal.SIGKILL)


LIVES = (
    Life("gunicorn, reload", gunicorn("sync"), reload(signal.SIGHUP)),
    Life("gunicorn --preload, docker stop", preloaded, docker_stop),
    Life("gunicorn, killed", gunicorn("sync"), killed),
    Life("uWSGI, reload", uwsgi(), reload(signal.SIGHUP)),
    Life("php-fpm, reload", fpm(False), reload(signal.SIGUSR2)),
    Life("php-fpm, docker stop", fpm(False), docker_stop),
)


@dataclass
class Result:
    """`missing` are the pages that never arrived; `masters`: the spool's files that the first process had open."""

    missing: set
    is_drained: bool
    masters: list


def run_life(life, scene, sender="self"):
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder, held_port() as port:
        os.chmod(folder, 0o755)
        hosts = Hosts(folder, recorder.url, api_key=scene.environment["TPC_API_KEY"])
        variables = {
            "THE_PROMPTING_COMPANY_BASE_URL": recorder.url,
            "TPC_SPOOL_DIRECTORY": str(hosts.spool),
            "TPC_SPOOL_SENDER": sender,
            "TPC_LIBRARY": str(LIBRARY),
            "TPC_RETRY_MAX_MS": "200",
        }
        recorder.refuse()
        row = Row(life.name, "", ALL, NOTHING, life.command, life.end)
        with tempfile.TemporaryFile("w+") as log:
            process = _start(row, scene, port, log, variables)
            try:
                _wait_until_it_serves(process, port, log)
                for number in range(1, VISITS + 1):
                    assert _get(port, f"/page/{number}") == 200
                masters = _spool_files(process.pid, hosts.spool)
                life.end(process)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(PATIENCE)
        recorder.accept()
        is_drained = hosts.drain()
        pages = {int(page.rpartition("/page/")[2]) for page in recorder.pages if "/page/" in page}
        return Result(set(range(1, VISITS + 1)) - pages, is_drained, masters)


def _spool_files(process, spool):
    """What this process itself has open there."""
    links = [os.readlink(link) for link in pathlib.Path(f"/proc/{process}/fd").iterdir() if link.exists()]
    return [link for link in links if link.startswith(str(spool))]
