# SPDX-License-Identifier: Apache-2.0
"""The set-ups of docs/fleets.md are ones that rsyslogd and tpc-events-kafka take."""

import os
import pathlib
import signal
import subprocess

import pytest

import pages
from support import paths

SECONDS = 60


@pytest.mark.parametrize("block", pages.blocks("rsyslog"), ids=str)
def test_rsyslogd_takes_the_configuration(block, tmp_path):
    # Only a tool that exists is taken; the folder is that of Debian's own configuration.
    text = block.text.replace("/usr/local/bin", str(paths.BUILD / "bin"))
    (tmp_path / "rsyslog.conf").write_text(f'global(workDirectory="{tmp_path}")\n{text}', encoding="utf-8")
    done = subprocess.run(
        ["rsyslogd", "-N1", "-f", tmp_path / "rsyslog.conf"], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


@pytest.mark.parametrize("block", pages.blocks("consume"), ids=str)
def test_the_consumer_takes_the_command_and_runs_until_it_is_ended(block, sending, tmp_path):
    text = block.text.replace("kafka1.example.com:9092,kafka2.example.com:9092", "127.0.0.1:1")
    script = text.replace("tpc-events-kafka consume", f"exec {paths.BUILD / 'bin/tpc-events-kafka'} consume")
    with subprocess.Popen(["bash", "-euc", script], env=sending, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while process.poll() is None and not children.read_text():
            os.sched_yield()
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=SECONDS)[1].decode()
    assert process.returncode == 0, errors
