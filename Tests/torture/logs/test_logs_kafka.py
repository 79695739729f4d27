# SPDX-License-Identifier: Apache-2.0
"""tpc-events-kafka against librdkafka's own mock cluster: what is in Kafka arrives, and its offsets are committed."""

import random
import subprocess

import pytest

from tool.command import clean_environment

from .fleet_kafka import KafkaFleet
from .kafka import PROGRAM, Cluster, Member, compile_cluster
from .visits import arrived, environment_of, line, wait_for


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    return compile_cluster(tmp_path_factory.mktemp("kafka"))


def test_a_group_of_three_loses_nothing_to_kills_outages_and_rebalances(collector, cluster):
    fleet = KafkaFleet(collector, cluster, random.Random(1))
    assert fleet.run(1, 300, [("outage", "kill_a_member", "kill_a_tool")]) == fleet.expected


def test_a_member_that_is_ended_has_committed_what_is_delivered(collector, cluster):
    with Cluster(cluster) as brokers:
        brokers.produce([*map(line, range(30)), "", f"{line('a')}\r\n\n{line('a')}\n"])
        with Member(brokers, environment_of(collector)) as member:
            wait_for(collector, 32)
            assert member.end() == 0
        assert brokers.lag() == 0
    totals = collector.totals()
    assert (totals["received"], totals["duplicates"]) == (32, 0)
    assert arrived(collector)["a"] == 2


def test_a_member_that_is_ended_before_it_has_read_everything_leaves_in_an_orderly_way(collector, cluster):
    """Messages that librdkafka has fetched, and nobody has taken, are then in the queue of the group's events."""
    with Cluster(cluster) as brokers:
        brokers.produce(map(line, range(6000)))
        with Member(brokers, environment_of(collector)) as member:
            wait_for(collector, 100)
            assert member.end() == 0


def run(*arguments, **environment):
    return subprocess.run(
        [PROGRAM, *arguments], env=clean_environment() | {"TPC_API_KEY": "key"} | environment,
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "needs a command; expected consume"),
        (("send",), "send: is not a command"),
        (("consume", "--topic", "a", "--group", "b"), "needs --brokers"),
        (("consume", "--brokers", "127.0.0.1:1", "--group", "b"), "needs --topic"),
        (("consume", "--brokers", "127.0.0.1:1", "--topic", "a"), "needs --group"),
        (("consume", "--brokers"), "--brokers: expected a value"),
        (("-X", "sasl.pasword=secret"), "-X sasl.pasword: is not a setting of librdkafka"),
        (("-Xsession.timeout.ms=secret",), "-X session.timeout.ms: has a value that librdkafka does not take"),
        (("-X", "secret"), "-X found a setting without a value"),
        (("-X", "enable.auto.commit=true"), "-X enable.auto.commit: is set by tpc-events-kafka itself"),
        (("--settings", "/does/not/exist"), "cannot open /does/not/exist"),
        (("--no-such-flag",), "is not a flag of replay"),
        ((), "replay needs --site"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_group_is_joined(arguments, reason):
    given = arguments if arguments[:1] in ((), ("send",), ("consume",)) and reason != "replay needs --site" else None
    if given is None:
        given = ("consume", "--brokers", "127.0.0.1:1", "--topic", "a", "--group", "b", *arguments)
    result = run(*given)
    assert result.returncode == 2, result.stderr
    assert reason in result.stderr
    assert "secret" not in result.stderr


def test_settings_come_from_a_file_and_from_the_environment(tmp_path):
    settings = tmp_path / "kafka.conf"
    settings.write_text("# a comment\n\nclient.rack = a\nno.such.setting=secret\n")
    given = ("consume", "--brokers", "127.0.0.1:1", "--topic", "a", "--group", "b")
    assert "--settings: no.such.setting: is not a setting of librdkafka" in run(*given, "--settings", settings).stderr
    result = run(*given, TPC_KAFKA_SASL_PASWORD="secret")
    assert "TPC_KAFKA_: sasl.pasword: is not a setting of librdkafka" in result.stderr
    assert "secret" not in result.stderr
