"""Whole sites in one call: topology, far ends, linkspan's gateway, tunnels up."""

from lab.charon import PlainPeer
from lab.gateway import Gateway
from lab.site import Site
from lab.traffic import Traffic, ping
from lab.tunnel import Tunnel
from lab.wait import wait_until


# Plain strongSwan has no policy, so sends in the clear, whenever it has no tunnel. What is counted on the WAN is to be
# linkspan's doing, so the far ends drop that.
PEER_GUARD = """
table inet guard {
  chain out {
    type filter hook postrouting priority 0;
    oifname "wan0" ip daddr { 10.0.0.0/8, 100.64.0.0/10 } rt ipsec missing drop
    oifname "wan0" ip6 daddr fc00::/7 rt ipsec missing drop
  }
}
"""


class LinkspanSite(Site):
    """A Site whose gateway runs linkspan and whose peers run plain strongSwan."""

    def __init__(self, lab, *tunnels, peer_starts="none", far_ends=(PlainPeer,) * 3, before=lambda site: None):
        """`far_ends`: what runs on each peer. `before`: called before they start."""
        self.tunnels = tunnels or (Tunnel(),)
        super().__init__(lab.evidence, peers=1 + max(t.at for t in self.tunnels))
        lab.add(self)
        for machine in self.peers:
            machine.run("nft", "-f", "-", stdin=PEER_GUARD)
        self.charons = [lab.add(kind(machine)) for kind, machine in zip(far_ends, self.peers)]
        before(self)
        for tunnel in self.tunnels:
            if self.charons[tunnel.at].process is None:
                self.charons[tunnel.at].start()
            self.charons[tunnel.at].load(tunnel.swanctl(peer_starts))
        self.linkspan = lab.add(Gateway(self.gateway, *self.tunnels))

    @property
    def tunnel(self):
        return self.tunnels[0]

    def pings(self, tunnel=None, family=None, deadline=3.0):
        """True if the site's host reaches the tunnel's cloud host."""
        return ping(self.host, (tunnel or self.tunnel).cloud(family), deadline)

    def pings_back(self, tunnel=None, family=None, deadline=3.0):
        """True if the cloud host reaches the site's host."""
        tunnel = tunnel or self.tunnel
        return ping(self.clouds[tunnel.at], tunnel.host(family), deadline)

    def wait_for_traffic(self):
        for tunnel in self.tunnels:
            for family in tunnel.inner:
                wait_until(lambda: self.pings(tunnel, family) and self.pings_back(tunnel, family),
                           f"{tunnel.name} carries IPv{family} both ways")

    def traffic(self, tunnel=None, rate=100, **options):
        return Traffic(self.host, (tunnel or self.tunnel).cloud(), rate, **options)

    def verify(self):
        self.wan.expect_no_plaintext("the whole scenario")


def up(lab, *tunnels):
    """A site whose tunnels (default: one) are up and carry packets both ways."""
    site = LinkspanSite(lab, *tunnels)
    site.linkspan.start()
    site.linkspan.wait_up(*(t.name for t in site.tunnels))
    site.wait_for_traffic()
    site.linkspan.wait_in_sync()
    return site
