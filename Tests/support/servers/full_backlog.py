"""A port that never completes a connection, as of a host behind a firewall that drops packets."""

import socket


class FullBacklog:
    """Listens, accepts nothing, and has filled its own queue: the kernel drops what else wants to connect."""

    def __enter__(self):
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._fillers = []
        for _ in range(4):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self._fillers.append(filler)
        return self

    def __exit__(self, kind, error, traceback):
        for filler in self._fillers:
            filler.close()
        self._listener.close()
