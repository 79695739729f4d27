# SPDX-License-Identifier: Apache-2.0
"""Tool, library and setters give the contract's verdicts on whatever hypothesis thinks of."""

import json

import strategies
import verdicts
from hypothesis import given
from hypothesis import strategies as st
from strategies import few_examples, many_examples
from tpc_collector import formats


@many_examples
@given(candidate=strategies.candidates)
def test_events_are_judged_as_the_contract_does(library, candidate):
    assert library.verdict(candidate) == verdicts.cut(verdicts.contract(candidate))


@many_examples
@given(candidate=strategies.changed_texts())
def test_changed_texts_are_judged_as_the_contract_does(library, candidate):
    assert library.verdict(candidate) == verdicts.cut(verdicts.contract(candidate))


@many_examples
@given(candidate=st.binary(max_size=40))
def test_bytes_that_are_not_an_event_are_refused(library, candidate):
    assert library.verdict(candidate) == verdicts.contract(candidate) is not None


@few_examples
@given(
    batch=st.lists(strategies.candidates | strategies.changed_texts() | st.binary(max_size=20), min_size=1, max_size=40)
)
def test_the_tool_judges_as_the_contract_does(tool, batch):
    assert tool.verdicts(batch) == [verdicts.contract(candidate) for candidate in batch]


@many_examples
@given(candidate=strategies.events.map(strategies.write))
def test_what_is_read_is_written_again(library, candidate):
    verdict, written = library.read(candidate)
    if verdict is None:
        assert verdicts.values(written) == verdicts.values(candidate)
        assert library.read(written) == (None, written)


@many_examples
@given(text=strategies.uris | strategies.addresses.map("http://[{}]".format))
def test_uris_are_judged_by_the_grammar(library, text):
    assert (library.set("/page/href", text.encode()) is None) == formats.is_uri(text)
    assert (library.set("/page/canonicalUrl", text.encode()) is None) == formats.is_uri(text)


@many_examples
@given(text=strategies.date_times | strategies.leap_seconds)
def test_date_times_are_judged_by_the_grammar(library, text):
    assert (library.set("/occurredAt", text.encode()) is None) == formats.is_date_time(text)


@many_examples
@given(field=st.sampled_from(verdicts.FIELDS), text=strategies.texts)
def test_setters_and_json_have_one_set_of_verdicts(library, field, text):
    text = text.encode("utf-8", "replace").decode()
    event = {"event": "page_visit", "page": {"href": "x:"}}
    *outer, name = field.split("/")[1:]
    (event.setdefault(outer[0], {}) if outer else event)[name] = text
    assert library.set(field, text.encode()) == library.verdict(json.dumps(event).encode())


@many_examples
@given(field=st.sampled_from(verdicts.FIELDS), text=st.binary(max_size=12))
def test_setters_refuse_what_is_not_utf8(library, field, text):
    try:
        text.decode()
    except UnicodeDecodeError:
        assert library.set(field, text) == field


@many_examples
@given(text=st.binary(max_size=30) | strategies.uris.map(str.encode))
def test_any_path_is_repaired_to_a_uri(library, text):
    repaired = library.repair(b"https://example.com/" + text)
    assert formats.is_uri(repaired.decode("ascii"))
    assert library.repair(repaired) == repaired


@many_examples
@given(text=strategies.uris)
def test_repaired_text_is_a_uri_and_a_uri_stays_as_it_is(library, text):
    repaired = library.repair(text.encode())
    assert repaired is None or formats.is_uri(repaired.decode("ascii"))
    if formats.is_uri(text):
        assert repaired == text.encode()
