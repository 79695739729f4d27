"""The documents' tables say what the library and its tool say about themselves."""

import re

import pytest

import pages
from support.library import TPCError
from support.objects import Options

OPTIONS = pages.PAGES["docs/options.md"]
COMPANYS_OWN = dict(re.findall(r"`(THE_PROMPTING_COMPANY_\w+)` is\s+`(\w+)`", OPTIONS.text))


def rows():
    """The options' names, and their defaults and meanings."""
    return {name: (default, meaning) for name, default, meaning in OPTIONS.table("option")}


def helped(text):
    """The entries of a help text: the flags' names, and their meanings in one line each."""
    entries = re.findall(r"^  --([a-z-]+)[^\n]*?(?:  +|\n {28})(\S[^\n]*(?:\n {28}[^\n]*)*)", text, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", meaning) for name, meaning in entries}


def variable(name):
    """An option's variable, by the rule that the page gives and its exceptions."""
    return next((theirs for theirs, ours in COMPANYS_OWN.items() if ours == name), f"TPC_{name.upper()}")


def test_the_options_are_those_of_the_help_with_their_defaults_meanings_and_variables(run, surroundings):
    text = run("tpc-events", "help", "options", env=surroundings).stdout
    # A long list breaks after its commas, and the tool calls itself what no other client does.
    said = {name: "".join(meaning.split()) for name, meaning in helped(text[text.index("\nOptions") :]).items()}
    said["sdk-runtime"] = said["sdk-runtime"].replace("(tpc-events)", "(c)")
    expected = {}
    for name, (default, meaning) in rows().items():
        given = "" if default == "–" else f" ({default})"
        expected[name.replace("_", "-")] = "".join(f"{meaning}{given} [{variable(name)}]".split())
    assert expected == said
    assert list(expected) == list(said)
    assert len(COMPANYS_OWN) == 2


def accepted():
    """What each option takes, by the second table."""
    listed, others = {}, ""
    for value, names in OPTIONS.table("value"):
        if names == "the others":
            others = value
        else:
            listed.update({name: value for name in re.findall(r"\w+", names)})
    return {name: listed.get(name, others) for name in rows()}


@pytest.mark.parametrize("name", rows())
def test_an_option_takes_what_the_table_says(name):
    # No option accepts a control character.
    with Options() as options, pytest.raises(TPCError) as refused:
        options.set(name, "\x01")
    expected = refused.value.message.split("expected ")[1]
    assert accepted()[name].split(", up to")[0] == expected


def test_the_longest_text_is_the_one_the_table_names():
    limit = int(re.search(r"up to ([\d,]+) bytes", OPTIONS.text).group(1).replace(",", ""))
    with Options() as options:
        options.set("name", "x" * limit)
        with pytest.raises(TPCError, match="expected at most 4,096 bytes"):
            options.set("name", "x" * (limit + 1))


def test_the_exit_codes_are_those_of_the_help(run, surroundings):
    text = run("tpc-events", "--help", env=surroundings).stdout
    said = re.findall(r"^  (\d)  (.+)$", text[text.index("Exit codes") :], re.MULTILINE)
    assert pages.PAGES["docs/command-line.md"].table("exit code") == [list(row) for row in said]
