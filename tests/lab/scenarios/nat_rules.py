"""Custom mapping, `nat.rules`: many for one, ranges, forwarded ports, exclusions, and what a masquerade of somebody else's does."""

import dataclasses
import signal

from lab.ends import KINDS, End
from lab.mapped import Mapped, Udp
from lab.scenario import scenario
from lab.site import GATEWAY_WAN, LAN, PEERS_WAN
from lab.sites import LinkspanSite
from lab.tracked import begun, stamp
from lab.traffic import ping
from lab.tunnel import Tunnel, file_of
from lab.wait import expect, expect_equal, wait_until
from lab.watch import KernelWatch
from scenarios.failover import BACKUP, NO_PROBE, backed_site, carrier
from scenarios.nat import arrives, mapped_site, remember_udp, show_path_mtu, show_refused, show_tcp, show_udp

ONE, SERVER, EXCLUDED, POOL = "100.64.0.1", "100.64.0.2", "10.1.0.11", "100.64.7.0/24"
PUBLISHED = "100.64.0.4"

# What        from    who      as the other side sees it
# many        here    10.1/16  100.64.0.1, but for 10.1.0.11, which stays, and UDP to port 7777, which gets a range
# a server    there   .0.10    100.64.0.2, port 5353 for 4500; and 100.64.0.4, whatever the port
# a name      here    cloud    172.16.0.10 is 10.20.0.10
# guests      there   10.20/24 10.1.0.1 to our hosts, for UDP to port 6000
RULES = """
[[connection.nat.rules]]
from = "local"
source = "10.1.0.11/32"
exclude = true

[[connection.nat.rules]]
from = "local"
source = "10.1.0.0/16"
protocol = "udp"
port = 7777
source_to = "100.64.7.0/24"

[[connection.nat.rules]]
from = "local"
source = "10.1.0.0/16"
destination = "172.16.0.0/24"
source_to = "100.64.0.1"
destination_to = "10.20.0.0/24"

[[connection.nat.rules]]
from = "local"
source = "10.1.0.0/16"
source_to = "{one}"

[[connection.nat.rules]]
from = "remote"
destination = "100.64.0.2/32"
protocol = "udp"
port = 5353
destination_to = "10.1.0.10"
port_to = 4500

[[connection.nat.rules]]
from = "remote"
source = "10.20.0.0/24"
protocol = "udp"
port = 6000
source_to = "10.1.0.1"

[[connection.nat.rules]]
from = "remote"
destination = "100.64.0.4/32"
destination_to = "10.1.0.10"
"""


ONE_V6, SERVER_V6, EXCLUDED_V6 = "fd64::1", "fd64::2", LAN.v6_of(11)
RULES_V6 = f"""
[[connection.nat.rules]]
from = "local"
source = "{EXCLUDED_V6}/128"
exclude = true

[[connection.nat.rules]]
from = "local"
source = "fd00:1::/48"
source_to = "{ONE_V6}"

[[connection.nat.rules]]
from = "remote"
destination = "{SERVER_V6}/128"
protocol = "udp"
port = 5353
destination_to = "{LAN.v6_of(10)}"
port_to = 4500
"""


@dataclasses.dataclass(frozen=True)
class Ruled(Tunnel):
    one: str = ONE

    @property
    def toml(self):
        return super().toml + "\n[connection.nat]\n" + RULES.format(one=self.one) + (RULES_V6 if 6 in self.inner else "")

    @property
    def near_subnets(self):
        return [f"{EXCLUDED}/32", f"{EXCLUDED_V6}/128"][:len(self.inner)]

    def swanctl(self, start="none", near="", **more):
        """The peer agrees to more than any file here asks for."""
        told = [f"{EXCLUDED}/32", POOL, "100.64.0.1/32", "100.64.0.2/31", "100.64.0.4/32"]
        if 6 in self.inner:
            told += [f"{address}/128" for address in (EXCLUDED_V6, ONE_V6, SERVER_V6)]
        return super().swanctl(start, near=near or ", ".join(told), **more)

    def host(self, family=None):
        return PUBLISHED


def seen_by(server, client, address, port, data=b"who am I?"):
    """(the sender's address, its port) as the server saw it; and the answer comes back from where the client asked."""
    data, sender, sender_port = arrives(client, server, data, address, port)
    _, answers_from, answers_port = arrives(server, client, b"the answer", sender, sender_port)
    expect_equal((answers_from, answers_port), (address, port), "the answer as the client sees it")
    return sender, sender_port


def ruled_site(lab, tunnel):
    site = LinkspanSite(lab, tunnel)
    site.host.ip(f"address add {EXCLUDED}/24 dev eth0\naddress add {EXCLUDED_V6}/64 dev eth0 nodad preferred_lft 0\n")
    site.linkspan.foreign.look_again()
    site.linkspan.start()
    site.linkspan.wait_up(tunnel.name)
    wait_until(site.pings, "our host reaches the cloud")
    site.linkspan.wait_in_sync()
    remember_udp(site.gateway)
    return site


def show_every_kind(lab, site, cloud):
    """Both initiating; and no packet of any kind reaches either end by other addresses than those it should have there."""
    own, ends = LAN.of(10, 4), (End(site.host), End(site.cloud))
    for client, server, clients, address, servers, seen in ((site.host, site.cloud, own, cloud, cloud, ONE),
                                                            (site.cloud, site.host, cloud, PUBLISHED, own, cloud)):
        lab.step(f"UDP, fragments, TCP, errors and echoes, begun by {client.name}")
        for size in (64, 4000):
            show_udp(client, server, address, clients, seen, 4, size, servers)
        show_tcp(client, server, address, servers, 4)
        show_refused(client, address, 4)
        wait_until(lambda: ping(client, address), f"{address} answers {client.name}")
    here = {kind: {(cloud, own)} for kind in KINDS}
    there = {kind: {(ONE, cloud), (PUBLISHED, cloud)} for kind in KINDS} | {"refused": {(PUBLISHED, cloud)}}
    for end, expected in zip(ends, (here, there)):
        expect_equal(end.seen(4), expected, f"what reached {end.machine.name}")


def show_rules_v6(lab, site):
    """(what lists the sessions, by when each began)"""
    lab.step("the same in IPv6: many for one, an excluded host, a forwarded port, every kind of packet")
    cloud, own, there = site.tunnel.cloud(6), LAN.of(10, 6), End(site.cloud)
    server, behind, asking = Udp(site.cloud, 6, cloud, 4601), Udp(site.host, 6, own, 4500), Udp(site.cloud, 6, cloud, 4999)
    host, excluded = (Udp(site.host, 6, address, 4600) for address in (own, EXCLUDED_V6))
    expect_equal(seen_by(server, host, cloud, 4601), (ONE_V6, 4600), "what the cloud sees of our host")
    expect_equal(seen_by(server, host, cloud, 4601, b"x" * 4000), (ONE_V6, 4600), "and in fragments")
    expect_equal(seen_by(behind, asking, SERVER_V6, 5353), (cloud, 4999), "who asks by the forwarded port")
    show_tcp(site.host, site.cloud, cloud, cloud, 6)
    show_refused(site.host, cloud, 6)
    wait_until(lambda: ping(site.host, cloud), f"{cloud} answers")
    seen = there.seen(6)
    expect_equal({kind: seen[kind] for kind in ("udp", "tcp", "ping", "fragment")},
                 {"udp": {(ONE_V6, cloud), (SERVER_V6, cloud)}} | {kind: {(ONE_V6, cloud)} for kind in ("tcp", "ping", "fragment")},
                 "what reached the cloud")
    expect_equal(seen_by(server, excluded, cloud, 4601), (EXCLUDED_V6, 4600), "what the cloud sees of the excluded host")
    expect("the peer of cloud sees it as fd64::1 (rule 9)" in site.linkspan.done("nat", "lookup", "fd00:1::77"), "lookup")
    return lambda: begun(site.gateway, ONE_V6, SERVER_V6, family="ipv6")


def show_rules(lab, interface):
    tunnel = Ruled(interface=interface, inner=(4,) if interface == "vti" else (4, 6))
    site = ruled_site(lab, tunnel)
    stamp(site.gateway)
    cloud = "10.20.0.10"
    show_every_kind(lab, site, cloud)
    lab.step("many for one, both families of port")
    server = Udp(site.cloud, 4, cloud, 4601)
    host = Udp(site.host, 4, LAN.of(10, 4), 4600)
    expect_equal(seen_by(server, host, cloud, 4601), (ONE, 4600), "what the cloud sees of our host")
    expect_equal(seen_by(server, host, cloud, 4601, b"x" * 4000), (ONE, 4600), "and in fragments")
    lab.step("an excluded host")
    excluded = Udp(site.host, 4, EXCLUDED, 4600)
    expect_equal(seen_by(server, excluded, cloud, 4601), (EXCLUDED, 4600), "what the cloud sees of the excluded host")
    lab.step("a range, by port")
    ranged = Udp(site.cloud, 4, cloud, 7777)
    sender, _ = seen_by(ranged, host, cloud, 7777)
    expect(sender.startswith("100.64.7."), f"a host of the range, not {sender}")
    lab.step("a destination by another name")
    other = Udp(site.host, 4, LAN.of(10, 4), 4610)  # the same port would be the same session for the cloud
    expect_equal(seen_by(server, other, "172.16.0.10", 4601), (ONE, 4610), "what the cloud sees of who came by the other name")
    lab.step("a forwarded port")
    behind = Udp(site.host, 4, LAN.of(10, 4), 4500)
    asking = Udp(site.cloud, 4, cloud, 4999)
    expect_equal(seen_by(behind, asking, SERVER, 5353), (cloud, 4999), "who asks by the forwarded port")
    lab.step("guests by an address of ours")
    visited = Udp(site.host, 4, EXCLUDED, 6000)
    expect_equal(seen_by(visited, asking, EXCLUDED, 6000), ("10.1.0.1", 4999), "who a guest is to our host")
    lab.step("errors come back translated")
    show_refused(site.host, "172.16.0.10", 4)
    site.gateway.ip("link set lan0 mtu 1290\n")
    show_path_mtu(site.cloud, PUBLISHED, 4, 1290)
    site.gateway.ip("link set lan0 mtu 1500\n")
    sessions_v6 = show_rules_v6(lab, site) if 6 in tunnel.inner else None
    rules = site.linkspan.connection(tunnel.name)["rules"]
    expect_equal([bool(r["sessions"]) for r in rules], [True] * (10 if sessions_v6 else 7), f"every rule has counted sessions: {rules}")
    expect("the peer of cloud sees it as 100.64.0.1 (rule 4)" in site.linkspan.done("nat", "lookup", "10.1.0.77"), "lookup")
    expect("leads to 10.1.0.10 here (rule 5)" in site.linkspan.done("nat", "lookup", SERVER), "lookup from the other side")
    show_restart(lab, site)
    show_edit(lab, site, tunnel, host, server, sessions_v6 or (lambda: []))


def show_restart(lab, site):
    lab.step("the agent is killed, is ended, and comes back")
    site.linkspan.done("apply")
    traffic = site.traffic(rate=50)
    watch = KernelWatch(site.gateway)
    for how in (signal.SIGKILL, signal.SIGTERM):
        site.linkspan.kill_agent(how)
        site.linkspan.start_agent()
        site.linkspan.wait_in_sync()
    expect_equal(watch.changes(), [], "writes of an agent that comes back")
    wait_until(lambda: traffic.sent > 60, "traffic over the restart")
    traffic.stop_lossless("kill and restart")


def show_edit(lab, site, tunnel, host, server, sessions_v6):
    lab.step("one rule is edited: its sessions end at once, the others' go on")
    sessions = lambda *of: [line for line in site.gateway.run("conntrack -L 2>/dev/null").splitlines() if all(o in line for o in of)]
    one, excluded_one, named, ranged = ("dst=10.20.0.10 ", "dst=100.64.0.1 "), ("src=10.1.0.11 ",), ("dst=172.16.0.10 ",), ("dport=7777",)
    for of in (one, excluded_one, named, ranged):
        expect(sessions(*of), f"a session with {of} is tracked")
    site.gateway.run("conntrack -I -p udp -s 172.31.0.7 -d 172.30.0.9 --sport 1 --dport 2 -t 3600 2>&1")
    foreign = ("src=172.31.0.7 ",)
    edited, before_v6 = dataclasses.replace(tunnel, one="100.64.0.3"), sessions_v6()
    expect_equal(bool(before_v6), 6 in tunnel.inner, "sessions of the rules of IPv6")
    site.linkspan.edit(edited)
    expect_equal(sessions(*one), [], "sessions by the old address")
    for of in (excluded_one, named, ranged):
        expect(sessions(*of), f"the session with {of} goes on")
    expect_equal(sessions_v6(), before_v6, "sessions of the rules of IPv6, by when each began")
    wait_until(lambda: site.pings(edited), "traffic by the new address")
    expect_equal(seen_by(server, host, "10.20.0.10", 4601), ("100.64.0.3", 4600), "what the cloud sees now, of the same five-tuple")
    lab.step("the table is deleted by somebody")
    site.gateway.run("nft delete table inet linkspan_rules")
    wait_until(lambda: "linkspan_rules" in site.gateway.run("nft list tables"), "the table is there again")
    wait_until(lambda: site.pings(edited), "traffic passes again")
    site.wan.expect_no_plaintext("the table was gone")
    lab.step("the rules are removed: their sessions are ended")
    plain = Tunnel(interface=tunnel.interface)
    site.charons[0].load(plain.swanctl())
    site.linkspan.edit(plain)
    expect_equal(sessions("dst=100.64."), [], "translated sessions")
    expect_equal(sessions_v6(), [], "translated sessions of IPv6")
    expect(sessions(*foreign), "a session that is none of ours is there from the first change to the last")
    expect("linkspan_rules" not in site.gateway.run("nft list tables"), "the table is gone")
    site.linkspan.done("restart", plain.name)  # the peer had agreed to less
    site.linkspan.wait_up(plain.name)
    wait_until(lambda: site.pings(plain), "traffic as it is")
    site.linkspan.expect_nothing_to_do()


@scenario("rules by XFRM interface: many for one, a range, another name, a forwarded port, an exclusion; edited, restarted, removed",
          needs=["xfrm interface"], once=True)
def nat_rules_xfrm(lab):
    show_rules(lab, "xfrm")


@scenario("rules by VTI: the same", needs=["ip_vti"], once=True)
def nat_rules_vti(lab):
    show_rules(lab, "vti")


@scenario("rules in policy mode: the same", needs=["esp4 with AES-GCM"], once=True)
def nat_rules_policy(lab):
    show_rules(lab, "policy")


def show_failover_of_rules(lab, interface):
    """Two peers before one cloud, each with a host of the cloud's address."""
    more = BACKUP.rstrip() + (NO_PROBE if interface != "policy" else "")
    site = backed_site(lab, Ruled(interface=interface, more=more), routed=False)
    remember_udp(site.gateway)
    stamp(site.gateway)
    cloud, own = "10.20.0.10", LAN.of(10, 4)
    host, behind = Udp(site.host, 4, own, 4600), Udp(site.host, 4, own, 4500)
    servers, asking = ([Udp(machine, 4, cloud, port) for machine in site.clouds[:2]] for port in (4601, 4999))

    lab.step("one session begun here, one there, and one by the tunnel that waits")
    expect_equal(seen_by(servers[0], host, cloud, 4601), (ONE, 4600), "what the cloud sees")
    expect_equal(seen_by(behind, asking[0], SERVER, 5353), (cloud, 4999), "who asks by the forwarded port")
    waiting = Udp(site.clouds[1], 4, cloud, 4998)
    expect_equal(seen_by(behind, waiting, PUBLISHED, 4500), (cloud, 4998), "who asks by the tunnel that waits")

    lab.step("the primary's peer goes: both sessions go on by the backup, as they were")
    tracked = lambda: begun(site.gateway, "4601", "5353", "4500")
    before = tracked()
    expect_equal({port for port, _ in before}, {"4601", "5353", "4500"}, "ports of the sessions that are tracked")
    site.charons[0].end()
    wait_until(lambda: carrier(site) == "cloud+backup", "the backup carries")
    expect_equal(seen_by(servers[1], host, cloud, 4601), (ONE, 4600), "what the cloud behind the backup sees of the session")
    data, sender, port = arrives(behind, asking[1], b"as I said", cloud, 4999)
    expect_equal((sender, port), (SERVER, 5353), "who answers the forwarded session by the backup")
    expect_equal(seen_by(behind, asking[1], SERVER, 5353), (cloud, 4999), "and who goes on asking")
    expect_equal(tracked(), before, "sessions, by when each began")
    site.linkspan.expect_nothing_to_do(without_peer="cloud")


@scenario("sessions of rules outlive a failover, by XFRM interface; what asks by the waiting tunnel is answered by it", needs=["xfrm interface"], once=True)
def nat_failover_xfrm(lab):
    show_failover_of_rules(lab, "xfrm")


@scenario("the same by VTI", needs=["ip_vti"], once=True)
def nat_failover_vti(lab):
    show_failover_of_rules(lab, "vti")


@scenario("the same in policy mode", needs=["esp4 with AES-GCM"], once=True)
def nat_failover_policy(lab):
    show_failover_of_rules(lab, "policy")


EGRESS = """
[egress]
resolvers = ["192.0.2.53"]
nat       = {nat}

[[egress.tag]]
name  = "anywhere"
allow = ["0.0.0.0/0:5353/udp", "[::/0]:5353/udp"]

[[egress.policy]]
sources = ["10.1.0.0/24", "fd00:1::/64"]
tags    = ["anywhere"]
"""
MASQUERADED = {4: GATEWAY_WAN.v4_of(10), 6: GATEWAY_WAN.v6_of(10)}
FIXED = {4: GATEWAY_WAN.v4_of(11), 6: GATEWAY_WAN.v6_of(11)}


def expect_mapped(lab, site, port):
    """New sessions by every tunnel bear the addresses of the file."""
    for tunnel in site.tunnels:
        for family in tunnel.inner:
            lab.step(f"a new IPv{family} session by {tunnel.interface}")
            server = Udp(site.clouds[tunnel.at], family, LAN.of(10, family), 5353)
            client = Udp(site.host, family, LAN.of(10, family), port)
            expect_equal(seen_by(server, client, tunnel.cloud(family), 5353), (tunnel.host(family), port), f"what {tunnel.name} sees")
            client.close()
            server.close()


def expect_outside(lab, site, port, seen):
    """New sessions to the Internet, from the same host and port, bear the gateway's."""
    for family in (4, 6):
        lab.step(f"a new IPv{family} session to the Internet")
        there = PEERS_WAN[0].of(7, family)
        server, client = Udp(site.peers[0], family, there, 5353), Udp(site.host, family, LAN.of(10, family), port)
        expect_equal(seen_by(server, client, there, 5353), (seen[family], port), "what the Internet sees")
        client.close()
        server.close()


@scenario("somebody masquerades everything, or egress does: mapped connections keep their sources until they are in the tunnel, in both families",
          needs=["xfrm interface"], once=True)
def nat_beside_masquerade(lab):
    tunnels = [Mapped(name="site0", at=0, interface="xfrm", inner=(4, 6)), Mapped(name="site1", at=1, interface="vti"),
               Mapped(name="site2", at=2, interface="policy", inner=(4, 6))]
    site = mapped_site(lab, *tunnels)
    for family in ("ip", "ip6"):
        site.gateway.run("nft", "-f", "-", stdin=f"table {family} everything {{ chain post {{ type nat hook postrouting priority 100; masquerade; }}; }}")
    site.linkspan.foreign.look_again()
    expect_mapped(lab, site, 4700)
    site.linkspan.expect_nothing_to_do()
    for family in ("ip", "ip6"):
        site.gateway.run(f"nft delete table {family} everything")
    site.gateway.ip(f"address add {FIXED[4]}/24 dev wan0\naddress add {FIXED[6]}/64 dev wan0 nodad preferred_lft 0\n")
    site.linkspan.foreign.look_again()
    site.wan.expect_no_plaintext("somebody's masquerade")
    site.wan.is_internet = True
    for port, nat, seen in ((4701, '"masquerade"', MASQUERADED), (4702, f'["{FIXED[4]}", "{FIXED[6]}"]', FIXED)):
        lab.step(f"egress translates, too: {nat}")
        site.linkspan.configure(*tunnels, text=file_of(*tunnels) + EGRESS.format(nat=nat))
        site.linkspan.done("apply")
        expect_outside(lab, site, port, seen)
        expect_mapped(lab, site, port)
        site.linkspan.expect_nothing_to_do()
