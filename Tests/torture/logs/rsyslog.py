# SPDX-License-Identifier: Apache-2.0
"""rsyslogd processes: hosts that read their logs and hand them on by RELP, and a central one that feeds tpc-events."""

import pathlib
import socket
import subprocess
import time

from tool.command import TOOL

SECONDS = 60

HOST = """
global(workDirectory="{folder}/state" maxMessageSize="256k")
module(load="imfile")
module(load="omrelp")
main_queue(queue.type="Direct")
template(name="identified" type="string"
         string="<134>1 %timestamp:::date-rfc3339% {name} access - - - {name}%$!metadata!filename%:%$!metadata!fileoffset%\\t%msg%")
input(type="imfile" file="{folder}/access.log" tag="access" addMetadata="on" persistStateInterval="1" ruleset="send")
ruleset(name="send" queue.type="Direct") {{
  action(type="omrelp" target="127.0.0.1" port="{port}" template="identified"
         action.resumeRetryCount="-1" action.resumeInterval="1")
}}
"""

CENTRAL = """
global(workDirectory="{folder}/state" maxMessageSize="256k" parser.escapeControlCharactersOnReceive="off")
module(load="imrelp")
module(load="omprog")
module(load="fmhash")
main_queue(queue.type="Direct")
template(name="line" type="string" string="%msg%\\n")
input(type="imrelp" address="127.0.0.1" port="{port}" ruleset="visits" maxDataSize="256k")
ruleset(name="visits" queue.type="Direct") {{
  set $.lane = hash32mod($msg, {lanes});
{actions}
}}
"""

# A lane has one worker that takes one line at a time: with several, or with more, rsyslog 8.2302 loses lines of a disk queue when it
# is killed.
LANE = """
  if $.lane == {lane} then {{
    action(type="omprog" template="line" confirmMessages="on" confirmTimeout="{confirm_milliseconds}"
           binary="{tool} replay - --confirm --line-ids --site https://example.com --api-key-file {folder}/key --base-url {url} --retry-max-ms 500"
           action.resumeRetryCount="-1" action.resumeInterval="1"
           queue.type="Disk" queue.filename="visits{lane}" queue.checkpointInterval="1" queue.workerThreads="1" queue.dequeueBatchSize="1"
           queue.timeoutShutdown="1000" queue.timeoutActionCompletion="1000")
  }}
"""
LANES = 2


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """One rsyslogd, which can be killed and started again with what it has on disk; for a `with` block."""

    def __init__(self, folder, configuration, **values):
        self.folder = pathlib.Path(folder)
        (self.folder / "state").mkdir(parents=True)
        (self.folder / "rsyslog.conf").write_text(configuration.format(folder=self.folder, **values))
        self._command = ["rsyslogd", "-n", "-f", self.folder / "rsyslog.conf", "-i", self.folder / "pid"]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.end()

    def start(self):
        with open(self.folder / "errors", "ab") as errors:
            self.process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)

    def kill(self):
        self.process.kill()
        self.process.wait(SECONDS)
        (self.folder / "pid").unlink(missing_ok=True)

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


class Central(Daemon):
    """The rsyslogd that all hosts send to."""

    def __init__(self, folder, collector, confirm_milliseconds=600_000):
        self.port = free_port()
        actions = "".join(
            LANE.format(lane=lane, folder=folder, url=collector.url, tool=TOOL, confirm_milliseconds=confirm_milliseconds)
            for lane in range(LANES)
        )
        super().__init__(folder, CENTRAL, port=self.port, lanes=LANES, actions=actions)
        (self.folder / "key").write_text("key-of-the-test\n")

    def start(self):
        super().start()
        deadline = time.monotonic() + SECONDS
        while True:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "errors").read_text()

    def tools(self):
        """The process ids of the tools that it has started."""
        found = []
        for path in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            found += map(int, path.read_text().split())
        return found


class Host(Daemon):
    """A web server's host: an access log, and the rsyslogd that reads it."""

    def __init__(self, folder, name, central):
        super().__init__(folder, HOST, name=name, port=central.port)
        self.log = self.folder / "access.log"
        self.log.touch()

    def write(self, lines):
        with self.log.open("a") as log:
            log.writelines(f"{line}\n" for line in lines)

    def rotate(self):
        """As logrotate does, once rsyslogd has the file open."""
        self.log.rename(self.log.with_name(f"access.log.{time.monotonic_ns()}"))
        self.log.touch()
