"""PHP's own web server, `php -S`, with one script for all pages."""

import os
import pathlib
import re
import subprocess
import threading

PATIENCE = 60


class CliServer:
    """Ends the server with the `with` block. `log` is what it printed so far."""

    def __init__(self, script, variables, *flags):
        settings = [part for flag in flags for part in ("-d", flag)]
        self._command = ["php", *settings, "-S", "127.0.0.1:0", str(script)]
        self._variables = variables
        self._lines = []

    def __enter__(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING_"))}
        variables = {**kept, **{name: str(value) for name, value in self._variables.items()}}
        self._process = subprocess.Popen(
            self._command, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace",
        )  # fmt: skip
        while (started := re.search(r"\(http://127\.0\.0\.1:(\d+)\) started", line := self._process.stdout.readline())) is None:
            assert line, f"php -S ended with {self._process.wait(PATIENCE)}: {self.log()}"
            self._lines.append(line)
        self.port = int(started[1])
        self._reader = threading.Thread(target=lambda: self._lines.extend(self._process.stdout), daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reader.join()
        self._process.stdout.close()

    def log(self):
        return "".join(self._lines)

    def threads(self):
        """How many threads the server has."""
        return len(list(pathlib.Path(f"/proc/{self._process.pid}/task").iterdir()))
