"""The whole tree is in plain English: documents, sources and tests have none of the phrases that docs/internals/style.md lists."""

import pytest

import plain_english
from support import paths

TEXTS = list(plain_english.files())


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_has_none_of_the_phrases_that_the_style_page_replaces(name):
    assert plain_english.findings((paths.ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "what is no number", "Text that is no UTF-8", "An en dash is no\n/// default", "for 5 s at the most", "refused for\n    # good",
        'message.add("is no flag of ")', "def test_what_is_no_number():", '"a part that is "\n    "no name"', "it is gone for good.",
    ],
)  # fmt: skip
def test_a_phrase_is_found_wherever_its_lines_break(text):
    assert len({line for line, _ in plain_english.findings(text)}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "there is no memory", "it is no longer than the limit", "the size is no larger", "There was no answer", "for good reasons",
        "is not a number", "at most five", "the least of them", "no more than that", "This is nothing",
    ],
)  # fmt: skip
def test_what_is_good_english_is_left_alone(text):
    assert plain_english.findings(text) == []


def test_every_phrase_of_the_style_page_is_read():
    assert len(list(plain_english.rules())) >= 15
