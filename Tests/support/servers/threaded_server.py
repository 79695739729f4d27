"""What the servers have in common: a listener, a thread per connection, and an orderly end."""

import ctypes
import os
import socket
import struct
import threading
import time

from .actions import Hang, Reset

# Seconds. Only a test that fails waits this long; a rig whose tests have to fail may ask for less.
PATIENCE = int(os.environ.get("DELIVERY_TEST_PATIENCE") or 60)
# linux/filter.h: a program of one instruction, "let nothing of it through".
SO_ATTACH_FILTER = 26
DROP_ALL = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))


class ThreadedServer:
    """Listens on 127.0.0.1 and runs `serve(connection, number)` in a thread for each connection.

    Use it with `with`: at the end every connection is closed and every thread joined. An exception in a thread that
    is not about the network is raised there, so that a mistake in a script fails its test.
    """

    scheme = "http"

    def __init__(self):
        self.connections = 0
        self.stopping = threading.Event()
        # Guards what the threads record, and is notified whenever something is.
        self.changed = threading.Condition()
        self._open, self._threads, self._failure = set(), [], None
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    @property
    def url(self):
        """The server's address without a path."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def __enter__(self):
        self._listener.listen(1024)
        self._start(self._accept)
        return self

    def __exit__(self, kind, error, traceback):
        self.stopping.set()
        _shut_down(self._listener)
        self._listener.close()
        with self.changed:
            connections, threads = list(self._open), list(self._threads)
        for connection in connections:
            _shut_down(connection)
        deadline = time.monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                raise RuntimeError(f"{thread.name} did not end")
        if self._failure is not None and error is None:
            raise self._failure

    def wait_until(self, condition, timeout=PATIENCE):
        """Waits until `condition()` holds, which is asked whenever something is recorded. Raises TimeoutError."""
        with self.changed:
            if not self.changed.wait_for(condition, timeout):
                raise TimeoutError(f"not within {timeout} s")

    def serve(self, connection, number):
        """Serves one connection, the first being number 1. It is closed afterwards."""
        raise NotImplementedError

    def cut(self, connection, action):
        """Ends a connection as a Reset or Close says, or holds it until the server ends, as a Hang does. Returns False."""
        if isinstance(action, Hang):
            self.stopping.wait()
        elif self.stopping.wait(action.delay):
            pass
        elif isinstance(action, Reset):
            reset(connection)
        else:
            # Closing with unread data would be a reset.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        return False

    def fall_silent(self, connection, silence):
        """Holds a connection until the server ends, as a Silence says. Returns False."""
        if silence.gone:
            # The kernel drops what comes for this socket before TCP sees it: no acknowledgement, and no reset.
            program = struct.pack("@HP", 1, ctypes.addressof(DROP_ALL))
            connection.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
        self.stopping.wait()
        return False

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True, name=f"{type(self).__name__} thread")
        with self.changed:
            self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.connections += 1
                number = self.connections
                self._open.add(connection)
                self.changed.notify_all()
            self._start(self._run, connection, number)

    def _run(self, connection, number):
        try:
            self.serve(connection, number)
        except OSError:
            pass  # The other side went away, or the test is over.
        except Exception as error:
            with self.changed:
                self._failure = self._failure or error
        finally:
            with self.changed:
                self._open.discard(connection)
                self.changed.notify_all()
            connection.close()


def reset(connection):
    """Closes a connection so that the other side gets a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _shut_down(connection):
    """Wakes whoever reads from, writes to or accepts on it."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass
