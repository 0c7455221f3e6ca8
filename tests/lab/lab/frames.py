"""What was recorded of a cable, read frame by frame."""

import pathlib
import socket
import struct

NEIGHBOUR_ADVERTISEMENT = 136


def frames(path):
    """(time, bytes) of every whole frame of a capture."""
    data = pathlib.Path(path).read_bytes() if pathlib.Path(path).exists() else b""
    at = 24
    while at + 16 <= len(data):
        seconds, micros, size, _ = struct.unpack("<IIII", data[at:at + 16])
        if at + 16 + size > len(data):
            return
        yield seconds + micros / 1e6, data[at + 16:at + 16 + size]
        at += 16 + size


def packet_of(frame):
    """(protocol, source, destination, payload) of a packet of either family, or None. Extension headers are not looked behind."""
    kind, size = frame[12:14], len(frame)
    if kind == b"\x08\x00" and size >= 34:
        return frame[23], socket.inet_ntop(socket.AF_INET, frame[26:30]), socket.inet_ntop(socket.AF_INET, frame[30:34]), frame[14 + (frame[14] & 15) * 4:]
    if kind == b"\x86\xdd" and size >= 54:
        return frame[20], socket.inet_ntop(socket.AF_INET6, frame[22:38]), socket.inet_ntop(socket.AF_INET6, frame[38:54]), frame[54:]
    return None


def speaks_as(frame, addresses):
    """Whether a frame has one of the addresses as its source, or tells neighbours who has it."""
    if frame[12:14] == b"\x08\x06":
        return socket.inet_ntop(socket.AF_INET, frame[28:32]) in addresses
    packet = packet_of(frame)
    if packet is None:
        return False
    protocol, source, _, body = packet
    tells = protocol == socket.IPPROTO_ICMPV6 and len(body) >= 24 and body[0] == NEIGHBOUR_ADVERTISEMENT
    return source in addresses or (tells and socket.inet_ntop(socket.AF_INET6, body[8:24]) in addresses)
