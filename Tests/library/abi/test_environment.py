"""Options from the environment."""

import pytest
from support.library import TPCError
from support.objects import Client, Options

from .option_table import OPTIONS, accepted, refused

VISIT = '{"event":"page_visit","page":{"href":"https://example.com/"}}'
each_option = pytest.mark.parametrize("option", OPTIONS, ids=str)


class NullOptions:
    """NULL instead of options: a client of the environment."""

    handle = None


@pytest.fixture
def options():
    with Options() as made:
        yield made


def refused_in_environment(option):
    # A variable holds no NUL, and an empty one is unset.
    return [value for value in refused(option)[0] if value != "" and "\0" not in str(value)]


@each_option
def test_every_option_has_its_variable(option, options, monkeypatch):
    for value in refused_in_environment(option):
        value = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
        monkeypatch.setenv(option.environment, value)
        with pytest.raises(TPCError) as bad:
            options.load_environment()
        assert (bad.value.name, bad.value.field) == ("TPC_ERROR_INVALID_OPTION", option.environment)
        assert refused(option)[1] in bad.value.message
    for value in accepted(option):
        monkeypatch.setenv(option.environment, value)
        options.load_environment()


@each_option
def test_every_variable_of_an_option_is_read_and_the_first_that_is_set_counts(option, options, monkeypatch):
    for name in reversed(option.variables):
        monkeypatch.setenv(name, "\x01")
        with pytest.raises(TPCError) as bad:
            options.load_environment()
        assert bad.value.field == name


@each_option
def test_an_empty_variable_is_unset(option, options, monkeypatch):
    monkeypatch.setenv(option.environment, "")
    options.load_environment()


def test_the_companys_own_variables_have_names_of_their_own():
    assert {option.environment for option in OPTIONS if not option.environment.startswith("TPC_")} == {
        "THE_PROMPTING_COMPANY_BASE_URL",
        "THE_PROMPTING_COMPANY_LOG",
    }
    assert {option.environment for option in OPTIONS[:8]} == {
        "TPC_API_KEY", "TPC_API_KEY_FILE", "TPC_BEARER_TOKEN", "TPC_SESSION_TOKEN", "TPC_ORGANIZATION_ID", "TPC_ORGANIZATION_SLUG",
        "TPC_PRODUCT_ID", "TPC_PRODUCT_SLUG",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["TPC_LOG", "TPC_TIMEOUT", "tpc_log_descriptor", "TPC_"]
)
def test_other_variables_are_not_read(name, options, monkeypatch):
    monkeypatch.setenv(name, "\x01")
    options.load_environment()


def test_new_options_read_nothing(monkeypatch):
    monkeypatch.setenv("TPC_API_KEY", "from the environment")
    monkeypatch.setenv("TPC_ENABLED", "maybe")
    with pytest.raises(TPCError) as refused_client:
        Client()
    assert refused_client.value.field == "api_key"


def test_a_client_of_the_environment_sends_with_what_is_set_there(server, monkeypatch):
    for name, value in (
        ("TPC_API_KEY", "from the environment"),
        ("THE_PROMPTING_COMPANY_BASE_URL", server.url),
        ("TPC_ORGANIZATION_SLUG", "acme"),
        ("TPC_SDK_RUNTIME", "environment"),
    ):
        monkeypatch.setenv(name, value)

    with Client(NullOptions()) as client:
        client.track_json(VISIT)
        assert client.close() == 0
    (request,) = server.requests
    assert request.headers["x-api-key"] == "from the environment"
    assert request.headers["x-tpc-organization-slug"] == "acme"
    assert b'"runtime":"environment"' in request.body


def test_a_client_of_a_bad_environment_names_the_variable(monkeypatch):
    monkeypatch.setenv("TPC_API_KEY", "x")
    monkeypatch.setenv("TPC_MAX_IN_FLIGHT", "many")

    for shared_one in (False, True):
        with pytest.raises(TPCError) as bad:
            Client(NullOptions(), shared_one=shared_one)
        assert (bad.value.name, bad.value.field) == ("TPC_ERROR_INVALID_OPTION", "TPC_MAX_IN_FLIGHT")


def test_a_bad_variable_changes_no_option(options, monkeypatch):
    # api_key comes first in the table, sdk_runtime last.
    monkeypatch.setenv("TPC_API_KEY", "x")
    monkeypatch.setenv("TPC_SDK_RUNTIME", "\x01")
    with pytest.raises(TPCError):
        options.load_environment()
    with pytest.raises(TPCError) as none:
        Client(options)
    assert none.value.field == "api_key"


def test_the_environment_overrides_what_was_set_before_and_later_calls_override_it(server, options, monkeypatch):
    monkeypatch.setenv("TPC_API_KEY", "from the environment")
    monkeypatch.setenv("TPC_PRODUCT_ID", "from the environment")
    for name, value in (("api_key", "before"), ("organization_id", "before"), ("base_url", server.url)):
        options.set(name, value)
    options.load_environment()
    options.set("product_id", "after")
    with Client(options) as client:
        client.track_json(VISIT)
        client.close()
    headers = server.requests[0].headers
    assert headers["x-api-key"] == "from the environment"
    assert (headers["x-tpc-organization-id"], headers["x-tpc-product-id"]) == ("before", "after")


def test_the_proxy_of_other_programs_is_not_taken(server, client, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    one = client()
    one.track_json(VISIT)
    assert one.close() == 0 and len(server.requests) == 1
