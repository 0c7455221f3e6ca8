"""No leak: whatever happens to charon, the agent, the SAs, links, routes, policies and files, no packet of the protected
subnets is ever in the clear on the WAN. Traffic runs all the time, and runs again when it is over."""

import dataclasses
import functools
import signal

from lab.gateway import CONFIG
from lab.mapped import Mapped, same_networks
from lab.scenario import scenario
from lab.sites import LinkspanSite
from lab.traffic import Traffic
from lab.tunnel import Tunnel
from lab.wait import wait_until


@dataclasses.dataclass(frozen=True)
class MappedByName(Mapped):
    """Our hosts call the site's host by a name of a rule, and begin as another one of ours; both are mapped besides."""

    @property
    def toml(self):
        return super().toml + f"""
[[connection.nat.rules]]
from           = "local"
source         = "10.1.0.0/16"
source_to      = "10.1.0.99"
destination    = "172.16.0.0/24"
destination_to = "100.{self.number}.0.0/24"
"""

    def cloud(self, family=None):
        return super().cloud(6) if family == 6 else "172.16.0.10"


class Guarded:
    """A site under constant traffic, to which bad things happen one after the other."""

    def __init__(self, lab, tunnel, site=None):
        self.lab, self.tunnel = lab, tunnel
        self.site = site or LinkspanSite(lab, tunnel)
        self.traffic, self.beside = None, []  # of the tunnel's first family, and of further ones

    @property
    def is_mapped(self):
        return isinstance(self.tunnel, Mapped)

    @property
    def far(self):
        """The networks behind the peer, one of each family, as this side knows them."""
        return [self.tunnel.virtual[f] for f in self.tunnel.inner] if self.is_mapped else self.tunnel.far_subnets

    @property
    def tables(self):
        """Of nftables, that carry what is carried."""
        return ("linkspan_nat", "linkspan_rules") if self.is_mapped else ()

    @property
    def is_linkless(self):
        return self.tunnel.interface == "policy"

    @functools.cached_property
    def reqid(self):
        return self.site.linkspan.connection()["reqid"]

    def packets(self, count=30):
        """Lets that many more packets come."""
        until = {stream: stream.sent + count for stream in (self.traffic, *self.beside)}
        wait_until(lambda: all(stream.sent > least for stream, least in until.items()), f"{count} more packets sent")

    def passes(self):
        return all(self.site.pings(family=family) for family in self.tunnel.inner)

    def event(self, what, action, recovers=True):
        """Does it; no plaintext while it is so; and, if it is to recover, traffic passes again and all is in sync."""
        self.lab.step(what)
        action()
        self.packets()
        self.site.wan.expect_no_plaintext(what)
        if recovers:
            wait_until(self.passes, f"traffic passes again after: {what}")
            self.site.linkspan.wait_in_sync()
            self.site.wan.expect_no_plaintext(f"{what}, and recovery")


def show_no_leak(guarded):
    lab, tunnel = guarded.lab, guarded.tunnel
    site, linkspan = guarded.site, guarded.site.linkspan
    site.charons[0].stop()
    linkspan.start()
    guarded.traffic = site.traffic(rate=50)
    guarded.beside = [Traffic(site.host, tunnel.cloud(family), 50) for family in tunnel.inner[1:]]
    guarded.event("the file is applied and the peer is not there", lambda: linkspan.connection(), recovers=False)

    def peer_comes():
        site.charons[0].start()
        site.charons[0].load(tunnel.swanctl())
    guarded.event("the peer comes", peer_comes)
    for what, action in mishaps(guarded).items():
        guarded.event(what, action)
    show_no_leak_without_agent(guarded)
    show_no_leak_in_changes(guarded)
    for stream in (guarded.traffic, *guarded.beside):
        stream.stop()


def mishaps(guarded):
    """What may happen while all is well, and must be mended by nobody but the agent."""
    linkspan, gateway, device = guarded.site.linkspan, guarded.site.gateway, guarded.tunnel.device
    link = {
        "the link is set down": lambda: gateway.run(f"ip link set {device} down"),
        "the link is deleted": lambda: gateway.run(f"ip link delete {device}"),
    }
    return {
        "charon is told to end": lambda: linkspan.charon.kill(signal.SIGTERM),
        "charon is killed": lambda: linkspan.charon.kill(signal.SIGKILL),
        **({} if guarded.is_linkless else link),
        "the policies are deleted": lambda: delete_policies(guarded),
        "the route is deleted": lambda: [gateway.run(f"ip route delete {far} dev {device}") for far in guarded.far],
        **{f"the table {table} is deleted": lambda table=table: delete_table(guarded, table) for table in guarded.tables},
    }


def delete_table(guarded, table):
    guarded.site.gateway.run(f"nft delete table inet {table}")


def delete_policies(guarded):
    """By hand, all of the connection's that protect; the block twin stays."""
    gateway = guarded.site.gateway
    if guarded.is_linkless:
        near, far = "10.1.0.0/16", guarded.far[0]
        gateway.run(f"ip xfrm policy delete src {near} dst {far} dir out")
        for direction in ("in", "fwd"):
            gateway.run(f"ip xfrm policy delete src {far} dst {near} dir {direction}")
        return
    selector = f"mark {guarded.reqid:#x} mask 0xffffffff" if guarded.tunnel.interface == "vti" else f"if_id {guarded.reqid:#x}"
    for family in guarded.tunnel.inner:
        everything = {4: "0.0.0.0/0", 6: "::/0"}[family]
        for direction in ("out", "in", "fwd"):
            gateway.run(f"ip xfrm policy delete src {everything} dst {everything} dir {direction} {selector}")


def show_no_leak_without_agent(guarded):
    """The same, and nobody there to repair it until the agent comes back."""
    linkspan, gateway, device = guarded.site.linkspan, guarded.site.gateway, guarded.tunnel.device
    guarded.event("the agent is killed", linkspan.kill_agent, recovers=False)
    for what, command in (
            ("the link is set down", lambda: gateway.run(f"ip link set {device} down")),
            ("the policies are deleted", lambda: delete_policies(guarded)),
            ("the link is deleted", lambda: gateway.run(f"ip link delete {device}")),
            ("charon is killed", linkspan.charon.kill),
            *((f"the table {table} is deleted", lambda table=table: delete_table(guarded, table)) for table in guarded.tables)):
        if guarded.is_linkless and "link" in what:
            continue
        guarded.event(f"{what}, with no agent", command, recovers=False)
        guarded.event(f"the agent comes back after: {what}", linkspan.start_agent)
        linkspan.kill_agent()
    linkspan.start_agent()


def show_no_leak_in_changes(guarded):
    """Files come, go and change."""
    linkspan, tunnel = guarded.site.linkspan, guarded.tunnel
    other = "xfrm" if tunnel.interface == "vti" else "policy" if 6 in tunnel.inner else "vti"  # a VTI carries IPv4
    size = "mss = 1200" if guarded.is_linkless else "mtu = 1300"

    def edit(new):
        guarded.site.charons[0].load(new.swanctl())
        linkspan.edit(new)

    def remove_file():
        linkspan.machine.run("rm", CONFIG)
        linkspan.reload()
    guarded.event("reload of the same file", linkspan.reload)
    guarded.event("the file is removed, and reload", remove_file, recovers=False)
    guarded.event("the file is there again", lambda: linkspan.edit(tunnel))
    guarded.event(f"another size, {size}", lambda: edit(dataclasses.replace(tunnel, more=size)))
    guarded.event("another name, in one change", lambda: edit(dataclasses.replace(tunnel, name="renamed")))
    guarded.event(f"by {other} instead, in one change", lambda: edit(dataclasses.replace(tunnel, interface=other)))
    guarded.event("and back", lambda: edit(tunnel))
    guarded.site.peer.ip("address add 198.51.100.8/24 dev wan0\n")
    guarded.event("the peer has another address", lambda: edit(dataclasses.replace(tunnel, peer_host=8)))
    guarded.event("and its old one again", lambda: edit(tunnel))
    guarded.event("taken down", lambda: linkspan.done("down", tunnel.name), recovers=False)
    guarded.event("taken up", lambda: linkspan.done("up", tunnel.name))
    guarded.event("disabled", lambda: edit(dataclasses.replace(tunnel, more="enabled = false")), recovers=False)
    guarded.event("enabled", lambda: edit(tunnel))


@scenario("no leak by VTI, in 28 situations", needs=["ip_vti"])
def no_leak_vti(lab):
    show_no_leak(Guarded(lab, Tunnel(interface="vti")))


@scenario("no leak by XFRM interface, in 28 situations", needs=["xfrm interface"])
def no_leak_xfrm(lab):
    show_no_leak(Guarded(lab, Tunnel(interface="xfrm")))


def show_no_leak_mapped(lab, interface, inner=(4,)):
    tunnel = MappedByName(interface=interface, inner=inner)
    show_no_leak(Guarded(lab, tunnel, LinkspanSite(lab, tunnel, before=same_networks)))


@scenario("no leak of a mapped connection with rules in policy mode, both sides having one network", needs=["esp4 with AES-GCM"], once=True)
def no_leak_mapped_policy(lab):
    show_no_leak_mapped(lab, "policy")


@scenario("no leak of a mapped connection with rules by XFRM interface, both sides having one network, in both families", needs=["xfrm interface"], once=True)
def no_leak_mapped_xfrm(lab):
    show_no_leak_mapped(lab, "xfrm", (4, 6))


@scenario("no leak of a mapped connection with rules by VTI: the same", needs=["ip_vti"], soak=True)
def no_leak_mapped_vti(lab):
    show_no_leak_mapped(lab, "vti")


@scenario("the SAs are flushed behind charon's back: no leak, noticed, negotiated anew", needs=["ip_vti"])
def no_leak_sas_flushed(lab):
    guarded = Guarded(lab, Tunnel())
    guarded.site.linkspan.start()
    guarded.site.wait_for_traffic()
    guarded.traffic = guarded.site.traffic(rate=50)
    before = spis(guarded.site.linkspan)
    # `ip` lists them, then deletes one by one, and complains of one that went in between: a larval one, say.
    guarded.event("the SAs are gone", lambda: guarded.site.gateway.run(f"ip xfrm state deleteall reqid {guarded.reqid} || true"))
    guarded.traffic.stop()
    wait_until(lambda: not before & spis(guarded.site.linkspan), f"none of the SAs {before} is there any more")


def spis(linkspan):
    return {spi for sa in linkspan.sas() for spi in (sa["spi_in"], sa["spi_out"])}


@scenario("a connection that is removed and added again: not a packet in the clear once it is added", needs=["ip_vti"])
def no_leak_added_again(lab):
    tunnel = Tunnel()
    site = LinkspanSite(lab, tunnel)
    site.linkspan.start()
    site.wait_for_traffic()
    site.linkspan.edit()
    site.linkspan.edit(tunnel)
    traffic = site.traffic()
    wait_until(lambda: traffic.sent > 50 and site.pings(), "traffic passes again")
    traffic.stop()
    site.wan.expect_no_plaintext("removed and added again")
