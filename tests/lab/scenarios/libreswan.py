"""Libreswan as a policy-based far end: both versions of IKE, by pre-shared key and by certificate, all at once."""

import dataclasses

from lab.libreswan import Libreswan
from lab.pki import RSA, Pki
from lab.scenario import scenario
from lab.site import LAN, SUBNETS
from lab.sites import LinkspanSite
from lab.traffic import ping
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until

NEAR, HUBS = "edge-1.example.org", ("hub-1.example.org", "hub-2.example.org")

IPSEC_CONF = """
conn {t.name}
    {version}
    left={t.peer_address}
    leftid={far_id}
    leftsubnet={far}
    right={t.gateway_address}
    rightid={near_id}
    rightsubnet={near}
    {auth}
    ike={ike}
    esp={esp}
    auto=add
"""

# As linkspan and as Libreswan write the same.
SUITES = {2: ("aes128gcm16-prfsha256-x25519", "aes128gcm16", "aes_gcm128-sha2_256-dh31", "aes_gcm128-null"),
          1: ("aes128-sha256-modp2048", "aes128-sha256-modp2048", "aes128-sha2_256;modp2048", "aes128-sha2_256;modp2048")}


@dataclasses.dataclass(frozen=True)
class Way:
    name: str
    version: int
    by_cert: bool
    at: int    # which of the peers
    far: str   # the network behind it
    host: str  # in there

    @property
    def hub(self):
        return HUBS[self.at]

    def tunnel(self):
        identities = f'\nlocal_id = "{NEAR}"\nremote_id = "{self.hub}"' if self.by_cert else ""
        ike, esp, *_ = SUITES[self.version]
        return Tunnel(name=self.name, interface="policy", at=self.at, far=(self.far,), ike=ike, esp=esp, x509=NEAR if self.by_cert else "",
                      more=f"version = {self.version}{identities}")

    def conn(self, tunnel):
        *_, ike, esp = SUITES[self.version]
        auth = f"authby=rsasig\n    leftcert={self.hub}\n    leftsendcert=always\n    rightca=%same" if self.by_cert else "authby=secret"
        return IPSEC_CONF.format(t=tunnel, version=f"ikev2={'insist' if self.version == 2 else 'no'}", far=self.far, near=SUBNETS[LAN][0],
                                 far_id=f"@{self.hub}" if self.by_cert else tunnel.peer_address,
                                 near_id=f"@{NEAR}" if self.by_cert else tunnel.gateway_address, auth=auth, ike=ike, esp=esp)


# Two connections to each peer, told apart by their identities.
WAYS = [Way("psk-v2", 2, False, 0, "10.20.0.0/16", "10.20.0.10"), Way("cert-v1", 1, True, 0, "10.40.0.0/16", "10.40.0.10"),
        Way("psk-v1", 1, False, 1, "10.30.0.0/16", "10.30.0.10"), Way("cert-v2", 2, True, 1, "10.50.0.0/16", "10.50.0.10")]


def with_peer_files(tunnels):
    """Each tunnel with the whole file of its peer."""
    secrets = [f'{t.peer_address} {t.gateway_address} : PSK "{t.psk}"\n' for t in tunnels if not t.x509]
    conns = {at: "".join(w.conn(t) for w, t in zip(WAYS, tunnels) if w.at == at) for at in (0, 1)}
    return [dataclasses.replace(t, peer_file=f"{conns[t.at]}\n---\n{''.join(secrets)}") for t in tunnels]


@scenario("Libreswan, policy-based: IKEv1 and IKEv2, pre-shared key and certificate, two connections to each peer",
          needs=["esp4 with AES-GCM", "libreswan"])
def libreswan_policy(lab):
    tunnels = with_peer_files([way.tunnel() for way in WAYS])

    def prepare(site):
        pki = Pki(site.gateway).issue(NEAR, key=RSA).issue(HUBS[0], key=RSA).issue(HUBS[1], key=RSA)
        pki.give(site.gateway, NEAR)
        for index, hub in enumerate(HUBS):
            site.charons[index].trust(pki, hub)
        for way in WAYS:  # the second network of each peer is the peer itself
            if way.host.split(".")[1] in ("40", "50"):
                site.peers[way.at].ip(f"address add {way.host}/32 dev lo\n")
    site = LinkspanSite(lab, *tunnels, far_ends=(Libreswan, Libreswan), before=prepare)
    site.linkspan.start()
    site.linkspan.wait_up(*(way.name for way in WAYS))
    for way in WAYS:
        wait_until(lambda: ping(site.host, way.host), f"{way.name} carries packets")
    site.linkspan.wait_in_sync()
    before = {way.name: site.linkspan.sas(way.name) for way in WAYS}
    expect_equal({name: len(sas) for name, sas in before.items()}, {way.name: 1 for way in WAYS}, "CHILD_SAs")

    lab.step("one of each peer's is renewed, the others stay")
    for name in ("cert-v1", "psk-v1"):
        site.linkspan.done("restart", name)
        wait_until(lambda: [sa["spi_in"] for sa in site.linkspan.sas(name)] not in ([], [before[name][0]["spi_in"]]), f"{name} is up anew")
    for way in WAYS:
        wait_until(lambda: ping(site.host, way.host), f"{way.name} carries packets after a restart")
    for name in ("psk-v2", "cert-v2"):
        expect_equal(site.linkspan.sas(name)[0]["spi_in"], before[name][0]["spi_in"], f"SPI of {name}")
    wait_until(lambda: all(len(site.linkspan.sas(way.name)) == 1 for way in WAYS), "each has one CHILD_SA")
    site.linkspan.expect_nothing_to_do()
    expect(tunnels[0].psk not in site.linkspan.log_text(), "no key is in the log")
