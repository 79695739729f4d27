"""The interrupt signal, as a program has it that was started from a terminal."""

import signal


def restore_interrupt():
    """Gives SIGINT Python's handler again where the shell that started us has set it to be ignored, as shells do for jobs in
    the background. Every process started from then on has the default action, which tests of interrupts rely on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
