"""Processes that are frozen right after they tracked, for longer than delivery_timeout_ms, as services for functions do it."""

import contextlib
import itertools
import os
import re
import signal
import subprocess
import time

import pytest
from support.paths import ROOT
from support.servers.fault_server import FaultServer, Reply

from .endings import arrived
from .scene import FOLDER

LANGUAGES = ("Python", "Node")
PAGE = (ROOT / "docs" / "serverless.md").read_text(encoding="utf-8")
# What a service does with the page's handlers: it calls them once, and freezes.
CALLS = {
    "Python": """
import os, signal
assert handler({"headers": {"user-agent": "GPTBot/1.2"}}, None) == {"statusCode": 200}
os.kill(os.getpid(), signal.SIGSTOP)
""",
    "Node": """
exports.handler({ headers: { 'user-agent': 'GPTBot/1.2' } }).then(() => process.kill(process.pid, 'SIGSTOP'));
""",
}
# Enough for a busy machine that is not frozen.
DELIVERY_MS = 2000
# Nothing is waited for: this is how long the processes are frozen.
FROZEN_SECONDS = 1.2 * DELIVERY_MS / 1000


class Function:
    """A program that freezes itself, with an endpoint of its own; it stands still when the block begins."""

    def __init__(self, scene, *command):
        self._command, self._environment = [str(part) for part in command], scene.environment

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            # The first answer is the last on its connection: a warm function finds it closed.
            self.server = stack.enter_context(FaultServer(lambda request: Reply(delay=0.01, close=request.number == 1)))
            endpoint = {"THE_PROMPTING_COMPANY_BASE_URL": self.server.url, "TPC_DELIVERY_TIMEOUT_MS": str(DELIVERY_MS)}
            self._process = subprocess.Popen(
                self._command, env={**self._environment, **endpoint}, stdout=subprocess.PIPE, text=True
            )
            stack.callback(self._end)
            _, status = os.waitpid(self._process.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _end(self):
        self._process.kill()
        self._process.communicate()

    def thaw(self):
        """What it prints until its end."""
        self._process.send_signal(signal.SIGCONT)
        return self._process.communicate(timeout=60)[0]


def frozen_program(scene, language, way):
    """functions/frozen.* in one language."""
    if language == "Python":
        return Function(scene, scene.python, FOLDER / "functions/frozen.py", way)
    return Function(scene, scene.node, scene.folder / "node" / "frozen.cjs", way)


@pytest.fixture(scope="module")
def frozen(scene):
    """Functions by language and way, which have all been frozen for longer than an event may wait."""
    with contextlib.ExitStack() as stack:
        functions = {
            (language, way): stack.enter_context(frozen_program(scene, language, way))
            for language, way in itertools.product(LANGUAGES, ("cold", "warm"))
        }
        time.sleep(FROZEN_SECONDS)
        yield functions


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_tracked_right_before_a_freeze_is_delivered_after_the_thaw(frozen, language):
    function = frozen[language, "cold"]
    assert function.thaw() == "delivered 20, expired 0\n"
    assert arrived(function.server) == 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_connection_that_was_closed_before_or_during_the_freeze_loses_nothing(frozen, language):
    function = frozen[language, "warm"]
    assert function.thaw() == "delivered 21, expired 0\n"
    assert arrived(function.server) == 21


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_flush_before_the_return_delivers_before_the_freeze(scene, language):
    with frozen_program(scene, language, "flushes") as function:
        assert arrived(function.server) == 20
        assert function.thaw() == "left: 0\ndelivered 20, expired 0\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_handler_has_delivered_when_it_returns(scene, language):
    code = re.search(rf"^```{ {'Python': 'python', 'Node': 'js'}[language] }\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]
    file = scene.folder / "node" / ("handler.cjs" if language == "Node" else "handler.py")
    file.write_text(code + CALLS[language], encoding="utf-8")
    with Function(scene, scene.node if language == "Node" else scene.python, file) as function:
        assert arrived(function.server) == 1
