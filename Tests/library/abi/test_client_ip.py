"""The visitor's address: kept, cut to its network, or left out."""

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.header import constants
from support.objects import Client, Event
from support.servers.fault_server import FaultServer

TRUNCATED = {
    "203.0.113.77": "203.0.113.0",
    "255.255.255.255": "255.255.255.0",
    "0.0.0.0": "0.0.0.0",
    "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff": "2001:db8:aaaa::",
    "2001:DB8::1": "2001:db8::",
    "::1": "::",
    "fe80::1": "fe80::",
    "::ffff:203.0.113.77": "203.0.113.0",
    "::FFFF:cb00:714d": "203.0.113.0",
    "0:0:0:0:0:ffff:cb00:714d": "203.0.113.0",
    "64:ff9b::203.0.113.77": "64:ff9b::cb00:7100",
    "64:FF9B::cb00:714d": "64:ff9b::cb00:7100",
    "64:ff9b::1:cb00:714d": "64:ff9b::",
    "64:ff9b:1::203.0.113.77": "64:ff9b:1::",
    "2002:cb00:714d:1::1": "2002:cb00:7100::",
}
GARBAGE = [
    "", "unknown", "203.0.113", "203.0.113.256", "203.0.113.077", " 203.0.113.77", "203.0.113.77 ", "203.0.113.77:80",
    "203.0.113.77, 198.51.100.1", "[2001:db8::1]", "2001:db8::1%eth0", "2001:db8::/32", "2001:db8", ":::", "1::2::3",
    "::ffff:203.0.113.256", "203.0.113.77\0", "visitor@example.com", "１.2.3.4",
]  # fmt: skip


def with_address(address):
    return {"event": "page_visit", "page": {"href": "x:y"}, "request": {"clientIp": address, "method": "GET"}}


def test_an_address_is_kept_as_it_is_unless_the_option_says_otherwise(sent):
    for address in [*TRUNCATED, *GARBAGE]:
        assert sent(with_address(address))["request"]["clientIp"] == address
        assert sent(with_address(address), client_ip="full")["request"]["clientIp"] == address


@pytest.mark.parametrize("address", TRUNCATED)
def test_truncate_leaves_the_network(address, sent):
    expected = {"clientIp": TRUNCATED[address], "method": "GET"}
    assert sent(with_address(address), client_ip="truncate")["request"] == expected
    with Event("x:y") as event:
        event.set(constants.TPC_FIELD_REQUEST_CLIENT_IP, address)
        assert sent(event, client_ip="truncate")["request"]["clientIp"] == TRUNCATED[address]
        assert event.json()["request"]["clientIp"] == address


@pytest.mark.parametrize("address", GARBAGE)
def test_truncate_leaves_out_text_that_is_not_an_address(address, sent):
    assert sent(with_address(address), client_ip="truncate")["request"] == {"method": "GET"}


def test_escapes_of_json_keep_no_address(sent):
    text = json.dumps(with_address("HERE")).replace("HERE", r"\u0032\u003003.0.113.77")
    assert sent(text, client_ip="truncate")["request"].get("clientIp") in (None, "203.0.113.0")
    assert "clientIp" not in sent(text, client_ip="omit")["request"]


def test_omit_leaves_every_address_out(sent):
    for address in [*TRUNCATED, *GARBAGE]:
        assert sent(with_address(address), client_ip="omit")["request"] == {"method": "GET"}


@pytest.mark.parametrize("policy", ["full", "truncate", "omit"])
def test_null_is_not_an_address_and_stays(policy, sent):
    assert sent(with_address(None), client_ip=policy)["request"]["clientIp"] is None


def network(address):
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    # A 6to4 address holds an IPv4 address after its first 16 bits, and a NAT64's at its end.
    is_nat64 = address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96")
    bits = 24 if address.version == 4 else 40 if address.sixtofour else 120 if is_nat64 else 48
    return str(ipaddress.ip_network((address, bits), strict=False).network_address)


def test_truncate_does_to_every_address_what_pythons_ipaddress_does():
    expected = []
    with (
        FaultServer() as server,
        Client(
            base_url=server.url,
            api_key="x",
            client_ip="truncate",
            log_level="off",
            max_connections=1,
            queue_max_events=100_000,
        ) as client,
    ):

        @given(st.ip_addresses(), st.booleans())
        def track(address, exploded):
            expected.append(network(address))
            event = with_address(address.exploded if exploded else str(address))
            client.track_json(json.dumps({**event, "eventId": str(len(expected) - 1)}))

        track()
        client.flush()
        for request in server.requests:
            body = json.loads(request.body)
            assert body["request"]["clientIp"] == expected[int(body["eventId"])]
        assert len(server.requests) == len(expected) > 50
