"""Two gateways of ours, one at each end."""

import dataclasses

from lab.gateway import Gateway
from lab.site import CLOUDS, LAN, Net, Site
from lab.tunnel import Tunnel
from lab.traffic import Traffic, ping
from lab.wait import wait_until


@dataclasses.dataclass(frozen=True)
class FarTunnel(Tunnel):
    """The same connection as the far end writes it: the ends are swapped, and the inner addresses next to ours."""

    @property
    def peer_address(self):
        return super().gateway_address

    @property
    def gateway_address(self):
        return super().peer_address

    @property
    def near_subnets(self):
        return super().far_subnets

    @property
    def far_subnets(self):
        return super().near_subnets

    @property
    def tunnel_addresses(self):
        return super().tunnel_addresses.replace(".2/30", ".1/30").replace("::2/64", "::1/64")


@dataclasses.dataclass(frozen=True)
class InnerTunnel(Tunnel):
    """A connection through another one's tunnel, between networks of its own: its ends are that one's inner addresses."""
    name: str = "inner"
    interface: str = "xfrm"
    outer: int = 6
    inner: tuple = (4, 6)
    near: tuple = ("10.77.0.0/16", "fd00:77::/48")
    behind: int = 1
    more: str = 'through = "cloud"'

    @property
    def peer_address(self):
        return "fd99:0::1" if self.outer == 6 else "169.254.21.1"

    @property
    def gateway_address(self):
        return "fd99:0::2" if self.outer == 6 else "169.254.21.2"

    def host(self, family=None):
        return INNER_LAN.of(10, family or self.inner[0])


class FarInnerTunnel(FarTunnel, InnerTunnel):
    pass


INNER_LAN = Net("10.77.0.", "fd00:77::")


def second_networks(site):
    """One more network at each end, for InnerTunnel. Hosts speak from its addresses to the other one alone."""
    near, far = INNER_LAN, CLOUDS[1]
    for host, gateway, mine, yours, via in ((site.host, site.gateway, near, far, LAN), (site.cloud, site.peer, far, near, CLOUDS[0])):
        gateway.ip(f"address add {mine.v4_of(1)}/24 dev lan0\naddress add {mine.v6_of(1)}/64 dev lan0 nodad\n")
        host.ip(f"address add {mine.v4_of(10)}/24 dev eth0\naddress add {mine.v6_of(10)}/64 dev eth0 nodad preferred_lft 0\n"
                f"route add {yours.v4}0/24 via {via.v4_of(1)} src {mine.v4_of(10)}\n"
                f"route add {yours.v6}/64 via {via.v6_of(1)} src {mine.v6_of(10)}\n")


def far_of(tunnel):
    return (FarInnerTunnel if isinstance(tunnel, InnerTunnel) else FarTunnel)(**dataclasses.asdict(tunnel))


class Twins(Site):
    """A Site with linkspan at both ends."""

    def __init__(self, lab, tunnel):
        super().__init__(lab.evidence)
        lab.add(self)
        second_networks(self)
        self.tunnel = tunnel
        self.linkspan = lab.add(Gateway(self.gateway, tunnel))
        self.far = lab.add(Gateway(self.peer, far_of(tunnel)))

    @property
    def ends(self):
        return self.linkspan, self.far

    def edit(self, *tunnels):
        """Both ends' files, each tunnel as each end writes it."""
        self.linkspan.edit(*tunnels)
        self.far.edit(*(far_of(t) for t in tunnels))

    def pings(self, family, tunnel=None):
        tunnel = tunnel or self.tunnel
        return ping(self.host, tunnel.cloud(family)) and ping(self.cloud, tunnel.host(family))

    def wait_for_traffic(self):
        for end in self.ends:
            end.wait_up()
        for family in self.tunnel.inner:
            wait_until(lambda: self.pings(family), f"IPv{family} passes both ways")

    def traffic(self, **options):
        return Traffic(self.host, self.tunnel.cloud(), **options)

    def verify(self):
        self.wan.expect_no_plaintext("the whole scenario")
