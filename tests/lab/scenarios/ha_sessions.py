"""Two gateways, one address, and many hosts behind one address: their sessions go on by whichever gateway carries."""

import dataclasses

from lab.pair import HA, PairSite
from lab.scenario import scenario
from lab.sessions import Sessions
from lab.site import LAN
from lab.transfer import Stream
from lab.tunnel import Tunnel
from lab.wait import expect_equal, wait_until

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


def handed_over(site):
    """The other one carries, and had been told of every session before."""
    active, standby = site.wait_for_both()
    wait_until(lambda: standby.pair()["sessions"]["known"] > 2 * len(HOSTS), "the standby knows the sessions", every=0.1)
    wait_until(lambda: active.pair()["peer"]["ready"], "the standby is ready", every=0.1)
    standby.done("ha", "switchover")
    wait_until(lambda: standby.holds() and standby.pair().get("role") == "active", "the standby takes over", every=0.05)


def crashed(site):
    active, standby = site.wait_for_both()
    wait_until(lambda: standby.pair()["peer"]["role"] == "active", "the standby knows who carries", every=0.05)
    site.crash(active)
    wait_until(lambda: standby.holds() and standby.pair().get("role") == "active", "the other one takes over", every=0.05)
    return active


def begun_anew(site, gateway):
    """As a machine that was switched on again: its kernel knows nothing of what was."""
    gateway.machine.run("conntrack -F 2>/dev/null; ip xfrm state flush")
    site.revive(gateway)
    active, standby = site.wait_for_both()
    wait_until(lambda: active.pair()["peer"] and active.pair()["peer"]["ready"], "the one that died is ready again", every=0.3)
    site.wait_for_copies()
    wait_until(lambda: standby.pair()["sessions"]["known"] > 2 * len(HOSTS), "it is told of the sessions", every=0.1)


def copied(site):
    active, standby = site.wait_for_both()
    told, known = active.pair()["sessions"], standby.pair()["sessions"]
    expect_equal((told["left_out"], known["left_out"], known["refused"], known["problem"]), (0, 0, 0, None), "what was not copied")
    return f"{told['told']} told, {known['known']} known"
