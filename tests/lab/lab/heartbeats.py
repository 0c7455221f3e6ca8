"""What comes between the two gateways of a pair: their heartbeats recorded, said again, lost and delayed."""

import contextlib
import select
import socket
import time

from lab.wait import wait_until

PORT = 4512  # of [ha], unless the file says otherwise
EVERY_FRAME = 3  # ETH_P_ALL


def record(site, gateway, count=5):
    """Whole frames of heartbeats that the gateway sends on the LAN."""
    found = []
    with _port(site, gateway) as port:
        def more():
            while select.select([port], [], [], 0)[0]:
                frame, where = port.recvfrom(2048)
                if where[2] != socket.PACKET_OUTGOING and frame[12:14] == b"\x08\x00" and frame[23] == 17 and frame[36:38] == PORT.to_bytes(2, "big"):
                    found.append(frame)
            return len(found) >= count
        wait_until(more, f"{gateway.machine.name} sends heartbeats on the LAN")
    return found[:count]


def say(site, to, frames):
    """Puts frames on the cable that leads to the gateway from the LAN. Without a UDP checksum: that of a frame recorded on a
    veth was never made."""
    target = bytes.fromhex(to.machine.run("cat", "/sys/class/net/lan0/address", quiet=True).strip().replace(":", ""))
    with _port(site, to) as port:
        for frame in frames:
            port.send(target + frame[6:40] + bytes(2) + frame[42:])


@contextlib.contextmanager
def _port(site, gateway):
    with site.machines["lan"].socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_FRAME)) as port:
        port.bind((gateway.machine.name, EVERY_FRAME))
        yield port


@contextlib.contextmanager
def deaf(gateway):
    """It hears no heartbeat, by no path, and is heard."""
    gateway.machine.run("nft", "-f", "-", stdin=f"table inet deaf {{\nchain in {{\ntype filter hook input priority -400;\nudp dport {PORT} drop\n}}\n}}\n")
    try:
        yield
    finally:
        gateway.machine.run("nft", "delete table inet deaf")


@contextlib.contextmanager
def shaped(site, how):
    """What both gateways send to each other and to the LAN goes through netem."""
    machines = [gateway.machine for gateway in site.gateways.values()]
    for machine in machines:
        for link in ("sync0", "lan0"):
            machine.run(f"tc qdisc add dev {link} root netem {how}")
    try:
        yield
    finally:
        for machine in machines:
            for link in ("sync0", "lan0"):
                machine.run(f"tc qdisc del dev {link} root")
