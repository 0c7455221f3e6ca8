"""Two gateways of ours, one at each end."""

import dataclasses

from lab.gateway import Gateway
from lab.site import Site
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


class Twins(Site):
    """A Site with linkspan at both ends."""

    def __init__(self, lab, tunnel):
        super().__init__(lab.evidence)
        lab.add(self)
        self.tunnel = tunnel
        self.linkspan = lab.add(Gateway(self.gateway, tunnel))
        self.far = lab.add(Gateway(self.peer, FarTunnel(**dataclasses.asdict(tunnel))))

    @property
    def ends(self):
        return self.linkspan, self.far

    def pings(self, family):
        return (ping(self.host, self.tunnel.cloud(family)) and ping(self.cloud, self.tunnel.host(family)))

    def wait_for_traffic(self):
        for end in self.ends:
            end.wait_up()
        for family in self.tunnel.inner:
            wait_until(lambda: self.pings(family), f"IPv{family} passes both ways")

    def traffic(self, **options):
        return Traffic(self.host, self.tunnel.cloud(), **options)

    def verify(self):
        self.wan.expect_no_plaintext("the whole scenario")
