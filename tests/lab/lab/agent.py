"""What the agent answers on its private socket, asked from here: without a program's start it can be asked often."""

import ctypes
import ctypes.util
import socket

SOCKET = "/run/linkspan/private"
SERVICE, OBJECT = b"org.linkspan.Gateway1", b"/org/linkspan/Gateway1"

sd_bus = ctypes.CDLL(ctypes.util.find_library("systemd") or "libsystemd.so.0")
_bus, _message = ctypes.c_void_p, ctypes.c_void_p
sd_bus.sd_bus_call_method.argtypes = [_bus, *[ctypes.c_char_p] * 4, ctypes.c_void_p, ctypes.POINTER(_message), ctypes.c_char_p]
sd_bus.sd_bus_set_fd.argtypes = [_bus, ctypes.c_int, ctypes.c_int]
sd_bus.sd_bus_message_read_basic.argtypes = [_message, ctypes.c_char, ctypes.POINTER(ctypes.c_char_p)]
for _name in ("sd_bus_start", "sd_bus_close_unref", "sd_bus_message_unref"):
    getattr(sd_bus, _name).argtypes = [ctypes.c_void_p]
sd_bus.sd_bus_close_unref.restype = sd_bus.sd_bus_message_unref.restype = ctypes.c_void_p


def ask(machine, method):
    """The JSON text that `method`, one without arguments, answers; None while no agent answers, or it refuses."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(machine.path(SOCKET))
        except OSError:
            return None
        bus = ctypes.c_void_p()
        if sd_bus.sd_bus_new(ctypes.byref(bus)) < 0:
            return None
        try:
            return _answer(bus, connection, method)
        finally:
            sd_bus.sd_bus_close_unref(bus)


def _answer(bus, connection, method):
    number = connection.detach()  # the bus closes it
    if sd_bus.sd_bus_set_fd(bus, number, number) < 0 or sd_bus.sd_bus_start(bus) < 0:
        return None
    reply, text = ctypes.c_void_p(), ctypes.c_char_p()
    if sd_bus.sd_bus_call_method(bus, SERVICE, OBJECT, SERVICE, method.encode(), None, ctypes.byref(reply), b"") < 0:
        return None
    try:
        return text.value.decode() if sd_bus.sd_bus_message_read_basic(reply, b"s", ctypes.byref(text)) > 0 else None
    finally:
        sd_bus.sd_bus_message_unref(reply)
