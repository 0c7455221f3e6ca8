"""Wrong peers: `status` names the cause in words an operator can act on, and mending it there heals the connection."""

import dataclasses

from lab.scenario import scenario
from lab.sites import LinkspanSite
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until

TUNNEL = Tunnel(interface="xfrm")

# What is wrong at the peer, the code of the cause while we begin, and while the peer does.
WRONG = [
    ("the peer's PSK", {"psk": "wrong horse"}, "authentication", "psk"),
    ("the peer's identity", {"local_id": "somebody-else"}, "authentication", "identity"),
    ("the peer's IKE proposal", {"ike": "aes256-sha512-modp4096"}, "ike-proposals", "ike-proposals"),
    ("the peer's ESP proposal", {"esp": "aes256-sha512"}, "esp-proposals", "esp-proposals"),
    ("the peer's selectors", {"near": "fd77::/64"}, "selectors", None),  # of another family: what overlaps is narrowed, not refused
]


def cause(site):
    return site.linkspan.connection().get("cause") or {}


def expect_cause(site, code, what):
    found = wait_until(lambda: cause(site).get("code") == code and cause(site), f"{what}: cause {code}, not {cause(site)}", every=0.2)
    for part in ("what", "advice", "said", "when"):
        expect(found[part], f"{what}: {part} of {found}")
    expect(found["side"] in ("ours", "theirs", "either"), f"{what}: side of {found}")
    told = site.linkspan.done("status", "cloud")
    expect(found["what"] in told and found["advice"] in told, f"{what}: status tells people\n{told}")
    expect(found["what"] in site.linkspan.done("status"), f"{what}: the list tells people")
    secret = TUNNEL.psk
    expect(secret not in str(found) and secret not in site.linkspan.log_text(), "no secret")


def heal(site, what):
    site.charons[0].load(TUNNEL.swanctl())
    site.linkspan.done("up", "cloud")
    site.linkspan.wait_up()
    expect_equal(site.linkspan.connection()["cause"], None, f"{what}: cause once it is up")


def swanctl(site, *arguments):
    """A command at the peer that may fail."""
    charon = site.charons[0]
    site.peer.call("env", f"STRONGSWAN_CONF={charon.conf}", "swanctl", *arguments, "--uri", f"unix://{charon.socket}")


def begin_anew(site):
    """Neither end has an SA, and neither remembers one."""
    site.linkspan.done("down", "cloud")
    swanctl(site, "--terminate", "--ike", "cloud", "--force")


@scenario("wrong PSK, identity, proposals, selectors, and a silent peer: status names the cause, and mending it heals", needs=["xfrm interface"], once=True)
def wrong_peers(lab):
    site = LinkspanSite(lab, TUNNEL)
    site.linkspan.start()
    site.linkspan.wait_up()
    for what, wrong, code, _ in WRONG:
        lab.step(f"{what}; we begin")
        begin_anew(site)
        site.charons[0].load(TUNNEL.swanctl(**wrong))
        site.linkspan.done("up", "cloud")
        expect_cause(site, code, what)
        heal(site, what)

    lab.step("the peer is not there")
    begin_anew(site)
    site.peer.run("ip link set wan0 down")
    site.linkspan.done("up", "cloud")
    expect_cause(site, "unreachable", "silent peer")
    site.peer.run("ip link set wan0 up; ip -4 route replace default via 198.51.100.1")
    heal(site, "silent peer")


@scenario("the same while the wrong peer begins: the cause is found although its attempt is nobody's yet", needs=["xfrm interface"], once=True)
def wrong_peers_begin(lab):
    respond = dataclasses.replace(TUNNEL, start="respond")
    site = LinkspanSite(lab, respond)
    site.linkspan.start()
    for what, wrong, _, code in WRONG:
        if code is None:
            continue
        lab.step(f"{what}; the peer begins")
        site.charons[0].load(respond.swanctl(**wrong))
        swanctl(site, "--initiate", "--child", "cloud", "--timeout", "5")
        expect_cause(site, code, what)
        site.charons[0].load(respond.swanctl())
        site.charons[0].swanctl("--initiate", "--child", "cloud")
        site.linkspan.wait_up()
        expect_equal(site.linkspan.connection()["cause"], None, f"{what}: cause once it is up")
        site.charons[0].swanctl("--terminate", "--ike", "cloud", "--force")
        wait_until(lambda: site.linkspan.connection()["state"] == "waiting", "it waits for the peer again")
