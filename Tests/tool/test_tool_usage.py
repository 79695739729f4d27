# SPDX-License-Identifier: Apache-2.0
"""Arguments, help, version and exit codes."""

import re

import pytest

from support.paths import HEADER, ROOT

OPTIONS = re.findall(r'OptionRow\(\s*"([a-z_]+)"', (ROOT / "Sources/TPCCore/Options/OptionTable.swift").read_text())


def test_the_table_of_options_was_found():
    assert {"api_key", "base_url", "queue_max_events", "redact_query", "dry_run", "sdk_runtime"} <= set(OPTIONS)


def flags(text):
    """The flags that a help text lists."""
    return set(re.findall(r"^  --([a-z0-9-]+)", text, re.MULTILINE))


def test_the_help_of_the_options_lists_every_option_of_the_table(tool):
    result = tool.run("help", "options")
    assert (result.code, result.errors) == (0, "")
    assert flags(result.output) == {option.replace("_", "-") for option in OPTIONS}
    assert "TEXT" not in "".join(re.findall(r"^  --(?:api-key|bearer-token|session-token|proxy) .*", result.output, re.MULTILINE))


@pytest.mark.parametrize(
    "command, options",
    [
        ("send", set()), ("replay", set()), ("spool", set()), ("check", {"max-event-bytes"}), ("completion", set()),
        ("agents", {"ai-agents-file", "ai-ranges-dir", "ai-ranges-max-age-days"}),
    ],
)  # fmt: skip
def test_the_help_of_a_command_lists_only_the_options_that_matter(tool, command, options):
    result = tool.run(command, "--help")
    assert (result.code, result.errors) == (0, "")
    # Flags of the command may have the name of an option.
    own = flags(result.output.partition("\nOptions:")[0])
    listed = flags(result.output)
    assert listed & {option.replace("_", "-") for option in OPTIONS} - own == options
    assert ('"tpc-events help options" lists them' in result.output) == (command in ("send", "replay", "spool"))
    assert tool.run("help", command).output == result.output


def test_the_help_gives_defaults_variables_and_exit_codes_within_80_columns(tool):
    words = " ".join((tool.run("help", "options").output + tool.run("send", "--help").output).split())
    assert "maximum number of pending events (10000) [TPC_QUEUE_MAX_EVENTS]" in words
    assert "[THE_PROMPTING_COMPANY_BASE_URL]" in words
    assert "Exit codes: 0 all is well 1 events were refused" in words
    commands = ("send", "check", "replay", "agents", "spool", "completion")
    for command in (["--help"], ["help", "options"], ["check", "-h"], *([command, "--help"] for command in commands)):
        assert [line for line in tool.run(*command).output.splitlines() if len(line) > 80] == []


def test_the_general_help_names_the_commands_and_recommends_the_environment(tool):
    result = tool.run("--help")
    assert result.code == 0
    for text in ("send", "check", "replay", "TPC_API_KEY"):
        assert text in result.output


def test_no_arguments_are_wrong_usage_and_show_the_help(tool):
    result = tool.run()
    assert (result.code, result.output) == (2, "")
    assert "Usage:" in result.errors


def test_the_version_is_the_header_s(tool):
    numbers = re.findall(r"#define TPC_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", HEADER.read_text())
    assert tool.run("--version").output == f"tpc-events {'.'.join(numbers)}\n"
    assert tool.run("check", "--version").output == f"tpc-events {'.'.join(numbers)}\n"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["flush"], "flush: is not a command; expected send, check, replay, report, agents, spool or completion"),
        (["check", "--foo"], "--foo: is not a flag of check"),
        (["send", "--queue-max-evnts", "4"], "did you mean --queue-max-events?"),
        (["send", "--queue_max_events", "4"], "did you mean --queue-max-events?"),
        (["check", "--max-event-bytes", "many"], "--max-event-bytes: found another value; expected a whole number from 1024"),
        (["check", "--max-event-bytes"], "--max-event-bytes: expected a value after it"),
        (["check", "--base64=yes"], "--base64: takes no value"),
        (["check", "a", "b"], "check takes one file"),
        (["check", "/nonexistent/file"], "cannot open /nonexistent/file: No such file or directory"),
        (["check", "/"], "cannot read /: Is a directory"),
        (["send"], "send takes --href URL, or one file"),
        (["send", "file", "--href", "https://a/"], "send takes --href URL, or one file"),
        (["send", "-", "--title", "x"], "--title: describes a single event"),
        (["send", "-", "--client-ip", "192.0.2.1"], "--client-ip: describes a single event"),
        (["send", "--href", "https://a/", "--property", "x"], "--property: found no '='"),
        (["send", "--href", "https://a/", "--timeout", "soon"], "--timeout: expected a whole number of seconds"),
        (["send", "--href", "https://a/"], "api_key: no credential is set"),
        (["send", "-"], "api_key: no credential is set"),
        (["send", "-", "--spool", ""], "--spool: found nothing; expected a folder"),
        (["send", "-", "--spool", "/tmp", "--dry-run"], "--spool: writes to disk; expected without --dry-run and --timeout"),
        (["send", "-", "--spool", "/tmp"], "api_key: no credential is set"),
        (["spool"], "spool takes list, check, drain or purge, and the spool's folder"),
        (["spool", "empty", "/tmp"], "spool takes list, check, drain or purge, and the spool's folder"),
        (["spool", "list"], "spool list takes the spool's folder (or TPC_SPOOL_DIRECTORY)"),
        (["spool", "list", "/tmp", "/tmp"], "spool list takes the spool's folder"),
        (["spool", "list", "/nonexistent"], "cannot open /nonexistent: No such file or directory"),
        (["spool", "list", "/etc/passwd"], "cannot open /etc/passwd: Not a directory"),
        (["spool", "list", "/tmp", "--follow"], "--follow: is not a flag of spool list"),
        (["spool", "check", "/tmp", "--events"], "--events: is not a flag of spool check"),
        (["spool", "drain", "/tmp", "--older", "1d"], "--older: is not a flag of spool drain"),
        (["spool", "drain", "/tmp", "--folow"], "--folow: is not a flag of spool; did you mean --follow?"),
        (["spool", "drain", "/tmp", "--spool-dir-ectory", "/"], "did you mean --spool-directory?"),
        (["spool", "drain", "/tmp", "--follow", "--timeout", "1"], "--timeout: found with --follow"),
        (["spool", "drain", "/tmp"], "api_key: no credential is set"),
        (["spool", "purge", "/tmp"], "spool purge takes --older AGE or --all"),
        (["spool", "purge", "/tmp", "--older", "1d", "--all"], "spool purge takes --older AGE or --all"),
        (["spool", "purge", "/tmp", "--older", "week"], "--older: expected a whole number and s, m, h or d, such as 7d"),
        (["replay", "--site", "https://a"], "replay takes access logs, folders or patterns"),
        (["replay", "-", "--site", "example.com"], "--site: found no URL"),
        (["replay", "-", "--site", "ftp://example.com"], "--site: found another scheme"),
        (["replay", "-", "--site", "https://example.com/docs"], "--site: found more than scheme and host"),
    ],
)
def test_wrong_usage_says_what_is_accepted_and_ends_with_2(tool, arguments, words):
    result = tool.run(*arguments)
    assert (result.code, result.output) == (2, "")
    assert words in result.errors


def test_a_bad_variable_is_named(tool):
    result = tool.run("check", TPC_MAX_EVENT_BYTES="0")
    assert result.code == 2
    assert "TPC_MAX_EVENT_BYTES: found another value" in result.errors


def test_flags_win_over_the_environment(tool):
    lines = ["x" * 1500]
    assert "expected at most 1024 bytes" in tool.run("check", input=lines, TPC_MAX_EVENT_BYTES="1024").output
    assert "expected a JSON value" in tool.run("check", "--max-event-bytes", 2048, input=lines, TPC_MAX_EVENT_BYTES="1024").output


def test_a_boolean_option_is_a_flag_with_or_without_a_value(tool):
    plain = ["send", "--href", "https://example.com/", "--api-key", "k", "--base-url", "http://example.com"]
    assert "allow_insecure_http" in tool.run(*plain).errors
    for flag in ("--allow-insecure-http", "--allow-insecure-http=yes"):
        assert tool.run(*plain, flag, "--enabled=no").code == 0
    assert tool.run(*plain, "--allow-insecure-http=no").code == 2
