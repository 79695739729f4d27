# SPDX-License-Identifier: Apache-2.0
"""tpc-events check: one verdict for each line."""

import base64
import resource
import subprocess

import pytest

from tool.command import event


def test_valid_events_are_valid_and_the_exit_code_says_so(tool):
    result = tool.run("check", input=[event(), event(eventId="a"), " " + event() + "\r"])
    assert (result.code, result.lines, result.errors) == (0, ["valid"] * 3, "")


@pytest.mark.parametrize(
    "line, pointer, words",
    [
        ('{"event":"page_visit"}', "/page", "is missing"),
        ('{"event":"page_visit","page":{"href":"/docs"}}', "/page/href", "found"),
        ('{"event":"page_visit","page":{"href":"https://a/"},"occurredAt":"yesterday"}', "/occurredAt", "found 'y' at byte 0"),
        ('{"event":"page_visit","page":{"href":"https://a/"},"properties":{"a/b":[]}}', "/properties/a~1b", "found an array"),
        ("{", "", "found its end"),
        ("", "", "found its end at byte 0"),
        ("   ", "", "found its end"),
        ("[]", "", "found an array"),
        ('{"event":"page_visit","page":{"href":"https://a/"}}\0', "", "found byte 0x00"),
    ],
)
def test_an_invalid_line_names_pointer_and_flaw(tool, line, pointer, words):
    result = tool.run("check", input=[line])
    assert result.code == 1
    verdict, found_pointer, message = result.lines[0].split("\t")
    assert (verdict, found_pointer) == ("invalid", pointer)
    assert words in message


def test_every_line_yields_exactly_one_line_of_output_in_order(tool):
    lines = [event(), "", "{}", event(), "\0", '{"event":"page_visit","page":{"href":"https://a/"},"properties":{"\\n\\t":{}}}', ""]
    result = tool.run("check", input=lines)
    assert [line.split("\t")[0] for line in result.output.split("\n")] == [
        "valid", "invalid", "invalid", "valid", "invalid", "invalid", "invalid", "",
    ]  # fmt: skip
    assert all(line.count("\t") in (0, 2) for line in result.output.split("\n"))


def test_a_last_line_without_newline_is_a_line_and_an_empty_file_has_none(tool):
    assert tool.run("check", input=event().encode()).lines == ["valid"]
    assert tool.run("check", input=b"").output == ""
    assert tool.run("check", input=b"").code == 0


def test_a_file_can_be_named(tool, tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(event() + "\n")
    assert tool.run("check", path).lines == ["valid"]
    assert tool.run("check", "-", input=[event()]).lines == ["valid"]


def test_base64_lets_any_bytes_be_checked(tool):
    texts = [event().encode(), event().encode() + b"\n", b"\xff", b"{\n", b""]
    result = tool.run("check", "--base64", input=[base64.b64encode(text) for text in texts])
    assert [line.split("\t")[0] for line in result.lines] == ["valid", "valid", "invalid", "invalid", "invalid"]
    assert result.code == 1


@pytest.mark.parametrize("line", ["!", "AAA", "A===", "AAAA=", "AA=A", "e30 ", "e31=", "=", "YQ==\t"])
def test_text_that_is_not_base64_is_reported_as_invalid(tool, line):
    result = tool.run("check", "--base64", input=[line])
    assert result.code == 1
    assert result.lines[0].startswith("invalid\t\t")
    assert "RFC 4648" in result.lines[0]


def test_a_line_above_max_event_bytes_is_invalid_and_the_next_one_is_read(tool):
    fits, too_long = (event(sessionId="x" * (size - len(event(sessionId="")))) for size in (2048, 2049))
    result = tool.run("check", "--max-event-bytes", 2048, input=[fits, too_long, event()])
    assert result.lines[0] == "valid"
    assert result.lines[1] == "invalid\t\tfound a longer line; expected at most 2048 bytes (max_event_bytes)"
    assert result.lines[2] == "valid"
    encoded = [base64.b64encode(text.encode()) for text in (fits, too_long, event())]
    assert [line.split("\t")[0] for line in tool.run("check", "--base64", "--max-event-bytes=2048", input=encoded).lines] == [
        "valid", "invalid", "valid",
    ]  # fmt: skip


def test_a_line_of_any_length_is_read_in_bounded_memory(tool):
    limit = 96 * 1024 * 1024
    process = tool.start("check", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    with process:
        for _ in range(256):
            process.stdin.write(b"x" * 1024 * 1024)
        process.stdin.write(b"\n" + event().encode())
        process.stdin.close()
        assert process.stdout.read().decode().splitlines()[1] == "valid"
    assert process.returncode == 1


def test_a_verdict_comes_before_the_next_line_is_waited_for(tool):
    with tool.start("check", stderr=subprocess.DEVNULL) as process:
        for line, verdict in ((event(), b"valid\n"), ("{", b"invalid\t")):
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith(verdict)
        process.stdin.close()


def test_output_that_cannot_be_written_is_an_error(tool):
    with open("/dev/full", "wb") as full, tool.start("check", stdout=full) as process:
        process.communicate(event().encode())
    assert process.returncode == 2
