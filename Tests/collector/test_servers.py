"""The tests' own servers do what the other tests rely on."""

import http.client
import json
import socket
import ssl

import h2.connection
import h2.events
import pytest
from sending import event, exchange, post
from support.servers.fault_server import (
    ACCEPT, BODY, HEADERS, HELLO, RESPONSE, Close, FaultServer, Flood, Hang, Raw, Reply, Reset,
)  # fmt: skip
from support.servers.full_backlog import FullBacklog
from support.servers.http2_server import Disconnect, GoAway, HalfAnswer, Http2Server, LimitStreams, ResetStream
from support.servers.http2_server import Reply as Http2Reply
from support.servers.proxy import Proxy
from support.servers.tls import Certificates


@pytest.fixture(scope="module")
def certificates():
    with Certificates() as made:
        yield made


def test_the_fault_server_answers_as_the_contract_and_records_what_came():
    with FaultServer() as server:
        status, answer = post(server.url, event(eventId="7"))
        assert (status, answer["data"]["data"]["eventId"]) == (200, "7")
        (request,) = server.requests
        assert (request.method, request.connection, request.complete) == ("POST", 1, True)
        assert json.loads(request.body) == event(eventId="7")


@pytest.mark.parametrize("stage", [HEADERS, BODY, RESPONSE])
@pytest.mark.parametrize(("action", "error"), [(Reset, ConnectionResetError), (Close, http.client.HTTPException)])
def test_a_connection_is_cut_at_the_stage_that_the_script_names(stage, action, error):
    with FaultServer([action(stage)]) as server:
        with pytest.raises(error):
            exchange(server.url, event())
        assert server.requests[0].complete == (stage != HEADERS)
        assert post(server.url, event())[0] == 200


@pytest.mark.parametrize("stage", [ACCEPT, HELLO])
def test_a_connection_is_reset_before_a_request_is_read(stage):
    with FaultServer(on_accept=[Reset(stage)]) as server:
        with pytest.raises(ConnectionError):
            exchange(server.url, event())
        assert (server.connections, server.requests) == (1, [])
        assert post(server.url, event())[0] == 200


@pytest.mark.parametrize("script", [{"on_accept": [Hang(ACCEPT)]}, {"script": [Hang(HEADERS)]}, {"script": [Hang(BODY)]}])
def test_a_hanging_connection_stays_open_without_an_answer(script):
    with FaultServer(**script) as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")
        server.wait_until(lambda: server.connections == 1)
        client.settimeout(0.05)
        with pytest.raises(socket.timeout):
            client.recv(1)


def test_answers_can_lie_stutter_and_flood():
    script = [
        Reply(declared_length=1000), Raw(b"\x00\x01garbage\r\n\r\n"), Reply(interval=0.0001, body=b"slow"),
        Flood(3_000_000), Reply(503, {"Retry-After": "1"}, b""), Reply(informational=50),
    ]  # fmt: skip
    with FaultServer(script) as server:
        with pytest.raises(http.client.IncompleteRead):
            exchange(server.url, event())
        with pytest.raises(http.client.BadStatusLine):
            exchange(server.url, event())
        assert exchange(server.url, event())[2] == b"slow"
        assert len(exchange(server.url, event())[2]) == 3_000_000
        status, headers, body = exchange(server.url, event())
        assert (status, headers["Retry-After"], body) == (503, "1", b"")
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert (answer.count(b"HTTP/1.1 103 "), answer.count(b"HTTP/1.1 200 ")) == (50, 1)


def test_a_kept_connection_closes_without_having_said_so():
    with FaultServer([Reply(), Reply(close=True)]) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for _ in range(2):
            connection.request("POST", "/", b"{}")
            response = connection.getresponse()
            response.read()
            assert response.getheader("Connection") is None
        assert connection.sock.recv(1) == b""
        connection.close()
        assert server.connections == 1


def test_a_script_can_look_at_the_body():
    def script(request):
        server.read_body(request)
        return Reply(500 if b"bad" in request.body else 200)

    with FaultServer(script) as server:
        assert [post(server.url, event(eventId=name))[0] for name in ("good", "bad")] == [200, 500]


def test_a_chunked_request_is_read_whole():
    with FaultServer() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("POST", "/", iter([b"ab", b"cde"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        assert connection.getresponse().status == 200
        connection.close()
        assert server.requests[0].body == b"abcde"


def test_nothing_connects_to_a_full_backlog():
    with FullBacklog() as target, pytest.raises(socket.timeout):
        socket.create_connection(("127.0.0.1", target.port), timeout=0.05)


def test_a_good_certificate_is_trusted(certificates):
    with FaultServer(tls=certificates.server_context()) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=certificates.client_context(), timeout=30)
        connection.request("POST", "/", b"{}")
        assert connection.getresponse().status == 200
        connection.close()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("expired", "expired"), ("wrong_host", "mismatch"), ("unknown_authority", "unable to get local issuer|self.signed")],
)
def test_a_bad_certificate_is_bad_in_its_one_way(certificates, kind, reason):
    with FaultServer(tls=certificates.server_context(kind)) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=certificates.client_context(), timeout=30)
        with pytest.raises(ssl.SSLCertVerificationError, match=reason):
            connection.connect()
        assert server.requests == []


def test_a_handshake_is_cut(certificates):
    with FaultServer(tls=certificates.server_context(), on_accept=[Reset(HELLO)]) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=certificates.client_context(), timeout=30)
        with pytest.raises(OSError):
            connection.connect()


def shake_hands(server, certificates):
    """A connection's TLS, with an authority that is trusted. Raises ssl.SSLError."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain:
        certificates.client_context().wrap_socket(plain, server_hostname="127.0.0.1").close()


def test_a_handshake_is_answered_with_bytes(certificates):
    with FaultServer(tls=certificates.server_context(), on_accept=[Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")]) as server:
        with pytest.raises(ssl.SSLError):
            shake_hands(server, certificates)
        assert server.requests == []


def test_a_certificate_is_chosen_for_each_connection(certificates):
    def context(number):
        return certificates.server_context("expired" if number == 1 else "good")

    with FaultServer(tls=context) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(server, certificates)
        shake_hands(server, certificates)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_server_of_an_old_tls_version_is_refused_by_a_client_of_today(certificates):
    context = certificates.server_context(minimum=ssl.TLSVersion.TLSv1, maximum=ssl.TLSVersion.TLSv1_1)
    with FaultServer(tls=context) as server:
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=certificates.client_context(), timeout=30)
        with pytest.raises(ssl.SSLError):
            connection.connect()


class Http2Client:
    """Sends requests on one connection and collects what happens."""

    def __init__(self, server, certificates):
        context = certificates.client_context()
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        self._socket = context.wrap_socket(plain, server_hostname="127.0.0.1")
        self._h2 = h2.connection.H2Connection()
        self._h2.initiate_connection()
        self._flush()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._socket.close()

    def request(self, at_once=True):
        """Sends a request, or leaves it to go out together with the next one, and returns its stream."""
        stream = self._h2.get_next_available_stream_id()
        headers = [(":method", "POST"), (":path", "/"), (":scheme", "https"), (":authority", "x")]
        self._h2.send_headers(stream, headers)
        self._h2.send_data(stream, b'{"eventId":"%d"}' % stream, end_stream=True)
        if at_once:
            self._flush()
        return stream

    def until(self, kind):
        """Reads until an event of this kind and returns it."""
        while True:
            data = self._socket.recv(65536)
            assert data, f"ended before {kind.__name__}"
            events = self._h2.receive_data(data)
            self._flush()
            for happened in events:
                if isinstance(happened, kind):
                    return happened

    def drain(self):
        """Reads the connection to its end, below TLS, where Python may take a reset for an end."""
        while socket.socket.recv(self._socket, 65536):
            pass

    def frames(self):
        """Type and stream of every frame until the server ends the connection."""
        data = b"".join(iter(lambda: self._socket.recv(65536), b""))
        found = []
        while data:
            found.append((data[3], int.from_bytes(data[5:9], "big")))
            data = data[9 + int.from_bytes(data[:3], "big") :]
        return found

    def _flush(self):
        self._socket.sendall(self._h2.data_to_send())


def test_the_http2_server_answers_and_records(certificates):
    with Http2Server(certificates.server_context(alpn=["h2"])) as server, Http2Client(server, certificates) as client:
        stream = client.request()
        assert client.until(h2.events.StreamEnded).stream_id == stream
        (request,) = server.requests
        assert (request.method, request.body, request.concurrent) == ("POST", b'{"eventId":"1"}', 1)


def test_the_http2_server_answers_late_requests_in_the_order_of_their_delays(certificates):
    script = [Http2Reply(delay=0.2), Http2Reply(delay=0.0)]
    with Http2Server(certificates.server_context(alpn=["h2"]), script) as server, Http2Client(server, certificates) as client:
        first, second = client.request(at_once=False), client.request()
        assert client.until(h2.events.StreamEnded).stream_id == second
        assert client.until(h2.events.StreamEnded).stream_id == first
        assert server.most_streams == 2


def test_the_http2_server_resets_a_stream_and_lowers_its_limit(certificates):
    script = [ResetStream(), LimitStreams(3)]
    with Http2Server(certificates.server_context(alpn=["h2"]), script) as server, Http2Client(server, certificates) as client:
        stream = client.request()
        assert client.until(h2.events.StreamReset).stream_id == stream
        client.request()
        changed = client.until(h2.events.RemoteSettingsChanged).changed_settings
        assert [setting.new_value for setting in changed.values()] == [3]


def test_the_http2_server_raises_its_limit_again_after_a_while(certificates):
    script = [Http2Reply(), LimitStreams(0, seconds=0.05)]
    with Http2Server(certificates.server_context(alpn=["h2"]), script) as server, Http2Client(server, certificates) as client:
        client.request()
        client.until(h2.events.StreamEnded)
        client.request()
        limits = [client.until(h2.events.RemoteSettingsChanged).changed_settings for _ in range(2)]
        assert [setting.new_value for limit in limits for setting in limit.values()] == [0, 100]


def test_the_http2_server_ends_an_answer_half_way(certificates):
    with Http2Server(certificates.server_context(alpn=["h2"]), [HalfAnswer()]) as server:
        with Http2Client(server, certificates) as client:
            stream = client.request()
            assert client.until(h2.events.StreamReset).stream_id == stream


def test_the_http2_server_closes_without_a_goaway(certificates):
    with Http2Server(certificates.server_context(alpn=["h2"]), [Disconnect()]) as server:
        with Http2Client(server, certificates) as client:
            client.request()
            with pytest.raises(AssertionError):
                client.until(h2.events.StreamEnded)


def test_the_http2_server_resets_a_connection(certificates):
    with Http2Server(certificates.server_context(alpn=["h2"]), [Disconnect(reset=True)]) as server:
        with Http2Client(server, certificates) as client:
            client.request()
            with pytest.raises(ConnectionResetError):
                client.drain()


@pytest.mark.parametrize("answered", [True, False])
def test_the_http2_server_says_goodbye_and_answers_what_was_asked_before(certificates, answered):
    headers, goodbye = 1, 7
    script = [Http2Reply(delay=0.1), GoAway(answered=answered)]
    with Http2Server(certificates.server_context(alpn=["h2"]), script) as server, Http2Client(server, certificates) as client:
        first, second, third = client.request(at_once=False), client.request(at_once=False), client.request()
        frames = client.frames()
    assert frames.index((goodbye, 0)) < frames.index((headers, first))
    assert ((headers, second) in frames) == answered
    assert (headers, third) not in frames
    assert len(server.requests) == 2


def test_the_proxy_passes_both_forms_on():
    with FaultServer() as target, Proxy(credential="u:p") as proxy:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
        authorization = {"Proxy-Authorization": "Basic dTpw"}
        connection.request("POST", target.url + "/x?y=1", b"{}", authorization)
        assert connection.getresponse().status == 200
        connection.close()
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
        connection.set_tunnel("127.0.0.1", target.port, authorization)
        connection.request("POST", "/z", b"{}")
        assert connection.getresponse().status == 200
        connection.close()
        assert [request.target for request in target.requests] == ["/x?y=1", "/z"]
        assert "proxy-authorization" not in target.requests[0].headers
        assert [(passed.request.method, passed.status) for passed in proxy.requests] == [("POST", None), ("CONNECT", None)]


@pytest.mark.parametrize(
    ("options", "status"), [({"credential": "u:p"}, 407), ({"refuse": 403}, 403), ({}, 502)]
)
def test_the_proxy_refuses(options, status):
    with Proxy(**options) as proxy:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
        connection.request("POST", "http://elsewhere.example/", b"{}")
        assert connection.getresponse().status == status
        connection.close()
        assert proxy.requests[0].status == status


def test_the_proxy_refuses_and_hangs_up_by_number():
    chosen = {"refuse": lambda number: 503 if number == 1 else None, "on_accept": {2: Reset(ACCEPT)}.get}
    with FaultServer() as target, Proxy(**chosen) as proxy:

        def status():
            connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
            try:
                connection.request("POST", target.url, b"{}")
                return connection.getresponse().status
            finally:
                connection.close()

        assert status() == 503
        with pytest.raises(OSError):
            status()
        assert status() == 200
