"""What nginx and Apache have in common: a folder, ports, a configuration, a first process with workers, and their end."""

import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from ..paths import BUILD
from .ports import held_port

# Seconds. Only a test that fails waits this long.
PATIENCE = 60
API_KEY = "key-of-the-tests"
# What must not be in an error log, whatever happens to the endpoint.
BROKEN = re.compile(r"exited on signal|exit signal|open socket|core dumped|AddressSanitizer|runtime error|still did not exit")


class WebServer:
    """Runs a web server with our module on free loopback ports, in a folder of its own; both end with the `with` block.

    configuration  is its text, in which `@name@` stands for a value: `@folder@`, `@port@`, and what `values` adds.
    ports          names the ports; `@name@` is the number, and so is `server.ports[name]`. `port` is the first one. A dict
                   has their addresses, such as {"port": "127.0.0.1", "six": "::1"}.
    files          are written into the folder before the start: texts or bytes by name, such as "site/index.html".
    folders        are made for whatever the workers write, such as a cache.
    values         are functions or texts; a function gets the server.
    user           runs the whole server as this user, if the tests run as root. The workers are nobody's otherwise.
    environment    is added to that of the tests, from which TPC_... is removed.
    module         is the module's file; None loads none, so the configuration must not use it.
    library        is the folder with libtpc.so.0.

    The API key is in `@folder@/api_key`, which only the first process's user can read.
    """

    # A subclass says: the name of its configuration's file, its signals, and below how it is started.
    name = None
    reload_signal = quit_signal = None

    def __init__(
        self, configuration, *, module, ports=("port",), files=None, folders=(), values=None, user=None, environment=None,
        library=None,
    ):  # fmt: skip
        self.addresses = dict(ports if isinstance(ports, dict) else dict.fromkeys(ports, "127.0.0.1"))
        self._configuration, self._files, self._folders, self._values = configuration, files or {}, folders, values or {}
        self._user, self._environment, self._module = user, environment or {}, module
        self._library = pathlib.Path(library or BUILD / "lib")
        self._prepared = self.process = None

    # ---- Its life --------------------------------------------------------------------------------------------------

    def __enter__(self):
        self.prepare()
        try:
            self.start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind, error, traceback):
        try:
            if self.running():
                self.stop()
        finally:
            self._close()

    def prepare(self):
        """Makes the folder and writes the configuration, without a start; the end of the `with` block removes it."""
        with contextlib.ExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix=f"tpc-{self.name}-", ignore_cleanup_errors=True)
            self.folder = pathlib.Path(stack.enter_context(folder))
            self.ports = {name: stack.enter_context(held_port(address)) for name, address in self.addresses.items()}
            # Workers are another user's.
            self.folder.chmod(0o755)
            self.error_log = self.folder / "error.log"
            self._copy_module()
            for name, content in self._files.items():
                self.write(name, content)
            for name in self._folders:
                (self.folder / name).mkdir()
                (self.folder / name).chmod(0o777)
            self.write("api_key", API_KEY + "\n")
            (self.folder / "api_key").chmod(0o600)
            self.configure(self._configuration)
            if self._identity():
                self._give_folder()
            self._prepared = stack.pop_all()

    def start(self):
        """Starts it, and waits until it serves."""
        begun = self._starts()
        with (self.folder / "stderr").open("ab") as errors:
            self.process = subprocess.Popen(
                self._command(), cwd=self.folder, env=self._variables(), start_new_session=True, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=errors, **self._identity(),
            )  # fmt: skip
        self.wait_until(lambda: self._starts() > begun and self.workers() and self._listens(), "it to serve")

    def check(self):
        """The exit code and the output of the server's own test of its configuration. Needs no `with` block."""
        if self._prepared:
            return self._check()
        self.prepare()
        try:
            return self._check()
        finally:
            self._close()

    def configure(self, configuration):
        """Writes another configuration, for the next start or reload."""
        self.write(f"{self.name}.conf", self._text(configuration))

    def reload(self):
        """Reloads the configuration gracefully, and waits until new workers serve and the old ones are gone."""
        old, begun = set(self.workers()), self._starts()
        self.signal(self.reload_signal)
        self._wait_for_others(old, begun)

    def quit(self):
        """Ends it gracefully, and returns its exit code."""
        return self._end(self.quit_signal)

    def stop(self):
        """Ends it as a service manager does, with SIGTERM, and returns its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self):
        """Kills the first process and every other one."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def signal(self, number):
        """Sends a signal to the first process."""
        os.kill(self.master, number)

    def running(self):
        """Whether any of its processes runs."""
        if self.process is None:
            return False
        self.process.poll()
        return self._group_runs()

    # ---- What can be seen of it ------------------------------------------------------------------------------------

    @property
    def port(self):
        return next(iter(self.ports.values()))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def master(self):
        """The first process's number; after a binary upgrade, the new one's."""
        with contextlib.suppress(OSError, ValueError):
            return int((self.folder / f"{self.name}.pid").read_text())
        return self.process.pid

    def workers(self):
        """The numbers of the first process's children, without those that have ended."""
        master = self.master
        with contextlib.suppress(OSError):
            children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()
            return [int(child) for child in children if _alive(child)]
        return []

    def log(self):
        """The error log's text."""
        with contextlib.suppress(FileNotFoundError):
            return self.error_log.read_text(errors="replace")
        return ""

    def broken_lines(self):
        """The error log's lines about crashes, kills and leaks."""
        return [line for line in self.log().splitlines() if BROKEN.search(line)]

    def wait_for_log(self, text, times=1):
        self.wait_until(lambda: self.log().count(text) >= times, f"{times} times {text!r} in the error log")

    def wait_until(self, condition, what):
        """Waits until it holds. Raises RuntimeError, with what the server said, when it ends or takes too long."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if not self.running() or time.monotonic() > deadline:
                if condition():
                    return
                raise RuntimeError(f"{self.name}: waited for {what}; it said: {self._output()}")
            # The interval only bounds how late this is noticed.
            time.sleep(0.01)

    def write(self, name, content):
        """Writes a file of the folder, which everybody can read; one that begins with #! is a program."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else self._text(content).encode()
        file.write_bytes(data)
        if data.startswith(b"#!"):
            file.chmod(0o755)

    # ---- For the subclasses ----------------------------------------------------------------------------------------

    def _command(self, *arguments):
        """The command that starts it in the foreground."""
        raise NotImplementedError

    def _check(self):
        raise NotImplementedError

    def _starts(self):
        """How often it has begun to serve a configuration, by its log."""
        raise NotImplementedError

    def _wait_for_others(self, old, begun):
        """Waits until these workers are gone, and others serve."""
        self.wait_until(
            lambda: self._starts() > begun and self.workers() and not old & set(self.workers()), "new workers"
        )

    def _run(self, command):
        result = subprocess.run(
            command, cwd=self.folder, env=self._variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", timeout=PATIENCE, **self._identity(),
        )  # fmt: skip
        return result.returncode, result.stdout

    def _workers_user(self):
        """User and group of the workers, when the first process is root's."""
        return ("nobody", "nogroup") if os.geteuid() == 0 and not self._user else None

    def _text(self, text):
        """Puts in the values."""
        values = {"folder": self.folder, "module": self.module_file, **self.ports, **self._values}

        def value(match):
            found = values[match[1]]
            return str(found(self) if callable(found) else found)

        return re.sub(r"@(\w+)@", value, text)

    @property
    def module_file(self):
        return self.folder / "modules" / pathlib.Path(self._module).name if self._module else None

    # ---- Its own ---------------------------------------------------------------------------------------------------

    def _copy_module(self):
        """Copies the module and the library, since the tree may be in a folder that other users cannot enter."""
        if self._module:
            if not pathlib.Path(self._module).exists():
                raise FileNotFoundError(f"{self._module} is missing: make {self.name}")
            (self.folder / "modules").mkdir()
            shutil.copy(self._module, self.module_file)
        (self.folder / "lib").mkdir()
        shutil.copy(self._library / "libtpc.so.0", self.folder / "lib")

    def _variables(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING_"))}
        paths = [str(self.folder / "lib"), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
        return {**kept, "LD_LIBRARY_PATH": os.pathsep.join(paths), **self._environment}

    def _identity(self):
        if not self._user or os.geteuid() != 0:
            return {}
        return {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}

    def _give_folder(self):
        user = pwd.getpwnam(self._user)
        for file in [self.folder, *self.folder.rglob("*")]:
            os.chown(file, user.pw_uid, user.pw_gid)

    def _listens(self):
        """Whether every port takes connections."""
        for name, address in self.addresses.items():
            try:
                socket.create_connection((address, self.ports[name]), PATIENCE).close()
            except ConnectionRefusedError:
                return False
        return True

    def _end(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.signal(number)
        deadline = time.monotonic() + PATIENCE
        while self.running():
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.name} did not end; it said: {self._output()}")
            time.sleep(0.01)
        return self.process.wait()

    def _group_runs(self):
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        # A first process that has been replaced is waited for by nobody but us; others that ended may be zombies of nobody.
        return self.process.returncode is None or any(_alive(number) for number in _group(self.process.pid))

    def _output(self):
        errors = self.folder / "stderr"
        return (errors.read_text(errors="replace") if errors.exists() else "") + self.log()

    def _close(self):
        if self.process is not None:
            if self.running():
                self.kill()
            self.process.stdin.close()
        if self._prepared:
            self._prepared.close()
            self._prepared = None


def _alive(number):
    try:
        state = pathlib.Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def _group(leader):
    """The numbers of a process group's members."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[2]) == leader:
                yield int(folder.name)
