"""Debian's nginx with our module."""

import os
import shutil
import signal

from ..paths import ROOT
from .web_server import PATIENCE, WebServer

MODULE = ROOT / "build" / "nginx" / "ngx_http_tpc_module.so"

CONFIGURATION = """
daemon off;
{module}
{user}
worker_processes {workers};
pid @folder@/nginx.pid;
error_log @folder@/error.log notice;
{main}
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path @folder@/temporary/body;
    proxy_temp_path @folder@/temporary/proxy;
    fastcgi_temp_path @folder@/temporary/fastcgi;
    uwsgi_temp_path @folder@/temporary/uwsgi;
    scgi_temp_path @folder@/temporary/scgi;
    {http}
}}
"""


class Nginx(WebServer):
    """Serves what `http`, the content of the block of that name, says; see WebServer for the rest.

    workers  how many.
    main     lines outside of http, such as `worker_shutdown_timeout 1s;`.
    modules  the modules of Debian to load besides, such as "ngx_http_lua_module.so".
    upgradable  whether `upgrade` may be called. Its exit codes are unknown then: nginx takes USR2 from orphans only.

        with CollectorProcess() as collector:
            with Nginx(tracking(collector) + "server { listen 127.0.0.1:@port@; }") as server:
    """

    name = "nginx"
    reload_signal, quit_signal = signal.SIGHUP, signal.SIGQUIT

    def __init__(self, http, *, workers=1, main="", modules=(), upgradable=False, module=MODULE, **options):
        self._workers, self._main, self._modules, self._upgradable = workers, main, modules, upgradable
        super().__init__(http, module=module, files={"temporary/.keep": "", **options.pop("files", {})}, **options)

    def configure(self, configuration):
        """Writes another content of the block http, for the next start or reload."""
        user = self._workers_user()
        loaded = [f"/usr/lib/nginx/modules/{name}" for name in self._modules] + ["@module@"] * bool(self._module)
        super().configure(
            CONFIGURATION.format(
                user="user {} {};".format(*user) if user else "", http=configuration, main=self._main, workers=self._workers,
                module="\n".join(f"load_module {file};" for file in loaded),
            )
        )  # fmt: skip

    def start(self):
        super().start()
        if self._upgradable:
            # The shell that started it ends.
            self.process.stdin.close()
            self.process.wait(PATIENCE)

    def _end(self, number):
        code = super()._end(number)
        return None if self._upgradable else code

    def upgrade(self):
        """Starts another binary beside the running one (USR2), ends the old one, and waits for both."""
        old = self.master
        self.signal(signal.SIGUSR2)
        self.wait_until(lambda: self.master != old and self.workers(), "the new binary")
        os.kill(old, signal.SIGQUIT)
        self.wait_until(lambda: not (self.folder / "nginx.pid.oldbin").exists(), "the old binary's end")

    def _command(self, *arguments):
        # A relative name would make the binary upgrade fail.
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if program is None:
            raise FileNotFoundError("nginx is not installed: apt-get install nginx-light")
        command = [program, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.error_log, *arguments]
        return ["sh", "-c", '"$0" "$@" </dev/null & read end', *command] if self._upgradable and not arguments else command

    def command(self, *arguments):
        """What `nginx` of another shell, which has none of `environment`, answers with and says."""
        environment, self._environment = self._environment, {}
        try:
            return self._run(self._command(*arguments))
        finally:
            self._environment = environment

    def _check(self):
        return self._run(self._command("-t"))

    def _starts(self):
        return self.log().count(": start worker processes")


def tracking(collector, **options):
    """The lines of http that send every visit to the collector; `options` are the library's."""
    settings = {"base_url": collector.url, **options}
    return "tpc on;\ntpc_api_key_file @folder@/api_key;\n" + "".join(
        f'tpc_option {name} "{value}";\n' for name, value in settings.items()
    )
