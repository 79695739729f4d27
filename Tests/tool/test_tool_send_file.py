# SPDX-License-Identifier: Apache-2.0
"""tpc-events send FILE: JSON events, one per line."""

import json
import os
import pathlib
import signal

import pytest

from tool.command import event
from tool.terminals import open_terminal, read_all


def balanced(rows):
    """Whether every line and every event of a summary is in exactly one row."""
    ends = ("refused here", "left out by options", "delivered", "rejected by server", "expired", "abandoned")
    return rows["lines"] == rows["blank"] + rows["events"] and rows["events"] == sum(rows[name] for name in ends)


def rejections(path):
    """The file of rejected lines: line number, pointer or code, reason, line."""
    rows = [line.split("\t", 3) for line in path.read_text().splitlines()]
    return [(int(number), code, reason, line) for number, code, reason, line in rows]


def test_every_event_is_delivered_and_the_summary_balances(sender, collector):
    result = sender.run("send", "-", input=[event(eventId=f"e-{number}") for number in range(500)])
    assert result.code == 0
    assert result.summary["delivered"] == 500
    assert balanced(result.summary)
    assert collector.totals()["distinct_ids"] == 500


def test_a_file_is_sent_as_standard_input_is(sender, collector, tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(event() + "\n" + event())
    assert sender.run("send", path).summary["delivered"] == 2
    assert collector.totals()["distinct_ids"] == 2


def test_blank_lines_are_skipped_and_counted(sender):
    result = sender.run("send", "-", input=["", event(), "  \t\r", event(), ""])
    assert (result.code, result.summary["blank"], result.summary["delivered"]) == (0, 3, 2)
    assert balanced(result.summary)


def test_it_waits_while_the_queue_is_full(sender, collector):
    collector.mode({"delay_ms": 2})
    result = sender.run("send", "-", "--queue-max-events", "3", input=[event(eventId=f"e-{n}") for n in range(100)])
    assert (result.code, result.summary["refused here"], result.summary["delivered"]) == (0, 0, 100)
    assert collector.totals()["distinct_ids"] == 100


def test_it_waits_while_the_queue_holds_as_many_bytes_as_it_may(sender):
    lines = [event(sessionId="x" * 30000) for _ in range(20)]
    result = sender.run("send", "-", "--queue-max-bytes", "65536", input=lines)
    assert (result.code, result.summary["delivered"]) == (0, 20)


def test_an_event_larger_than_the_whole_queue_is_refused_rather_than_waited_for(sender):
    lines = [event(), event(sessionId="x" * 100000), event()]
    result = sender.run("send", "-", "--queue-max-bytes", "65536", "--max-event-bytes", "200000", input=lines)
    assert (result.code, result.summary["refused here"], result.summary["delivered"]) == (1, 1, 2)
    assert "line 2: queue_max_bytes" in result.errors


def test_refused_lines_are_reported_with_number_pointer_and_reason(sender, collector):
    lines = [event(), "{", event(occurredAt="never"), '{"event":"page_visit"}']
    result = sender.run("send", "-", input=lines)
    assert (result.code, result.summary["refused here"], result.summary["delivered"]) == (1, 3, 1)
    assert "line 2: found its end at byte 1" in result.errors
    assert "line 3: /occurredAt: found" in result.errors
    assert "line 4: /page: is missing" in result.errors
    assert balanced(result.summary)


def test_only_the_first_complaints_are_shown_and_the_rest_counted(sender):
    result = sender.run("send", "-", input=["{"] * 25)
    assert result.errors.count("tpc-events: line ") == 5
    assert "and 20 more events that were not delivered" in result.errors


def test_rejected_lines_are_written_with_what_is_needed_to_mend_them(sender, collector, tmp_path):
    collector.mode({"count": 1}, {"status": 422, "count": 1})
    path = tmp_path / "rejected.tsv"
    lines = ["", event(eventId="good"), "{\t", event(eventId="bad"), event(page={"href": "no url"})]
    result = sender.run("send", "-", "--rejected", path, "--max-in-flight", "1", input=lines)
    assert result.code == 1
    found = {number: (code, reason, line) for number, code, reason, line in rejections(path)}
    assert set(found) == {3, 4, 5}
    assert found[3][0] == "" and found[3][2] == "{\t"
    assert found[4][0] == "unprocessable_entity" and "HTTP 422" in found[4][1] and json.loads(found[4][2])["eventId"] == "bad"
    assert found[5][0] == "/page/href" and found[5][2] == lines[4]


def test_equal_ids_keep_their_own_lines(sender, collector, tmp_path):
    collector.mode({"status": 422})
    path = tmp_path / "rejected.tsv"
    sender.run("send", "-", "--rejected", path, input=[event(eventId="one")] * 40)
    assert sorted(number for number, *_ in rejections(path)) == list(range(1, 41))


def test_an_id_with_escapes_finds_its_line(sender, collector, tmp_path):
    collector.mode({"status": 422, "count": 1})
    path = tmp_path / "rejected.tsv"
    line = event().replace("{", '{"eventId":"\\u0061\\"b\\\\",', 1)
    sender.run("send", "-", "--rejected", path, input=["", line])
    assert [(number, json.loads(text)["eventId"]) for number, _, _, text in rejections(path)] == [(2, json.loads(line)["eventId"])]


def test_undelivered_lines_are_written_too_and_can_be_sent_again(sender, collector, tmp_path):
    collector.mode({"status": 503})
    path = tmp_path / "rejected.tsv"
    lines = [event(eventId=f"e-{number}") for number in range(20)]
    result = sender.run("send", "-", "--rejected", path, "--timeout", "0", input=lines)
    assert (result.code, result.summary["abandoned"]) == (3, 20)
    assert balanced(result.summary)
    collector.reset()
    again = sender.run("send", "-", input=[line for *_, line in rejections(path)])
    assert (again.code, collector.totals()["distinct_ids"]) == (0, 20)


def test_expired_events_end_with_3(sender, collector):
    collector.mode({"status": 503})
    result = sender.run("send", "-", "--delivery-timeout-ms", "300", input=[event(), event()])
    assert (result.code, result.summary["expired"]) == (3, 2)
    assert balanced(result.summary)


def test_the_rejected_file_is_its_owner_s_alone_and_never_the_input(sender, tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(event() + "\n")
    result = sender.run("send", path, "--rejected", path)
    assert result.code == 2
    assert "found the file that is read" in result.errors
    assert path.read_text() == event() + "\n"
    sender.run("send", path, "--rejected", tmp_path / "rejected.tsv")
    assert (tmp_path / "rejected.tsv").stat().st_mode & 0o777 == 0o600


def test_events_without_an_id_get_different_ones(sender, collector):
    sender.run("send", "-", input=[event()] * 200)
    assert collector.totals()["distinct_ids"] == 200


def test_sampled_out_events_are_counted_and_not_waited_for(sender):
    result = sender.run("send", "-", "--sample-rate", "0", input=[event()] * 30)
    assert (result.code, result.summary["left out by options"], result.summary["delivered"]) == (0, 30, 0)
    assert balanced(result.summary)


def test_visits_of_people_are_left_out_when_only_ai_agents_are_wanted_and_agents_are_labelled(sender, collector):
    lines = [event(request={"userAgent": agent}) for agent in ("Mozilla/5.0 Firefox/140.0", "GPTBot/1.2", "notGPTBot")]
    result = sender.run("send", "-", "--only-ai-agents", "--label-ai-agents", input=lines)
    assert (result.code, result.summary["left out by options"], result.summary["delivered"]) == (0, 2, 1)
    assert balanced(result.summary)
    assert [one["event"]["properties"]["aiOperator"] for one in collector.good()] == ["OpenAI"]


def test_dry_run_prints_events_on_standard_output_and_the_summary_beside_it(tool):
    result = tool.run("send", "-", "--dry-run", input=[event(eventId="a"), event(eventId="b")])
    assert [one["eventId"] for one in result.events] == ["a", "b"]
    assert "shown, not sent" in result.errors


def test_an_interrupted_run_ends_in_order(sender, collector):
    with sender.start("send", "-") as process:
        process.stdin.write(event().encode() + b"\n")
        process.stdin.flush()
        collector.wait(1)
        process.send_signal(signal.SIGINT)
        output = process.stdout.read().decode()
        errors = process.stderr.read().decode()
    assert process.returncode == 3
    assert "interrupted" in errors
    assert [line.split() for line in output.splitlines()][:3] == [["lines", "1"], ["events", "1"], ["delivered", "1"]]


def test_an_interrupted_wait_for_room_says_at_which_line_it_stopped(sender, collector):
    collector.mode({"status": 503})
    with sender.start("send", "-", "--queue-max-events", "2", "--timeout", "0") as process:
        process.stdin.write((event() + "\n").encode() * 3)
        process.stdin.flush()
        # The first request has been answered, so the third line waits, or will.
        while collector.totals()["received"] == 0:
            pass
        process.send_signal(signal.SIGTERM)
        output = process.stdout.read().decode()
        errors = process.stderr.read().decode()
    assert process.returncode == 3
    rows = {" ".join(words[:-1]): int(words[-1]) for line in output.splitlines() if (words := line.split())[-1].isdigit()}
    assert rows["events"] == rows["abandoned"] + rows.get("refused here", 0)
    assert "interrupted" in errors


def test_a_secret_among_the_arguments_is_overwritten(sender, collector):
    del sender.environment["TPC_API_KEY"]
    with sender.start("send", "-", "--api-key=very-secret-key") as process:
        process.stdin.write(event().encode() + b"\n")
        process.stdin.flush()
        collector.wait(1)
        arguments = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.communicate()
    assert b"--api-key=***" in arguments
    assert b"secret" not in arguments
    assert collector.good()[0]["credential"] == "api_key"


@pytest.mark.parametrize("known_size", [True, False])
def test_a_terminal_shows_progress_and_other_outputs_do_not(sender, collector, tmp_path, known_size):
    collector.mode({"delay_ms": 50})
    lines = (event() + "\n").encode() * 60
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines)
    leader, follower = open_terminal()
    with sender.start("send", path if known_size else "-", "--max-connections", "1", stderr=follower) as process:
        os.close(follower)
        if not known_size:
            process.stdin.write(lines)
        process.stdin.close()
        shown = read_all(leader)
        output = process.stdout.read()
    assert b" delivered  0 rejected" in shown
    assert (b"=>" in shown) == known_size
    # It is gone at the end.
    assert shown.endswith(b"\r\x1b[K")
    assert b"\x1b" not in output
    assert "\x1b" not in sender.run("send", path).errors


def test_members_that_the_contract_does_not_name_and_numbers_arrive_as_they_are(sender, collector):
    line = '{"event":"page_visit","page":{"href":"https://a/"},"x":{"y":[1]},"properties":{"n":123456789012345678901234567890}}'
    sender.run("send", "-", input=[line])
    body = collector.good()[0]["body"]
    assert json.loads(body)["x"] == {"y": [1]}
    assert '"n":123456789012345678901234567890' in body
