# SPDX-License-Identifier: Apache-2.0
"""Completion in bash and zsh, loaded by the shells themselves."""

import fcntl
import os
import re
import select
import subprocess
import termios

import pytest

from tool.terminals import open_terminal

# What is typed before the Tab key, and the last word after it; None where nothing fits.
CASES = [
    ("tpc-events se", "send"),
    ("tpc-events help opt", "options"),
    ("tpc-events send --reje", "--rejected"),
    ("tpc-events send --environment loc", "local"),
    ("tpc-events spool pur", "purge"),
    ("tpc-events spool drain --foll", "--follow"),
    ("tpc-events completion z", "zsh"),
    ("tpc-events replay ev", "events.jsonl"),
    ("tpc-events replay --unreadable ev", "events.jsonl"),
    ("tpc-events check --max-ev", "--max-event-bytes"),
    ("tpc-events check --api", None),
    ("tpc-events replay --page-t", None),
]


class Shell:
    """An interactive shell on a terminal without escapes."""

    def __init__(self, command, folder, path):
        self.leader, follower = open_terminal(200)
        environment = {"PATH": f"{path.parent}:{os.environ['PATH']}", "TERM": "dumb", "HOME": str(folder), "INPUTRC": "/dev/null", "HISTFILE": ""}
        self.process = subprocess.Popen(
            command, stdin=follower, stdout=follower, stderr=follower, env=environment, cwd=folder, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(follower)

    def type(self, text):
        os.write(self.leader, text.encode())

    def read_until(self, word, seconds=20):
        found = b""
        while word not in found:
            assert select.select([self.leader], [], [], seconds)[0], found
            found += os.read(self.leader, 65536)
        return found

    def run(self, line):
        """Runs a command, and returns what it printed."""
        self.type(line + "; echo do''ne\n")
        return self.read_until(b"done\r")

    def complete(self, typed):
        """The last word of a line after the Tab key. The line is printed, not run."""
        self.type(typed + "\t\x01printf '<%s>' \x05\n")
        printed = self.run(":").decode()
        return printed.rpartition("<tpc-events>")[2].rpartition("<")[2].partition(">")[0]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.leader)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "events.jsonl").write_text("")
    return tmp_path


def test_bash_completes_commands_flags_values_and_files(tool, folder):
    shell = Shell(["bash", "--norc", "--noprofile", "-i"], folder, tool.path)
    try:
        shell.run('PS1="" PS2=""; bind "set enable-bracketed-paste off"; source <(tpc-events completion bash)')
        for typed, expected in CASES:
            assert shell.complete(typed) == (expected or typed.split()[-1])
    finally:
        shell.close()


@pytest.mark.parametrize("is_installed", [True, False], ids=["installed", "sourced"])
def test_zsh_completes_commands_flags_values_and_files(tool, folder, is_installed):
    functions = folder / "functions"
    functions.mkdir()
    shell = Shell(["zsh", "-f", "-i"], folder, tool.path)
    try:
        setup = "PS1=; unsetopt prompt_cr prompt_sp zle_bracketed_paste 2>/dev/null; unset zle_bracketed_paste"
        if is_installed:
            (functions / "_tpc-events").write_text(tool.run("completion", "zsh").output)
        shell.run(f"{setup}; fpath=({functions} $fpath); autoload -Uz compinit; compinit -u -d {folder}/dump")
        if not is_installed:
            shell.run("source <(tpc-events completion zsh)")
        for typed, expected in CASES:
            assert shell.complete(typed).rstrip("=") == (expected or typed.split()[-1])
    finally:
        shell.close()


def test_every_flag_of_every_command_is_in_both_scripts(tool):
    for shell in ("bash", "zsh"):
        script = tool.run("completion", shell).output
        assert subprocess.run([shell, "-n"], input=script, text=True, capture_output=True).returncode == 0
        for command in ("send", "check", "replay", "agents", "spool"):
            for name in re.findall(r"^  (--[a-z0-9-]+)", tool.run("help", command).output, re.MULTILINE):
                assert re.search(rf"{name}\b", script), (shell, command, name)
