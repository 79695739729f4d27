"""Who makes a web request, as tpc_client_ai_agent tells it: by the client's own table, networks and keys."""

import base64
import ctypes
import hashlib
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.library import shared
from support.objects import Client, Event

from .test_request_texts import AGENT, COUNT, HOST, METHOD, NUMBERS, TARGET, arrays

REMOTE, CLIENT, FORWARDED_FOR, SIGNER, INPUT, SIGNATURE = (
    NUMBERS[f"TPC_REQUEST_{name}"]
    for name in ("REMOTE_ADDRESS", "CLIENT_ADDRESS", "X_FORWARDED_FOR", "SIGNATURE_AGENT", "SIGNATURE_INPUT", "SIGNATURE")
)
GPTBOT = ["GPTBot", "OpenAI", "training"]
CHATGPT = ["ChatGPT agent", "OpenAI", "agent"]
BROWSER = b"Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


@pytest.fixture
def make():
    """Makes clients that send nothing."""
    made = []

    def new(**options):
        made.append(Client(dry_run=True, log_level="off", **options))
        return made[-1]

    yield new
    for client in made:
        client.free()


def agent(client, texts, count=COUNT):
    """The agent's three texts, and whether it is verified; None when there is no agent."""
    names = [ctypes.c_char_p(b"untouched") for _ in range(3)]
    verified = ctypes.c_int32(7)
    values, sizes, count = arrays(texts, count=count)
    found = shared().tpc_client_ai_agent(client.handle, values, sizes, count, *names, verified)
    assert found in (0, 1)
    if not found:
        assert [name.value for name in names] == [None] * 3 and verified.value == -1
        return None
    return [name.value.decode() for name in names], {1: True, 0: False, -1: None}[verified.value]


def test_a_user_agent_is_enough_and_nothing_is_tracked_or_counted(make):
    client = make()
    before = client.statistics()
    assert agent(client, {AGENT: b"Mozilla/5.0 (compatible; GPTBot/1.2)"}) == (GPTBOT, None)
    assert agent(client, {AGENT: b"GPTBot"}, AGENT + 1) == (GPTBOT, None)
    assert agent(client, {AGENT: BROWSER}) is None
    assert agent(client, {}) is None
    assert client.statistics() == before


def test_a_whole_request_with_odd_bytes_or_of_no_page_has_an_agent_too(make):
    request = {METHOD: b"POST", HOST: b"a b\xff", TARGET: b"no path", AGENT: b"M\xfcller GPTBot/1.0 \xff"}
    assert agent(make(enabled=False, only_ai_agents=True), request) == (GPTBOT, None)


def test_the_clients_own_agents_are_known_and_their_texts_live_as_long_as_the_client(make, tmp_path):
    rows = [{"name": "FixtureBot", "operator": "Example", "purpose": "search", "signatureAgent": "bot.example.com"}]
    (tmp_path / "agents.json").write_text(json.dumps(rows))
    client = make(ai_agents_file=str(tmp_path / "agents.json"))
    names = [ctypes.c_char_p() for _ in range(3)]
    values, sizes, count = arrays({AGENT: b"FixtureBot/1"})
    assert shared().tpc_client_ai_agent(client.handle, values, sizes, count, *names, None) == 1
    for index in range(100):
        agent(client, {AGENT: b"GPTBot/%d" % index})
    assert [name.value for name in names] == [b"FixtureBot", b"Example", b"search"]
    assert agent(client, {SIGNER: b'"https://bot.example.com"'}) == (["FixtureBot", "Example", "search"], None)
    assert agent(make(), {AGENT: b"FixtureBot/1"}) is None


def test_the_visitors_address_verifies_the_agent_whoever_found_it(make, tmp_path):
    (tmp_path / "GPTBot.json").write_text('["192.0.2.0/24"]')
    client = make(ai_ranges_dir=str(tmp_path), trusted_proxies="198.51.100.1")

    def verified(texts):
        return agent(client, {AGENT: b"GPTBot/1.2", **texts})[1]

    assert verified({}) is None
    assert verified({REMOTE: b"unix:"}) is None
    assert verified({REMOTE: b"192.0.2.7"}) is True
    assert verified({REMOTE: b"203.0.113.9"}) is False
    assert verified({REMOTE: b"198.51.100.1", FORWARDED_FOR: b"192.0.2.7"}) is True
    assert verified({REMOTE: b"203.0.113.9", FORWARDED_FOR: b"192.0.2.7"}) is False
    assert verified({REMOTE: b"203.0.113.9", CLIENT: b"192.0.2.7"}) is True
    assert agent(client, {AGENT: b"ClaudeBot/1.0", REMOTE: b"192.0.2.7"})[1] is None
    assert agent(client, {AGENT: BROWSER, REMOTE: b"192.0.2.7"}) is None


class Signer:
    """Signs requests as Web Bot Auth has it."""

    def __init__(self, folder):
        self.key = Ed25519PrivateKey.generate()
        x = base64.urlsafe_b64encode(self.key.public_key().public_bytes_raw()).decode().rstrip("=")
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": x}
        (folder / "chatgpt.com.json").write_text(json.dumps({"keys": [jwk]}))
        text = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()
        self.identity = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip("=")

    def headers(self, host, path):
        now = int(time.time())
        parameters = (
            f'("@authority" "@path" "signature-agent");created={now - 5};expires={now + 600};'
            f'keyid="{self.identity}";alg="ed25519";tag="web-bot-auth"'
        )
        agent = '"https://chatgpt.com"'
        base = f'"@authority": {host}\n"@path": {path}\n"signature-agent": {agent}\n"@signature-params": {parameters}'
        signature = base64.b64encode(self.key.sign(base.encode())).decode()
        return {SIGNER: agent.encode(), INPUT: f"sig1={parameters}".encode(), SIGNATURE: f"sig1=:{signature}:".encode()}


def test_a_signature_verifies_the_agent_when_the_request_is_known(make, tmp_path):
    signed = Signer(tmp_path).headers("example.com", "/a")
    client = make(ai_keys_dir=str(tmp_path))
    request = {METHOD: b"GET", HOST: b"example.com", TARGET: b"/a", AGENT: BROWSER, **signed}
    assert agent(client, request) == (CHATGPT, True)
    assert agent(client, {**request, TARGET: b"/b"}) == (CHATGPT, False)
    assert agent(client, {**request, HOST: b"example.org"}) == (CHATGPT, False)
    assert agent(client, {**request, AGENT: b"GPTBot/1.2"}) == (GPTBOT, True)
    for absent in (HOST, TARGET, INPUT, SIGNATURE):
        assert agent(client, {**request, absent: None}) == (CHATGPT, None)
    assert agent(make(), request) == (CHATGPT, None)


def test_the_answer_is_the_one_with_which_the_visit_is_labeled(make, tmp_path):
    (tmp_path / "OpenAI.txt").write_text("192.0.2.0/24\n")
    client = make(ai_ranges_dir=str(tmp_path), client_ip="truncate")
    for address, verified in ((b"192.0.2.7", True), (b"203.0.113.9", False)):
        request = {METHOD: b"GET", HOST: b"example.com", TARGET: b"/a", AGENT: b"GPTBot/1.2", REMOTE: address}
        out = ctypes.c_void_p()
        values, sizes, count = arrays(request)
        assert shared().tpc_client_event_from_request_fields(client.handle, values, sizes, count, None, out, None, None) == 0
        buffer = ctypes.create_string_buffer(4096)
        with Event(handle=out.value) as event:
            assert shared().tpc_client_event_to_json(client.handle, event.handle, buffer, 4096, None, None, None) == 0
        properties = json.loads(buffer.value)["properties"]
        names, found = agent(client, request)
        assert [properties[name] for name in ("aiAgent", "aiOperator", "aiPurpose", "aiVerified")] == [*names, found]
        assert found is verified


@pytest.mark.parametrize("count", [-1, 0, COUNT + 1, 2**62])
def test_what_is_not_a_request_has_no_agent(make, count):
    client, texts = make(), arrays({AGENT: b"GPTBot/1.2"}, count=1000)
    call = shared().tpc_client_ai_agent
    assert call(client.handle, texts[0], texts[1], ctypes.c_size_t(count), None, None, None, None) == 0
    assert call(client.handle, None, None, COUNT, None, None, None, None) == 0
    assert call(None, texts[0], texts[1], COUNT, None, None, None, None) == 0
    assert call(client.handle, texts[0], texts[1], COUNT, None, None, None, None) == 1


def test_a_closed_client_knows_nobody():
    with Client(dry_run=True, log_level="off") as client:
        handle = client.handle
    values, sizes, count = arrays({AGENT: b"GPTBot/1.2"})
    assert shared().tpc_client_ai_agent(handle, values, sizes, count, None, None, None, None) == 0


@pytest.mark.parametrize("number", [AGENT, SIGNER])
def test_a_length_that_no_text_has_is_not_read(make, number):
    values, sizes, count = arrays({number: b"GPTBot/1.2"}, {number: 2**62})
    assert shared().tpc_client_ai_agent(make().handle, values, sizes, count, None, None, None, None) == 0
