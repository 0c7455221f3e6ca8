"""ESP on the last stretch of its way to the gateway: recorded, said again, and said otherwise."""

import contextlib
import select
import socket

from lab.wait import wait_until

EVERY_FRAME = 3  # ETH_P_ALL
PROTOCOL, ESP, SEQUENCE = 23, 50, slice(38, 42)  # behind 14 bytes of Ethernet and 20 of IPv4


@contextlib.contextmanager
def _port(site):
    with site.wan.machine.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_FRAME)) as port:
        port.bind(("gateway", EVERY_FRAME))
        yield port


def record(site, send):
    """The frame that carries what `send` has the peer's side send."""
    with _port(site) as port:
        def heard():
            send()
            while select.select([port], [], [], 0)[0]:
                frame, where = port.recvfrom(4096)
                if where[2] == socket.PACKET_OUTGOING and frame[12:14] == b"\x08\x00" and frame[PROTOCOL] == ESP:
                    return frame
            return None
        return wait_until(heard, "ESP comes to the gateway")


def say(site, *frames):
    with _port(site) as port:
        for frame in frames:
            port.send(frame)


def forged(frame):
    """Somebody without the key says that it is a later one."""
    later = int.from_bytes(frame[SEQUENCE], "big") + 1_000
    return frame[:SEQUENCE.start] + later.to_bytes(4, "big") + frame[SEQUENCE.stop:]
