"""A site as it is run: nginx before php-fpm, with Debian's configuration of PHP."""

import contextlib
import getpass
import glob
import grp
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PATIENCE = 60

FPM = """
[global]
error_log = {folder}/fpm.log
daemonize = no
process_control_timeout = {process_control_timeout}
[www]
user = {user}
group = {group}
listen = {folder}/fpm.sock
listen.owner = {user}
listen.group = {group}
pm = static
pm.max_children = {workers}
pm.max_requests = {max_requests}
catch_workers_output = {catch_workers_output}
{variables}
"""

NGINX = """
daemon off;
user {user} {group};
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME {script};
            fastcgi_pass unix:{folder}/fpm.sock;
        }}
    }}
}}
"""


def configuration(
    folder, variables, workers=4, max_requests=0, catch_workers_output="yes", process_control_timeout="90s"
):
    """php-fpm's file, run as whoever runs this; `variables` are lines such as `env[NAME] = value`."""
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    return FPM.format(
        folder=folder, user=user, group=group, variables="\n".join(variables), workers=workers, max_requests=max_requests,
        catch_workers_output=catch_workers_output, process_control_timeout=process_control_timeout,
    )  # fmt: skip


class FpmSite:
    """Serves one front controller; ends both servers with the `with` block."""

    def __init__(self, script, variables, *flags, **pool):
        self._script, self._flags, self._pool = pathlib.Path(script), flags, pool
        self._variables = [f'env[{name}] = "{value}"' for name, value in variables.items()]

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tpc-fpm-")))
            self._start_fpm(stack)
            self._start_nginx(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def get(self, path, connection=None, **headers):
        """Status and body of a page."""
        connection = connection or self.connection()
        connection.request("GET", path, headers={"Host": "example.com", **headers})
        response = connection.getresponse()
        return response.status, response.read().decode()

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def workers(self):
        """The process ids of php-fpm's workers."""
        pid = self._fpm.pid
        return set(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())

    def reload(self):
        """Asks for a graceful reload, as `systemctl reload` does, and does not wait for it."""
        self._fpm.send_signal(signal.SIGUSR2)

    def log(self):
        """What php-fpm and the pages' error_log() wrote."""
        return (self.folder / "fpm.log").read_text()

    def server_log(self):
        """What nginx wrote, which is given what php-fpm's workers log unless php-fpm catches it."""
        return (self.folder / "nginx.log").read_text()

    def wait_for_log(self, text, times=1):
        self._wait(lambda: self.log().count(text) >= times, f"{times} times {text!r}")

    def _start_fpm(self, stack):
        file = self.folder / "fpm.conf"
        file.write_text(configuration(self.folder, self._variables, **self._pool))
        program = sorted(glob.glob("/usr/sbin/php-fpm*"))[-1]
        as_root = ["-R", "-d", f"opcache.preload_user={getpass.getuser()}"] if os.geteuid() == 0 else []
        settings = [part for flag in self._flags for part in ("-d", flag)]
        self._fpm = _start(stack, [program, "-F", "-y", file, *as_root, *settings], signal.SIGQUIT)
        self._wait((self.folder / "fpm.sock").exists, "php-fpm's socket")
        self.wait_for_log("ready to handle connections")

    def _start_nginx(self, stack):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        # nginx takes over the socket that this variable names, so that nobody else can take the port before it starts.
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            text = NGINX.format(
                folder=self.folder, port=self.port, script=self._script, user=getpass.getuser(),
                group=grp.getgrgid(os.getgid()).gr_name,
            )  # fmt: skip
            file = self.folder / "nginx.conf"
            file.write_text(text)
            command = [program, "-c", file, "-p", self.folder, "-e", self.folder / "nginx.log"]
            _start(stack, command, signal.SIGTERM, env={**os.environ, "NGINX": f"{listener.fileno()};"},
                   pass_fds=[listener.fileno()])  # fmt: skip
        # The kernel queues what comes before nginx is there to take it.

    def _wait(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            log = self.folder / "fpm.log"
            said = log.read_text() if log.exists() else ""
            if self._fpm.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"php-fpm: waited for {what}; it said: {said or self._fpm.poll()}")
            time.sleep(0.01)


def _start(stack, command, end_signal, **options):
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    )

    def stop():
        process.send_signal(end_signal)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(stop)
    return process
