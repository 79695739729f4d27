# SPDX-License-Identifier: Apache-2.0
"""A client's life: options, flush, close, statistics, sharing, and the errors of each."""

import copy
import inspect
import pickle
import threading

import pytest
import tpc

HREF = "https://example.com/"


def test_a_client_is_a_context_manager_that_delivers_at_its_end(collector):
    with tpc.Client(base_url=collector.url, api_key="key-of-the-test") as client:
        client.track(href=HREF)
    assert collector.totals()["good"] == 1
    with pytest.raises(tpc.Closed, match="closed"):
        client.track(href=HREF)
    assert client.close() == 0


@pytest.mark.parametrize("do", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_client_cannot_be_copied_or_pickled_and_says_so(client, do):
    with pytest.raises(TypeError, match="make one of the same options where it is needed"):
        do(client(dry_run=True))


def test_a_request_without_a_user_agent_names_no_agent():
    assert tpc.ai_agent(None) is None and tpc.ai_agent("") is None and tpc.ai_agent("GPTBot/1.2").name == "GPTBot"


@pytest.mark.parametrize("call", ["flush", "stats", "reports", "track_json"])
def test_every_call_on_a_closed_client_says_so(client, call):
    closed = client()
    closed.close()
    with pytest.raises(tpc.Closed) as caught:
        list(getattr(closed, call)(*(["{}"] if call == "track_json" else [])))
    assert (caught.value.code, caught.value.message) == ("TPC_ERROR_CLOSED", "the client is closed")


def test_options_of_every_python_type_reach_the_library(client, tmp_path):
    # Each is refused in its own words when it does not arrive as it should.
    client(max_in_flight=5, sample_rate=0.5, dry_run=True, redact_query=["a", "b"], name=None)
    with pytest.raises(tpc.OptionError) as caught:
        client(ca_file=tmp_path / "missing.pem")
    assert caught.value.field == "ca_file" and "cannot be read" in caught.value.message
    with pytest.raises(tpc.OptionError) as caught:
        client(max_in_flight=object())
    assert caught.value.field == "max_in_flight" and "object" in caught.value.message
    assert isinstance(caught.value, ValueError)


def test_a_list_is_its_items_with_commas(client, collector):
    sender = client(redact_query=["first", "second"])
    sender.track(href=HREF + "?first=1&second=2&third=3")
    sender.flush(60)
    assert collector.good()[-1]["event"]["page"]["href"] == HREF + "?first=REDACTED&second=REDACTED&third=3"


def test_an_unknown_option_suggests_the_nearest(client):
    with pytest.raises(tpc.OptionError) as caught:
        client(request_timeout=5)
    assert str(caught.value) == "request_timeout: is not an option; did you mean request_timeout_ms?"
    assert caught.value.code == "TPC_ERROR_INVALID_OPTION"


def test_the_environment_is_read_and_what_is_given_wins(collector, monkeypatch):
    monkeypatch.setenv("TPC_API_KEY", "key-of-the-test")
    monkeypatch.setenv("TPC_DRY_RUN", "true")
    with tpc.Client(base_url=collector.url) as client:
        client.track(href=HREF)
    with tpc.Client(base_url=collector.url, dry_run=False) as client:
        client.track(href=HREF)
    assert collector.totals()["good"] == 1
    monkeypatch.setenv("TPC_DRY_RUN", "maybe")
    with pytest.raises(tpc.OptionError) as caught:
        tpc.Client()
    assert caught.value.field == "TPC_DRY_RUN"


def test_options_are_validated_without_a_client(monkeypatch):
    monkeypatch.delenv("TPC_API_KEY", raising=False)
    with pytest.raises(tpc.OptionError) as refused:
        tpc.validate_options(api_key_file="/nonexistent")
    assert refused.value.field == "api_key_file"
    tpc.validate_options(api_key="key")


def test_flush_and_close_take_seconds_and_return_how_many_events_are_left(client, collector):
    collector.mode({"status": 503, "retry_after": 300})
    sender = client(max_connections=1)
    for _ in range(3):
        sender.track(href=HREF)
    assert sender.flush(0.01) == 3
    assert sender.stats().pending == 3
    assert sender.close(0) == 3
    with pytest.raises(tpc.InvalidArgument):
        client().flush(-0.001)


def test_times_beyond_the_librarys_longest_are_that(client):
    sender = client()
    assert sender.flush(float("inf")) == 0 and sender.close(1e300) == 0


def test_a_full_queue_is_an_error_of_its_own(client, collector):
    collector.mode({"status": 503, "retry_after": 300})
    sender = client(queue_max_events=1)
    sender.track(href=HREF)
    with pytest.raises(tpc.QueueFull) as caught:
        sender.track(href=HREF)
    assert caught.value.field == "queue_max_events" and sender.stats().refused_queue_full == 1


def test_a_large_event_is_an_error_of_its_own(client):
    with pytest.raises(tpc.TooLarge, match="max_event_bytes"):
        client(max_event_bytes=1024).track(href=HREF, title="x" * 1024)


def test_there_is_one_shared_client_for_each_name(collector):
    options = {"base_url": collector.url, "api_key": "key-of-the-test"}
    first, same, other = (tpc.Client.shared(name=name, **options) for name in ("a", "a", "b"))
    first.track(href=HREF)
    assert (same.stats().accepted, other.stats().accepted) == (1, 0)
    same.close()
    with pytest.raises(tpc.Closed):
        first.track(href=HREF)
    other.track(href=HREF)
    assert other.close(60) == 0


def test_threads_get_the_errors_of_their_own_calls(client):
    sender = client(dry_run=True)
    wrong = []

    def work(fields, pointer):
        for _ in range(2000):
            try:
                sender.track(**fields)
            except tpc.ValidationError as error:
                if error.field != pointer:
                    wrong.append(error.field)

    cases = [({"href": "x"}, "/page/href"), ({"href": HREF, "event_id": ""}, "/eventId")]
    threads = [threading.Thread(target=work, args=case) for case in cases * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and sender.stats().refused_invalid == 8000


def test_errors_survive_pickling():
    error = tpc.ValidationError("/page/href", "found nothing")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.field, copy.message, copy.code) == (type(error), error.field, error.message, error.code)
    assert "/nowhere" in str(pickle.loads(pickle.dumps(tpc.LibraryNotFound("", "tried /nowhere"))))


MODULES = ["aiohttp", "asgi", "django", "flask", "opentelemetry", "prometheus", "testing", "wsgi"]


def test_every_public_name_says_what_it_is():
    named = {f"tpc.{name}": getattr(tpc, name) for name in tpc.__all__}
    for module in map(tpc.__getattr__, MODULES):
        of_module = vars(module).items()
        named.update({f"{module.__name__}.{name}": value for name, value in of_module if getattr(value, "__module__", "") == module.__name__})
    for name, value in list(named.items()):
        if inspect.isclass(value):
            named.update({f"{name}.{member}": function for member, function in vars(value).items() if inspect.isfunction(function)})
    functions = {name: value for name, value in named.items() if callable(value) and "._" not in name}
    assert [name for name, value in functions.items() if not value.__doc__] == []
