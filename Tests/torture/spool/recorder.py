"""A server that notes each event's id and answers as the contract says, in one thread: the hosts need most of the machine.

    with Recorder() as recorder:
        recorder.fail(503)   # from now on; nothing is noted
        recorder.refuse()    # from now on; no connection is made
        recorder.accept()    # as at the start
        recorder.counts      # how often each id arrived and was answered with 200
"""

import collections
import re
import selectors
import socket
import threading

from support.servers.contract import body_for

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
IDENTIFIER = re.compile(rb'"eventId":"([^"]*)"')
PAGE = re.compile(rb'"href":"([^"]*)"')
RECEIVE_BYTES = 1 << 18


class Recorder:
    def __init__(self):
        self.counts = collections.Counter()
        # The addresses of the pages.
        self.pages = set()
        # How many connections were closed while a request of theirs may have been under way.
        self.closed = 0
        self._status, self._wanted, self._done = 200, None, threading.Event()
        self._selector = selectors.DefaultSelector()
        self._waker, self._wake = socket.socketpair()
        self._listener = self._listening(0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._selector.register(self._waker, selectors.EVENT_READ)
        self._buffers = {}
        self._thread = threading.Thread(target=self._run, name="recorder")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ask("end")
        self._thread.join()
        self._close_all()
        for one in (self._listener, self._waker, self._wake):
            one.close()
        self._selector.close()

    def accept(self):
        self._ask(200)

    def fail(self, status):
        self._ask(status)

    def refuse(self):
        self._ask("refuse")

    def _ask(self, what):
        """Has the thread do it, and waits until it did."""
        self._wanted = what
        self._done.clear()
        self._wake.send(b".")
        assert self._done.wait(60), "the recorder hangs"

    def _listening(self, port):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(1024)
        self._selector.register(listener, selectors.EVENT_READ)
        return listener

    def _run(self):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._waker:
                    self._waker.recv(64)
                    if self._wanted == "end":
                        self._done.set()
                        return
                    self._change(self._wanted)
                # One of those before may have closed it.
                elif key.fileobj is self._listener and self._listener.fileno() >= 0:
                    self._connect()
                elif key.fileobj in self._buffers:
                    self._read(key.fileobj)

    def _change(self, wanted):
        if wanted == "refuse":
            self._close_all()
            self._selector.unregister(self._listener)
            self._listener.close()
        else:
            self._status = wanted
            if self._listener.fileno() < 0:
                self._listener = self._listening(self.port)
        self._done.set()

    def _connect(self):
        connection, _ = self._listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffers[connection] = b""
        self._selector.register(connection, selectors.EVENT_READ)

    def _close_all(self):
        self.closed += len(self._buffers)
        for connection in list(self._buffers):
            self._close(connection)

    def _close(self, connection):
        del self._buffers[connection]
        self._selector.unregister(connection)
        connection.close()

    def _read(self, connection):
        try:
            data = connection.recv(RECEIVE_BYTES)
            if not data:
                self._close(connection)
                return
            self._buffers[connection] = self._answer(connection, self._buffers[connection] + data)
        except ConnectionError:
            self._close(connection)

    def _answer(self, connection, data):
        """Answers the requests that are complete, and returns the rest."""
        while True:
            end = data.find(b"\r\n\r\n")
            length = LENGTH.search(data, 0, end) if end >= 0 else None
            if length is None or len(data) < end + 4 + int(length[1]):
                return data
            size = end + 4 + int(length[1])
            body, data = data[end + 4 : size], data[size:]
            # Noted first: the host may be killed with the answer.
            if self._status == 200:
                self.pages.add(PAGE.search(body)[1].decode())
                self.counts[IDENTIFIER.search(body)[1].decode()] += 1
            answer = body_for(self._status, body)
            head = f"HTTP/1.1 {self._status} -\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
            connection.sendall(head.encode() + answer)
