"""Two gateways, one address, and many hosts behind one address: their sessions go on by whichever gateway carries."""

import dataclasses
import socket

from lab.names import RESOLVER, Client, Internet
from lab.pair import HA, PairSite, SHARED_WAN, file_of_pair
from lab.scenario import scenario
from lab.sessions import CALLS, Pushed, Sessions
from lab.transfer import Stream
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until

ONE = "100.64.0.1"
RULES = f"""
[connection.nat]
[[connection.nat.rules]]
from = "local"
source = "10.1.0.0/24"
source_to = "{ONE}"
"""
HOSTS = ["10.1.0.10", "10.1.0.13", "10.1.0.14"]


@dataclasses.dataclass(frozen=True)
class ManyForOne(Tunnel):
    @property
    def toml(self):
        return super().toml + RULES

    def swanctl(self, start="none", near="", **more):
        return super().swanctl(start, near=near or f"10.1.0.0/24, {ONE}/32", **more)


@scenario("hosts behind one address, by a pair of gateways: their TCP and UDP sessions go on over switchovers, a crash, and a crash right after a switchover")
def ha_sessions(lab):
    site = PairSite(lab, ManyForOne(), ha_text=HA + "flap_limit = 8\n")
    site.host.ip("".join(f"address add {host}/24 dev eth0\n" for host in HOSTS[1:]))
    site.start()
    cloud = site.tunnels[0].cloud()
    sessions = Sessions(site.host, HOSTS, site.cloud, cloud)
    stream = Stream(site.host, site.cloud, cloud, own=cloud)
    for seen in sessions.seen.values():
        expect_equal({address for address, _ in seen}, {ONE}, "what the cloud takes our hosts for")

    for which in ("a switchover", "one back"):
        handed_over(site)
        sessions.go_on(f"after {which}")
        lab.step(f"{which}: {copied(site)}")
    ready(site)
    dead = crashed(site)
    sessions.go_on("after a crash")
    begun_anew(site, dead)
    lab.step(f"a crash, and the one that died is back: {copied(site)}")
    handed_over(site)
    sessions.go_on("by the one that had died")
    handed_over(site)
    crashed(site)  # the other one's own entries are older than what was carried meanwhile
    sessions.go_on("after a crash right after a switchover")
    stream.stop_whole()
    sessions.stop_whole()


def ready(site, least=2 * len(HOSTS) + 1):
    """(who carries, who could take over at once and has been told of the sessions). A machine that stood still for long may have
    made the two change roles meanwhile."""
    def both():
        for active, standby in (gateways, gateways[::-1]):
            here, there = active.pair(), standby.pair()
            roles = here.get("role"), there.get("role")
            if roles == ("active", "standby") and active.holds() and (here["peer"] or {}).get("ready") and there["sessions"]["known"] >= least:
                return active, standby
        return None
    gateways = list(site.gateways.values())
    return wait_until(both, "one gateway carries, and the other one is ready and knows the sessions", every=0.2)


def handed_over(site):
    _, standby = ready(site)
    standby.done("ha", "switchover")
    standby.wait_to_carry("a switchover")


def crashed(site):
    """At once, whatever the other one has been told of by now. Returns who died."""
    active, standby = site.wait_for_both()
    wait_until(lambda: (standby.pair().get("peer") or {}).get("role") == "active", "the standby knows who carries", every=0.05)
    site.crash(active)
    standby.wait_to_carry("the other one died")
    return active


def begun_anew(site, gateway):
    """As a machine that was switched on again: its kernel knows nothing of what was."""
    gateway.machine.run("conntrack -F 2>/dev/null; ip xfrm state flush")
    site.revive(gateway)
    ready(site)
    site.wait_for_copies()


def copied(site):
    active, standby = ready(site)
    told, known = active.pair()["sessions"], standby.pair()["sessions"]
    expect_equal((told["left_out"], known["left_out"], known["refused"], known["problem"]), (0, 0, 0, None), "what was not copied")
    return f"{told['told']} told, {known['known']} known"


GOOD, GOOD_AT, BAD_AT = "good.names.lab", "198.51.100.21", "198.51.100.23"
EGRESS = f"""
[egress]
resolvers = ["{RESOLVER}"]
nat       = "{SHARED_WAN}"

[[egress.tag]]
name  = "allowed"
allow = ["{GOOD}:{CALLS},8080/tcp"]

[[egress.policy]]
sources = ["10.1.0.0/24"]
tags    = ["allowed"]
"""


class EgressPair(PairSite):
    """Without a tunnel; beyond the WAN is a piece of the Internet."""

    def __init__(self, lab):
        super().__init__(lab)
        self.internet = lab.add(Internet(self.peer, [GOOD_AT, BAD_AT], ports=("8080/tcp",)))
        self.internet.serve({GOOD: [GOOD_AT]})

    def file(self, more="", ha_text=None):
        return file_of_pair(HA) + EGRESS

    def verify(self):
        """What left, left with the shared address."""
        _, plain = self._sent_by_the_pair()
        expect(plain == 0, f"{plain} packets of our hosts left with addresses of their own")
        for name in self.gateways:
            wait_until(lambda name=name: self.emitted(name), f"what {name} sends with the shared address is recorded", every=1)


@scenario("egress by a pair: what a name has opened at one gateway is open at the other when that dies, with no new question, and its session goes on",
          needs=["nft queue"])
def ha_egress(lab):
    site = EgressPair(lab)
    for gateway in site.gateways.values():
        gateway.start()
    for gateway in site.gateways.values():
        gateway.wait_in_sync()
    _, standby = ready(site, least=0)
    client = Client(site.host)
    expect_equal(client.connect(GOOD_AT, 8080), "refused", "an address that no name led to")
    expect_equal(client.ask(GOOD), 0, "an answer about the name")
    wait_until(lambda: GOOD_AT in standby.done("egress", "learned", GOOD), "the standby is told what the name has opened", every=0.1)
    with site.peer.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((GOOD_AT, CALLS))
        listener.listen(1)
        listener.settimeout(300)
        pushed = Pushed(site.host, HOSTS[0], listener, (GOOD_AT, CALLS))
    ready(site, least=1)
    lab.step("the gateway that was asked dies, and the resolver with it")
    site.internet.stop_resolver()
    crashed(site)
    expect_equal(client.connect(GOOD_AT, 8080), "reached", "an address that the name has opened at the other gateway")
    expect_equal(client.seen_as(GOOD_AT, 8080), SHARED_WAN, "who our hosts seem to be")
    expect_equal(client.connect(BAD_AT, 8080), "refused", "an address that no name led to, by the other gateway")
    received = pushed.received
    wait_until(lambda: pushed.received > received, "the session goes on", deadline=150, every=0.2)
    pushed.stop_whole()
