# SPDX-License-Identifier: Apache-2.0
"""Terminals for programs under test."""

import fcntl
import os
import pty
import struct
import termios


def read_all(descriptor):
    """What comes until the other side is closed."""
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:
            part = b""
        if not part:
            os.close(descriptor)
            return b"".join(parts)
        parts.append(part)


def open_terminal(columns=80):
    """A terminal of this width: our side, and the program's."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return leader, follower
