"""Debian's Apache with our module, and each of its three ways to share the work out (MPM)."""

import os
import signal

from ..paths import ROOT
from .web_server import WebServer

MODULE = ROOT / "build" / "apache" / "mod_tpc.so"
PROGRAM = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"
MPMS = ("prefork", "worker", "event")
# How many children: two, each with as many threads as a test's connections need.
CHILDREN = {
    "prefork": "StartServers 2\nMinSpareServers 1\nMaxSpareServers 4\nMaxRequestWorkers 8",
    "worker": "StartServers 2\nThreadsPerChild 8\nMinSpareThreads 1\nMaxSpareThreads 16\nMaxRequestWorkers 16",
    "event": "StartServers 2\nThreadsPerChild 8\nMinSpareThreads 1\nMaxSpareThreads 16\nMaxRequestWorkers 16",
}

CONFIGURATION = """
ServerRoot {folder}
ServerName example.com
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
ErrorLog {error_log}
{user}
LoadModule mpm_{mpm}_module {modules}/mod_mpm_{mpm}.so
LoadModule authz_core_module {modules}/mod_authz_core.so
{more}
"""


def base_configuration(folder, mpm, error_log, more="", user=("nobody", "nogroup")):
    """What every configuration begins with. Apache does not serve as root: `user` is its children's then."""
    names = "User {}\nGroup {}".format(*user) if user and os.geteuid() == 0 else ""
    return CONFIGURATION.format(folder=folder, mpm=mpm, error_log=error_log, more=more, user=names, modules=MODULES)


class Apache(WebServer):
    """Serves what `configuration` says, which needs no `Listen` of its own; see WebServer for the rest.

    mpm        prefork, worker or event.
    children   their number and limits, as directives.
    modules    the names of Apache's modules to load besides authz_core, such as ("alias", "rewrite").

        with CollectorProcess() as collector:
            with Apache(tracking(collector) + "DocumentRoot @folder@/site", mpm="prefork") as server:
    """

    name = "apache"
    # USR1 is `apachectl graceful`, WINCH `graceful-stop`.
    reload_signal, quit_signal = signal.SIGUSR1, signal.SIGWINCH

    def __init__(
        self, configuration, *, mpm="event", children=None, modules=("mime", "dir", "alias"), module=MODULE, **options
    ):
        self._mpm, self._modules = mpm, modules
        self._children = CHILDREN[mpm] if children is None else children
        super().__init__(configuration, module=module, **options)

    def configure(self, configuration):
        """Writes another configuration, for the next start or reload."""
        listens = [f"Listen {_bracketed(address)}:{self.ports[name]}" for name, address in self.addresses.items()]
        loaded = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in self._modules]
        loaded += ["TypesConfig /etc/mime.types"] * ("mime" in self._modules)
        loaded += ["LoadModule tpc_module @module@"] * bool(self._module)
        more = "\n".join(["LogLevel notice", self._children, *listens])
        base = base_configuration("@folder@", self._mpm, "@folder@/error.log", more, self._workers_user())
        super().configure("\n".join([base, *loaded, configuration, ""]))

    def restart(self):
        """Restarts it without grace (HUP): children end at once. Waits until new ones serve."""
        old, begun = set(self.workers()), self._starts()
        self.signal(signal.SIGHUP)
        self._wait_for_others(old, begun)

    def _command(self, *arguments):
        return [PROGRAM, "-f", self.folder / "apache.conf", *(arguments or ("-D", "FOREGROUND"))]

    def _check(self):
        return self._run(self._command("-t"))

    def _starts(self):
        return self.log().count("resuming normal operations")


def _bracketed(address):
    return f"[{address}]" if ":" in address else address


def tracking(collector, **options):
    """The lines that send every visit to the collector; `options` are the library's."""
    settings = {"base_url": collector.url, **options}
    return "TpcEnable On\nTpcApiKeyFile @folder@/api_key\n" + "".join(
        f'TpcOption {name} "{value}"\n' for name, value in settings.items()
    )
