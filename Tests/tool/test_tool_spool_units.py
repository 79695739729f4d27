# SPDX-License-Identifier: Apache-2.0
"""The units of systemd that `make install` brings."""

import configparser
import shlex
import shutil
import signal
import subprocess

import pytest

from support.paths import ROOT
from tool.logs import combined
from tool.spools import leave, received

NAMES = ("tpc-spool.service", "tpc-spool-once.service", "tpc-spool.timer")
FOLLOWER = "tpc-follow@.service"


@pytest.fixture(name="units", scope="module")
def units_fixture(tmp_path_factory):
    """The folder of the units, installed where their program is."""
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(["make", "-C", ROOT, "-o", "all", "install", f"PREFIX={prefix}"], check=True, capture_output=True)
    return prefix / "lib/systemd/system"


def read(units, name):
    parser = configparser.ConfigParser(strict=True, interpolation=None, delimiters=["="])
    parser.optionxform = str
    parser.read_string((units / name).read_text(encoding="utf-8"))
    return parser


def test_systemd_takes_them_without_a_warning(units):
    files = [str(units / name) for name in (*NAMES, FOLLOWER)]
    if shutil.which("systemd-analyze"):
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
    # Where there is no systemd, they are at least what its parser reads.
    for name in (*NAMES, FOLLOWER):
        sections = set(read(units, name).sections())
        assert sections >= {"Unit"} and sections <= {"Unit", "Service", "Timer", "Install"}


def test_the_service_stays_and_the_timers_one_ends(units):
    service, once, timer = (read(units, name) for name in NAMES)
    assert (service["Service"]["Restart"], "--follow" in service["Service"]["ExecStart"]) == ("on-failure", True)
    assert (once["Service"]["Type"], "--follow" in once["Service"]["ExecStart"]) == ("oneshot", False)
    assert timer["Timer"]["Unit"] == "tpc-spool-once.service"
    for unit in (service, once):
        assert unit["Service"]["StateDirectory"] == "tpc" and unit["Service"]["ExecStart"].endswith(" /var/lib/tpc")
        assert unit["Service"]["StateDirectoryMode"] == "0700"


def command(units, name, spool):
    """What a service starts, with another folder."""
    program, *words = shlex.split(read(units, name)["Service"]["ExecStart"])
    return [program, *words[:-1], str(spool)]


def test_what_the_services_start_sends_the_spool(units, sender, collector, tmp_path):
    spool = tmp_path / "spool"
    leave(sender, spool, "a")
    subprocess.run(command(units, "tpc-spool-once.service", spool), check=True, env=sender.environment, capture_output=True)
    assert received(collector) == ["a"]
    with subprocess.Popen(command(units, "tpc-spool.service", spool), env=sender.environment, stdout=subprocess.PIPE) as process:
        leave(sender, spool, "b")
        collector.wait(2)
        process.send_signal(signal.SIGTERM)
        process.communicate()
    codes = [int(code) for code in read(units, "tpc-spool.service")["Service"]["SuccessExitStatus"].split()]
    assert process.returncode in (0, *codes)


def test_what_the_follower_starts_sends_a_log_that_is_written(units, sender, collector, tmp_path):
    service = read(units, FOLLOWER)["Service"]
    assert (service["StateDirectory"], service["StateDirectoryMode"]) == ("tpc-follow-%i", "0700")
    log = tmp_path / "access.log"
    log.write_text(combined() + "\n")
    # As systemd does with its specifiers and the variables of the environment's file.
    values = {"%S/tpc-follow-%i": str(tmp_path), "${TPC_SITE}": "https://example.com", "${TPC_LOG}": str(log)}
    started = service["ExecStart"]
    for name, value in values.items():
        started = started.replace(name, value)
    with subprocess.Popen(shlex.split(started), env=sender.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        collector.wait(1)
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0
