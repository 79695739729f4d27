"""Node. PM2 sends SIGINT, nodemon SIGUSR2, everybody else SIGTERM; the managers themselves were not run."""

import signal

from ..endings import by_docker_stop, by_signal, by_signal_to_all
from ..row import ALL, NOTHING, SOME, Row

TERM, INT, USR2 = by_signal(signal.SIGTERM), by_signal(signal.SIGINT), by_signal(signal.SIGUSR2)
SIGNALS = "call `deliverOnSignals()`"


def site(*words, program="node_site.cjs"):
    return lambda scene, port: [scene.node, scene.folder / "node" / program, *words]


def as_first(command):
    """In a namespace of process ids of its own, as in a container."""
    return lambda scene, port: ["unshare", "--pid", "--fork", "--kill-child", *command(scene, port)]


ROWS = [
    Row("Node", "SIGTERM", SOME, SIGNALS, site(), TERM),
    Row("Node", "SIGINT (PM2)", SOME, SIGNALS, site(), INT),
    Row("Node", "SIGUSR2 (nodemon)", SOME, SIGNALS, site(), USR2),
    Row("Node, Express", "SIGTERM", SOME, SIGNALS, site(program="express_site.cjs"), TERM),
    Row("Node with `deliverOnSignals()`", "SIGTERM", ALL, NOTHING, site("signals"), TERM, is_quick=True),
    Row("Node with `deliverOnSignals()`", "SIGINT (PM2)", ALL, NOTHING, site("signals"), INT),
    Row("Node with `deliverOnSignals()`", "SIGUSR2 (nodemon)", ALL, NOTHING, site("signals"), USR2),
    Row("Node with `server.close` at SIGTERM", "SIGTERM", ALL, NOTHING, site("handler"), TERM),
    Row("Node with `server.close` at SIGTERM", "SIGINT (PM2)", SOME, "handle that signal as well", site("handler"), INT),
    Row("Node with both", "SIGTERM", ALL, NOTHING, site("handler", "signals"), TERM),
    Row("Node in a container", "docker stop", ALL, NOTHING, as_first(site()), by_docker_stop),
    Row("Node's cluster", "SIGTERM", ALL, NOTHING, site("cluster"), TERM),
    Row("Node's cluster", "SIGTERM to all", SOME, SIGNALS, site("cluster"), by_signal_to_all(signal.SIGTERM)),
    Row("Node's cluster with `deliverOnSignals()`", "SIGTERM to all", ALL, NOTHING, site("cluster", "signals"), by_signal_to_all(signal.SIGTERM)),
]
