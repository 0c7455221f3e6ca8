"""Sites behind mapped NAT: the networks behind the far ends are the same as ours, and as each other's.

    what          here              in the packets, and for the peer
    our hosts     10.1.0.0/16       100.64.0.0/16   for every peer
    site n        100.(65+n)/16     10.1.0.0/16     its host is 10.1.0.10, as ours is
"""

import dataclasses
import socket

from lab.site import LAN
from lab.tunnel import Tunnel, toml_list

REAL = {4: "10.1.0.0/16", 6: "fd00:1::/48"}
OURS_THERE = {4: "100.64.0.0/16", 6: "fd64::/48"}
HOST_THERE = {4: "100.64.0.10", 6: "fd64::10"}


@dataclasses.dataclass(frozen=True)
class Mapped(Tunnel):
    moved: bool = False  # our hosts call the site otherwise
    ours: int = 64       # the site calls our network 100.64.0.0/16

    @property
    def number(self):
        return 65 + self.at + 20 * self.moved

    @property
    def virtual(self):
        return {4: f"100.{self.number}.0.0/16", 6: f"fd{self.number}::/48"}

    def cloud(self, family=None):
        """The site's host, as our hosts call it."""
        return {4: f"100.{self.number}.0.10", 6: f"fd{self.number}::10"}[family or self.inner[0]]

    @property
    def ours_there(self):
        """Our network, as the site calls it."""
        return {4: f"100.{self.ours}.0.0/16", 6: f"fd{self.ours}::/48"}

    def host(self, family=None):
        """Our host, as the site calls it."""
        return {4: f"100.{self.ours}.0.10", 6: f"fd{self.ours}::10"}[family or self.inner[0]]

    @property
    def far_subnets(self):
        return [REAL[f] for f in self.inner]

    @property
    def toml(self):
        pairs = lambda there: ", ".join(f'"{REAL[f]}" = "{there[f]}"' for f in self.inner)
        return super().toml + f"\n[connection.nat]\nlocal  = {{ {pairs(self.ours_there)} }}\nremote = {{ {pairs(self.virtual)} }}\n"

    @property
    def tunnel_addresses(self):
        return toml_list(f"169.254.{21 + self.at}.2/30" if f == 4 else f"fd99:{self.at}::2/64" for f in self.inner)

    def swanctl(self, start="none", near="", **more):
        return super().swanctl(start, near=near or ", ".join(self.ours_there[f] for f in self.inner), **more)


def same_networks(site):
    """Every site gets our own addresses, its host that of our host."""
    for peer, cloud in zip(site.peers, site.clouds):
        for machine, link, number in ((peer, "lan0", 1), (cloud, "eth0", 10)):
            machine.ip(f"address add {LAN.v4_of(number)}/24 dev {link}\naddress add {LAN.v6_of(number)}/64 dev {link} nodad\n")
        # what the host begins by itself comes from there
        cloud.ip(f"route replace default via {LAN.v4_of(1)} src {LAN.v4_of(10)}\nroute replace default via {LAN.v6_of(1)} src {LAN.v6_of(10)}\n")


class Udp:
    """A socket of a machine, bound or not, that gives up after a while."""

    def __init__(self, machine, family, address="", port=0, timeout=60):
        self.socket = machine.socket(socket.AF_INET if family == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
        self.socket.settimeout(timeout)
        if address or port:
            self.socket.bind((address, port))

    def send(self, data, address, port):
        self.socket.sendto(data, (address, port))

    def receive(self):
        """(data, the sender's address, its port)"""
        data, sender = self.socket.recvfrom(65536)
        return data, sender[0], sender[1]

    def close(self):
        self.socket.close()
