"""Sizes byte by byte around the limit: a packet passes or its sender is told; none is lost without a word."""

import dataclasses
import itertools

from lab.scenario import scenario
from lab.sites import up
from lab.traffic import Echo
from lab.transfer import transfer
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until

CIPHERS = {"gcm": "aes128gcm16", "cbc": "aes128-sha256"}
EVERY_CIPHER = CIPHERS | {"gcm_16-256": "aes256gcm16", "gcm_8": "aes128gcm8", "chacha20": "chacha20poly1305", "sha1": "aes256-sha1",
                          "sha2_384": "aes256-sha384", "sha2_512": "aes256-sha512"}
NAT_T = ("none", "force")
TOLD_BY, PASSES = "its sender is told", "passes"
WAN_MTU = 1500


def headers(family):
    return 28 if family == 4 else 48  # IP and ICMP


class Sizes:
    """Sends packets of exact sizes that nobody may fragment, and tells what became of them."""

    def __init__(self, site, tunnel, family):
        self.site, self.family, self.address = site, family, tunnel.cloud(family)
        site.host.run(f"ip -{family} route flush cache")  # what it learned of earlier limits

    def fate(self, size):
        """A packet of `size` bytes, IP header included: PASSES, or TOLD_BY if the sender's kernel learned that it cannot."""
        echo = Echo(self.site.host, self.address, size=size - headers(self.family), forbid_fragments=True)
        found = []

        def known():
            echo.send()
            echo.receive(0.2)
            found[:] = [TOLD_BY] * bool(echo.account.refused) or [PASSES] * bool(echo.account.answered)
            return found
        try:
            wait_until(known, f"{size} bytes over IPv{self.family} to {self.address}: an answer, or a word about the size")
            expect(found == [PASSES] or not echo.account.answered, f"{size} bytes: answered, and refused")
            return found[0]
        finally:
            echo.close()

    def expect_limit(self, limit):
        fates = {size: self.fate(size) for size in range(limit - 3, limit + 4)}
        expect_equal(fates, {size: PASSES if size <= limit else TOLD_BY for size in fates}, f"sizes around {limit}, IPv{self.family}")

    def limit(self):
        """The largest size that passes, as the sender's kernel was told when it sent one too large."""
        expect_equal(self.fate(WAN_MTU), TOLD_BY, f"a packet of the WAN's own MTU, IPv{self.family}")
        words = self.site.host.run(f"ip -{self.family} route get {self.address}").split()
        return int(words[words.index("mtu") + 1])


def show_tcp(site, tunnel, family, segment):
    data = bytes(range(256)) * 200
    for client, server, address in ((site.host, site.cloud, tunnel.cloud(family)), (site.cloud, site.host, tunnel.host(family))):
        moved = transfer(client, server, address, data)
        expect_equal(moved.received, moved.sent, f"checksum of a transfer to {address}")
        if segment:
            expect_equal((moved.client_mss, moved.server_mss), (segment, segment), f"TCP segments to {address}")


def show_ladder(lab, first, ciphers=CIPHERS):
    site = up(lab, dataclasses.replace(first, esp=CIPHERS["gcm"], more='nat_traversal = "none"'))
    limits = {}
    for cipher, nat_t in itertools.product(ciphers, NAT_T):
        tunnel = dataclasses.replace(first, esp=ciphers[cipher], more=f'nat_traversal = "{nat_t}"')
        lab.step(f"{cipher}, nat_traversal = {nat_t}")
        site.charons[0].load(tunnel.swanctl())
        site.linkspan.edit(tunnel)
        wait_until(lambda: is_as_edited(site, cipher, nat_t), f"a CHILD_SA with {cipher}, nat_traversal = {nat_t}", every=0.2)
        for family in first.inner:
            wait_until(lambda: site.pings(tunnel, family), f"IPv{family} passes")
            sizes = Sizes(site, tunnel, family)
            device = site.linkspan.connection()["mtu"]
            limit = device or sizes.limit()
            sizes.expect_limit(limit)
            show_tcp(site, tunnel, family, device and device - (40 if family == 4 else 60) - 12)
            limits[cipher, nat_t, family] = limit
    expect_equal(site.wan.counters()["fragments"], 0, "fragments on the WAN")
    print(", ".join(f"{cipher} {nat_t} v{family}: {limit}" for (cipher, nat_t, family), limit in limits.items()), end="; ")


def is_as_edited(site, cipher, nat_t):
    sas = [sa for sa in site.linkspan.sas() if sa["state"] == "installed"]
    return len(sas) == 1 and (cipher.upper() in sas[0]["algorithms"]) and sas[0]["encapsulated"] == (nat_t == "force")


@scenario("MTU byte by byte, GCM and CBC, NAT-T or not: XFRM interface over IPv4", needs=["xfrm interface"])
def mtu_xfrm_over_ipv4(lab):
    show_ladder(lab, Tunnel(interface="xfrm", inner=(4, 6)))


@scenario("MTU byte by byte, GCM and CBC, NAT-T or not: XFRM interface over IPv6", needs=["xfrm interface"])
def mtu_xfrm_over_ipv6(lab):
    show_ladder(lab, Tunnel(interface="xfrm", outer=6, inner=(4, 6)))


@scenario("MTU byte by byte, GCM and CBC, NAT-T or not: VTI", needs=["ip_vti"])
def mtu_vti(lab):
    show_ladder(lab, Tunnel(interface="vti"))


@scenario("MTU byte by byte, GCM and CBC, NAT-T or not: policy mode over IPv4", needs=["esp4 with AES-GCM"])
def mtu_policy_over_ipv4(lab):
    show_ladder(lab, Tunnel(interface="policy", inner=(4, 6)))


@scenario("MTU byte by byte, GCM and CBC, NAT-T or not: policy mode over IPv6", needs=["esp6 with AES-GCM"])
def mtu_policy_over_ipv6(lab):
    show_ladder(lab, Tunnel(interface="policy", outer=6, inner=(4, 6)))


@scenario("every cipher: XFRM interface over IPv4", soak=True, needs=["xfrm interface"])
def mtu_every_cipher_xfrm_over_ipv4(lab):
    show_ladder(lab, Tunnel(interface="xfrm", inner=(4, 6)), EVERY_CIPHER)


@scenario("every cipher: XFRM interface over IPv6", soak=True, needs=["xfrm interface"])
def mtu_every_cipher_xfrm_over_ipv6(lab):
    show_ladder(lab, Tunnel(interface="xfrm", outer=6, inner=(4, 6)), EVERY_CIPHER)


@scenario("every cipher: VTI", soak=True, needs=["ip_vti"])
def mtu_every_cipher_vti(lab):
    show_ladder(lab, Tunnel(interface="vti"), EVERY_CIPHER)


@scenario("every cipher: policy mode over IPv4", soak=True, needs=["esp4 with AES-GCM"])
def mtu_every_cipher_policy_over_ipv4(lab):
    show_ladder(lab, Tunnel(interface="policy", inner=(4, 6)), EVERY_CIPHER)


@scenario("every cipher: policy mode over IPv6", soak=True, needs=["esp6 with AES-GCM"])
def mtu_every_cipher_policy_over_ipv6(lab):
    show_ladder(lab, Tunnel(interface="policy", outer=6, inner=(4, 6)), EVERY_CIPHER)
