"""What the standard library leaves out of starting processes."""

import ctypes
import signal

libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """To be called in the child: it is killed when the thread that started it ends, however that came about."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
