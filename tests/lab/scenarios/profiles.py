"""Profiles: beside a peer with just what the vendor documents, a connection of that profile takes the best both have."""

import dataclasses

from lab.scenario import scenario
from lab.sites import LinkspanSite
from lab.traffic import PATIENT
from lab.tunnel import HEAD, Tunnel
from lab.wait import expect, expect_equal, wait_until

TUNNEL = Tunnel(interface="xfrm")

CONNECTION = """
[[connection]]
name           = "cloud"
profile        = "{vendor}"
interface      = "xfrm"
peer           = "{t.peer_address}"
psk            = {{ file = "{t.psk_file}" }}
local_subnets  = {t.local_subnets}
remote_subnets = {t.remote_subnets}
"""


@dataclasses.dataclass(frozen=True)
class Vendor:
    """A peer as its vendor's page has it, in strongSwan's words, and what must come of it."""
    name: str
    ike: str
    esp: str
    negotiated_ike: str
    negotiated_esp: str
    mtu: int
    rekeyed_esp: str = ""  # with the group of forward secrecy, where the vendor requires it


GROUPS = "modp2048-modp3072-modp4096-ecp256-ecp384-ecp521"
BEST = "AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384"

VENDORS = [
    Vendor("generic", "default", "default", BEST, "AES_GCM_16-256", 1422),
    Vendor("aws",
           f"aes128gcm16-aes256gcm16-prfsha256-prfsha384-prfsha512-{GROUPS}, aes128-aes256-sha1-sha256-sha384-sha512-modp1024-{GROUPS}",
           f"aes128gcm16-aes256gcm16-{GROUPS}, aes128-aes256-sha1-sha256-sha384-sha512-modp1024-modp1536-{GROUPS}",
           BEST, "AES_GCM_16-256", 1422, "AES_GCM_16-256/ECP_384"),
    # A connection without an IPsec/IKE policy of its own.
    Vendor("azure", "aes256-sha1-modp1024, aes256-sha256-modp1024, aes128-sha1-modp1024, aes128-sha256-modp1024",
           "aes256gcm16, aes256-sha1, aes256-sha256, aes128-sha1",
           "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024", "AES_GCM_16-256", 1400),
    Vendor("gcp", "aes128gcm16-aes192gcm16-aes256gcm16-prfsha256-prfsha384-prfsha512-modp2048-modp3072-modp4096-ecp256-ecp384-x25519",
           f"aes128gcm16-aes192gcm16-aes256gcm16-{GROUPS}", BEST, "AES_GCM_16-256", 1390, "AES_GCM_16-256/ECP_384"),
    # Without custom algorithms.
    Vendor("aviatrix", "aes256-sha256-modp2048", "aes256-sha256-modp2048",
           "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048", "AES_CBC-256/HMAC_SHA2_256_128", 1422,
           "AES_CBC-256/HMAC_SHA2_256_128/MODP_2048"),
]


def negotiated(site):
    sas = site.linkspan.connection().get("sas", [])
    return [(ike["algorithms"], [child["algorithms"] for child in ike["children"]]) for ike in sas]


@scenario("every profile negotiates the best suite of its vendor's, forward secrecy at rekeying included", needs=["xfrm interface"], once=True)
def profiles(lab):
    site = LinkspanSite(lab, TUNNEL)
    site.linkspan.configure(TUNNEL, text=HEAD)
    site.linkspan.start()
    for vendor in VENDORS:
        lab.step(vendor.name)
        site.linkspan.configure(TUNNEL, text=HEAD)
        site.linkspan.done("apply")
        site.charons[0].load(TUNNEL.swanctl(ike=vendor.ike, esp=vendor.esp))
        site.linkspan.configure(TUNNEL, text=HEAD + CONNECTION.format(vendor=vendor.name, t=TUNNEL))
        site.linkspan.done("apply")
        site.linkspan.wait_up()
        wait_until(site.pings, f"{vendor.name}: a ping passes")
        wait_until(lambda: len(negotiated(site)) == 1, f"{vendor.name}: no IKE_SA of the vendor before is left")
        expect_equal(negotiated(site), [(vendor.negotiated_ike, [vendor.negotiated_esp])], f"what {vendor.name} came to")
        expect_equal(site.linkspan.connection()["mtu"], vendor.mtu, f"MTU of {vendor.name}")
        if vendor.rekeyed_esp:
            site.charons[0].swanctl("--rekey", "--child", "cloud")
            wait_until(lambda: negotiated(site) == [(vendor.negotiated_ike, [vendor.rekeyed_esp])], f"{vendor.name} rekeys with its group")
            expect(site.pings(deadline=PATIENT), f"{vendor.name}: a ping passes after rekeying")
        explained = site.linkspan.done("check", "--explain", "cloud")
        origin = "default" if vendor.name == "generic" else f"profile {vendor.name}"
        expect(origin in explained, f"check --explain says {origin}:\n{explained}")
