"""A pair of gateways with many connections: each to an address of the peer's own, and to a network of its own behind it."""

import dataclasses
import socket
import struct
import time

from lab.kernels import ROOT
from lab.pair import PairSite, SHARED_WAN
from lab.traffic import ECHO_REPLY, ECHO_REQUEST, FILTER, Traffic
from lab.tunnel import Tunnel
from lab.wait import wait_until

# Emulated machines are slow: silence of 10 s, of which a gateway may stand still for 5.
HA = """first  = "10.255.0.1"
second = "10.255.0.2"
interval = "1s"
lost = 10
secret = { file = "/etc/linkspan/ha.key" }
"""
PATIENT = 1800  # seconds, for all of them to be negotiated, copied or renewed
# What is asked of a slow machine is not to be asked again at once, and each line of a log costs it time.
SETTINGS = """  retransmit_timeout = 60.0
  half_open_timeout = 1800
  filelog { stderr { default = 0
    ike = 0
    cfg = 0 } }
"""


@dataclasses.dataclass(frozen=True)
class Branch(Tunnel):
    """Connection `number` of many."""
    number: int = 0
    interface: str = "xfrm"
    dpd_delay: str = "1h"

    @property
    def peer_address(self):
        return f"198.18.{self.number // 250}.{self.number % 250 + 1}"

    @property
    def way(self):
        return f'interface      = "{self.interface}"'

    @property
    def psk_file(self):
        return "/etc/linkspan/many.psk"

    @property
    def far_subnets(self):
        return [self._network + ".0/24"]

    @property
    def _network(self):
        return f"10.{64 + self.number // 256}.{self.number % 256}"

    def swanctl(self, start="none", **more):
        return super().swanctl(start, **more).replace("dpd_delay = 5s", "dpd_delay = 1h")

    def cloud(self, family=None):
        """An address of the peer itself, behind this connection alone."""
        return self._network + ".1"


def branches(count, **options):
    return [Branch(name=f"site-{number:04}", number=number, **options) for number in range(count)]


class PairOfMany(PairSite):
    PEER_SETTINGS = SETTINGS + "  install_routes = no\n  dos_protection = no\n"  # many half-open IKE_SAs from one address are an attack to strongSwan

    def __init__(self, lab, tunnels):
        super().__init__(lab, *tunnels, ha_text=HA)
        self.sample = tunnels[::max(1, len(tunnels) // 4)][:4]
        shipped = (ROOT / "systemd" / "strongswan.conf").read_text()
        for gateway in self.gateways.values():
            gateway.machine.write("/run/strongswan.conf", shipped + "charon {\n" + SETTINGS + "}\n", quiet=True)
            gateway.charon.conf = "/run/strongswan.conf"

    def _cable(self):
        super()._cable()
        self.peer.ip("".join(f"address add {t.peer_address}/32 dev lo\n" for t in self.tunnels) + "route add local 10.64.0.0/10 dev lo\n" +
                     f"route add 10.1.0.0/16 via {SHARED_WAN}\n")

    def wait_up(self, gateway):
        wanted = {t.name for t in self.tunnels}
        wait_until(lambda: {c["name"] for c in gateway.status().get("connections", []) if c["state"] == "up"} == wanted,
                   f"{len(wanted)} connections are up", deadline=PATIENT, every=2)

    def wait_for_copies(self):
        super().wait_for_copies(PATIENT)

    def wait_for_quiet(self):
        super().wait_for_quiet(PATIENT)

    def pings(self, deadline=30.0):
        """Through every tunnel."""
        return not silent(self.host, [t.cloud() for t in self.tunnels], deadline)

    def traffic(self, rate=8):
        """Over some of the tunnels, so many packets a second together."""
        return Sample([Traffic(self.host, t.cloud(), rate / len(self.sample)) for t in self.sample])


class Sample:
    """Several streams of echo requests, as one account."""

    def __init__(self, streams):
        self.streams = streams

    @property
    def sent(self):
        return sum(stream.sent for stream in self.streams)

    @property
    def answered(self):
        return sum(stream.answered for stream in self.streams)

    def wait_for_more(self, what):
        """Until some more have been answered on each."""
        before = [stream.answered for stream in self.streams]
        wait_until(lambda: all(s.answered > b + 5 for s, b in zip(self.streams, before)), what)

    def stop(self):
        return [stream.stop() for stream in self.streams]


def silent(machine, addresses, deadline):
    """One echo request to each; those that have not answered `deadline` seconds after the last one."""
    with machine.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as port:
        port.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)  # SO_RCVBUFFORCE
        port.setsockopt(*FILTER)
        waiting, identifier = set(addresses), IDENTIFIER
        for address in addresses:
            head = struct.pack("!BBHHH", ECHO_REQUEST[4], 0, 0, identifier, 0)
            total = sum(struct.unpack("!4H", head))
            port.sendto(struct.pack("!BBHHH", ECHO_REQUEST[4], 0, 0xffff - total % 0xffff, identifier, 0), (address, 0))
            _hear(port, waiting, 0)
        end = time.monotonic() + deadline
        while waiting and time.monotonic() < end:
            _hear(port, waiting, end - time.monotonic())
        return waiting


def _hear(port, waiting, seconds):
    port.settimeout(max(seconds, 0.0))
    try:
        packet, (address, _) = port.recvfrom(2048)
        kind, identifier = packet[20], int.from_bytes(packet[24:26], "big")
        if kind == ECHO_REPLY[4] and identifier == IDENTIFIER:
            waiting.discard(address)
    except (BlockingIOError, TimeoutError):
        pass


IDENTIFIER = 0x4b00  # of no lab.traffic.Echo
