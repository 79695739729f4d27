"""Visitors: HTTP/1 byte by byte, and HTTP/2 with several streams."""

import re
import socket
import struct

import h2.config
import h2.connection
import h2.events

PATIENCE = 60


def connect(port, host="127.0.0.1", tls=None):
    """A connection to a port, or to a Unix socket when `port` is a path."""
    if isinstance(port, int):
        connection = socket.create_connection((host, port), PATIENCE)
    else:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        connection.connect(str(port))
    return tls.wrap_socket(connection, server_hostname="localhost") if tls else connection


def exchange(connection, data):
    """Sends bytes, reads until the server closes the connection, and returns what it sent."""
    with connection:
        connection.sendall(data)
        parts = []
        try:
            while part := connection.recv(65536):
                parts.append(part)
        except ConnectionResetError:
            pass  # What it had not read was on the way when it closed.
        return b"".join(parts)


def reset(connection):
    """Ends a connection with a reset: nobody is there any more."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def statuses(answer):
    """The statuses of all responses in these bytes; 0 for a page without any, as HTTP/0.9 has it."""
    found = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]
    return found or ([0] if answer else [])


def http2(connection, requests):
    """Sends requests, each a list of header fields, at once on one HTTP/2 connection; returns their statuses in their order."""
    with connection:
        h2c = h2.connection.H2Connection(
            h2.config.H2Configuration(
                client_side=True, header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False
            )
        )
        h2c.initiate_connection()
        streams = {}
        for fields in requests:
            stream = h2c.get_next_available_stream_id()
            h2c.send_headers(stream, fields, end_stream=True)
            streams[stream] = None
        connection.sendall(h2c.data_to_send())
        open_streams = set(streams)
        while open_streams:
            for event in h2c.receive_data(_received(connection)):
                if isinstance(event, h2.events.ResponseReceived):
                    streams[event.stream_id] = int(dict(event.headers)[b":status"])
                elif isinstance(event, h2.events.DataReceived):
                    h2c.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                    open_streams.discard(event.stream_id)
            connection.sendall(h2c.data_to_send())
        h2c.close_connection()
        connection.sendall(h2c.data_to_send())
        return list(streams.values())


def _received(connection):
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
