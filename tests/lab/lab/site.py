"""The topology: a site host behind a gateway, a WAN, and one to three peers with a cloud host behind each.

    host ── gateway ── wan ─┬─ peer ── cloud
                            └─ peer2 ── cloud2

Everything has an IPv4 and an IPv6 address; which of them a tunnel uses is for the configuration to say.
"""

import dataclasses

from lab.machine import Machine
from lab.wan import Wan


@dataclasses.dataclass(frozen=True)
class Net:
    """A network in both families; hosts are numbered alike in both."""
    v4: str  # "10.1.0."
    v6: str  # "fd00:1::"

    def v4_of(self, number):
        return f"{self.v4}{number}"

    def v6_of(self, number):
        return f"{self.v6}{number}"

    def of(self, number, family):
        return self.v4_of(number) if family == 4 else self.v6_of(number)


LAN = Net("10.1.0.", "fd00:1::")
GATEWAY_WAN = Net("203.0.113.", "2001:db8:a::")
PEERS_WAN = [Net("198.51.100.", "2001:db8:b::"), Net("192.0.2.", "2001:db8:c::"), Net("198.18.7.", "2001:db8:d::")]
CLOUDS = [Net("10.20.0.", "fd00:20::"), Net("10.30.0.", "fd00:30::"), Net("10.40.0.", "fd00:40::")]
SUBNETS = {LAN: ("10.1.0.0/16", "fd00:1::/48"), CLOUDS[0]: ("10.20.0.0/16", "fd00:20::/48"), CLOUDS[1]: ("10.30.0.0/16", "fd00:30::/48"),
           CLOUDS[2]: ("10.40.0.0/16", "fd00:40::/48")}


def subnet(net, family):
    return SUBNETS[net][0 if family == 4 else 1]


def _address(link, net, number):
    return (f"address add {net.v4_of(number)}/24 dev {link}\naddress add {net.v6_of(number)}/64 dev {link} nodad\n"
            f"link set {link} up\n")


def _default(net, number):
    return f"route add default via {net.v4_of(number)}\nroute add default via {net.v6_of(number)}\n"


class Site:
    def __init__(self, evidence, peers=1, name=""):
        self.evidence = evidence
        self.machines = {}
        self.host = self._machine(name + "host")
        self.gateway = self._machine(name + "gateway", forwards=True)
        router = self._machine(name + "wan", forwards=True)
        self.host.ip(self.host.cable_line("eth0", self.gateway, "lan0") + _address("eth0", LAN, 10) + _default(LAN, 1))
        self.gateway.ip(self.gateway.cable_line("wan0", router, "gateway") + _address("lan0", LAN, 1) +
                        _address("wan0", GATEWAY_WAN, 10) + _default(GATEWAY_WAN, 1))
        router.ip(_address("gateway", GATEWAY_WAN, 1))
        self.peers, self.clouds = [], []
        for index in range(peers):
            self._add_peer(router, index, name)
        self.peer, self.cloud = self.peers[0], self.clouds[0]
        self.wan = Wan(router)
        self.wan.capture()

    def _machine(self, name, forwards=False):
        self.machines[name] = Machine(name, self.evidence, forwards)
        return self.machines[name]

    def _add_peer(self, router, index, name):
        suffix = "" if index == 0 else str(index + 1)
        peer = self._machine(f"{name}peer{suffix}", forwards=True)
        cloud = self._machine(f"{name}cloud{suffix}")
        router.ip(router.cable_line(peer.name, peer, "wan0") + _address(peer.name, PEERS_WAN[index], 1))
        peer.ip(peer.cable_line("lan0", cloud, "eth0") + _address("wan0", PEERS_WAN[index], 7) + _address("lan0", CLOUDS[index], 1) +
                _default(PEERS_WAN[index], 1))
        cloud.ip(_address("eth0", CLOUDS[index], 10) + _default(CLOUDS[index], 1))
        self.peers.append(peer)
        self.clouds.append(cloud)

    def dump(self):
        for machine in self.machines.values():
            self.evidence.dump(machine)

    def stop(self):
        self.wan.stop()
        for machine in self.machines.values():
            machine.stop()
