"""One command to a charon by its VICI socket, without a program's start: two ends can be told in the same moment."""

import socket
import struct

REQUEST, KEY_VALUE = 0, 3


def _element(key, value):
    return struct.pack("!BB", KEY_VALUE, len(key)) + key.encode() + struct.pack("!H", len(value)) + value.encode()


def command(charon, name, **values):
    """Sends `name` with `values`; what charon answers, as bytes."""
    packet = struct.pack("!BB", REQUEST, len(name)) + name.encode()
    packet += b"".join(_element(key.replace("_", "-"), str(value)) for key, value in values.items())
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(charon.machine.path(charon.socket))
        connection.sendall(struct.pack("!I", len(packet)) + packet)
        size, = struct.unpack("!I", connection.recv(4, socket.MSG_WAITALL))
        return connection.recv(size, socket.MSG_WAITALL)
