"""Mapped NAT: the same networks on both sides, and at many sites."""

import dataclasses
import errno
import itertools
import re
import socket

from lab.ends import KINDS, End
from lab.gateway import CONFIG
from lab.mapped import HOST_THERE, OURS_THERE, REAL, Mapped, Udp, same_networks
from lab.charon import PlainPeer
from lab.scenario import scenario
from lab.site import LAN
from lab.sites import LinkspanSite
from lab.traffic import PATIENT, ping
from lab.transfer import transfer
from lab.wait import expect, expect_equal, wait_until
from lab.watch import KernelWatch

IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_MTU = 10, 2, 14
IPV6_MTU_DISCOVER, IPV6_MTU = 23, 24


def mapped_site(lab, *tunnels):
    site = LinkspanSite(lab, *tunnels, far_ends=(PlainPeer,) * 3, before=same_networks)
    site.linkspan.start()
    site.linkspan.wait_up(*(t.name for t in tunnels))
    site.wait_for_traffic()
    site.linkspan.wait_in_sync()
    return site


def remember_udp(machine):
    """A session of the first step is there at the last one, however busy the host."""
    for kind in ("udp_timeout", "udp_timeout_stream"):
        machine.run(f"echo 3600 > /proc/sys/net/netfilter/nf_conntrack_{kind}")


def both_ways(site, tunnel, family):
    """(client, server, the server's address for the client, the server's own, the client's for the server)"""
    own = LAN.of(10, family)
    cloud = site.clouds[tunnel.at]
    yield site.host, cloud, tunnel.cloud(family), own, HOST_THERE[family]
    yield cloud, site.host, HOST_THERE[family], own, tunnel.cloud(family)


_numbers = itertools.count(1)


def arrives(sender, receiver, data, address, port):
    """Said again until it is there: over IPv6 the first large one is lost, for its sender alone makes fragments, and has to be told
    their size. `data` is numbered, so that what was said again before, and comes late, is not taken for it."""
    receiver.socket.settimeout(2)
    numbered = (b"%08d" % next(_numbers) + data)[:max(len(data), 8)]

    def received():
        sender.send(numbered, address, port)
        try:
            while (got := receiver.receive())[0] != numbered:
                pass
            return got
        except TimeoutError:
            return None
    return wait_until(received, f"{len(data)} bytes arrive at {address}")


def show_udp(client, server, address, own, seen, family, size, servers_own=""):
    """A question and its answer; both see the other as they should, ports are kept."""
    asked, answering = Udp(client, family, own, 4500 + 7), Udp(server, family, servers_own or own, 5353)
    data, sender, port = arrives(asked, answering, b"q" * size, address, 5353)
    expect_equal((len(data), sender, port), (size, seen, 4507), f"what {server.name} sees of {size} bytes")
    data, sender, port = arrives(answering, asked, b"a" * size, sender, port)
    expect_equal((len(data), sender, port), (size, address, 5353), f"the answer that {client.name} sees")
    asked.close()
    answering.close()


def show_tcp(client, server, address, own, family):
    data = bytes(range(256)) * 200
    moved = transfer(client, server, address, data, own=own)
    expect_equal(moved.received, moved.sent, f"checksum of a transfer from {client.name} to {address}")


def show_refused(client, address, family):
    """ICMP errors find the socket: nobody listens there."""
    one = Udp(client, family)
    one.socket.connect((address, 9))

    def refused():
        try:
            one.socket.send(b"anybody?")
            one.socket.settimeout(1)
            one.socket.recv(1)
        except OSError as error:
            return error.errno == errno.ECONNREFUSED
        return False
    wait_until(refused, f"{client.name} hears that nobody listens at {address}")
    one.close()


def show_path_mtu(client, address, family, below):
    """What is too large is said to whoever sent it, about the address it sent to."""
    one = Udp(client, family)
    level = (socket.IPPROTO_IP, socket.IPPROTO_IPV6)[family == 6]
    one.socket.setsockopt(level, (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER)[family == 6], IP_PMTUDISC_DO)
    one.socket.connect((address, 9))

    def learnt():
        try:
            one.socket.send(b"x" * 1300)
        except OSError:
            pass
        return one.socket.getsockopt(level, (IP_MTU, IPV6_MTU)[family == 6]) <= below
    wait_until(learnt, f"{client.name} learns the MTU towards {address}")
    one.close()


def show_addresses(lab, site, tunnel):
    """Both initiating; and no packet of any kind reaches either end by other addresses than those it should have there."""
    ends = {End(site.host): tunnel.cloud, End(site.clouds[tunnel.at]): tunnel.host}
    for family in tunnel.inner:
        for client, server, address, own, seen in both_ways(site, tunnel, family):
            lab.step(f"IPv{family} from {client.name} to {address}")
            show_udp(client, server, address, own, seen, family, 64)
            show_udp(client, server, address, own, seen, family, 4000)
            show_tcp(client, server, address, own, family)
            show_refused(client, address, family)
            wait_until(lambda: ping(client, address), f"{address} answers {client.name}")
        for end, other in ends.items():
            expect_equal(end.seen(family), {kind: {(other(family), LAN.of(10, family))} for kind in KINDS}, f"what reached {end.machine.name}")


def show_small_path(lab, site, tunnel):
    """A link behind the peer is narrower than the tunnel, and then one on our side."""
    lab.step("narrow links behind both gateways")
    site.peers[tunnel.at].ip("link set lan0 mtu 1290\n")
    site.clouds[tunnel.at].ip("link set eth0 mtu 1290\n")
    for family in tunnel.inner:
        show_path_mtu(site.host, tunnel.cloud(family), family, 1290)
    site.peers[tunnel.at].ip("link set lan0 mtu 1500\n")
    site.clouds[tunnel.at].ip("link set eth0 mtu 1500\n")
    site.gateway.ip("link set lan0 mtu 1290\n")
    for family in tunnel.inner:
        show_path_mtu(site.clouds[tunnel.at], HOST_THERE[family], family, 1290)
    site.gateway.ip("link set lan0 mtu 1500\n")


def show_what_people_are_told(site, tunnel):
    """`status` has the mapping, with counters that count; `nat lookup` answers both ways."""
    before = site.linkspan.connection()
    expect({"ours": True, "here": REAL[4], "there": OURS_THERE[4]} in before["nat"], f"our networks in status: {before['nat']}")
    expect({"ours": False, "here": tunnel.virtual[4], "there": REAL[4]} in before["nat"], f"the peer's in status: {before['nat']}")
    expect(site.pings(deadline=PATIENT), "one more packet each way")
    after = site.linkspan.connection()
    for way in ("nat_in", "nat_out"):
        expect(after[way]["packets"] > before[way]["packets"], f"{way} counts: {before[way]}, then {after[way]}")
    expect("its own address is 10.1.0.10" in site.linkspan.done("nat", "lookup", tunnel.cloud(4)), "lookup of what our hosts see")
    expect("here it is 10.1.0.10" in site.linkspan.done("nat", "lookup", HOST_THERE[4]), "lookup of what the peer sees")
    site.gateway.run("nft list ruleset")
    show_collision(site, tunnel)


def show_collision(site, tunnel):
    """Hosts that are really here have addresses that stand for the peer's: said, with what becomes of their packets."""
    part, whole = tunnel.virtual[4].replace(".0.0/16", ".7.0/24"), tunnel.virtual[4]
    by_policies, by_link = ["the policies take what our hosts send"] * 2, ["it takes its packets past the tunnel", "nobody is reached by it"]
    told = dict(zip((part, whole), by_policies if tunnel.interface == "policy" else by_link))
    warnings = lambda: site.linkspan.connection().get("warnings", [])
    site.gateway.ip("".join(f"route add {network} dev foreign0 metric 77\n" for network in told))
    for network, words in told.items():
        wait_until(lambda: any(f"route {network} " in why and words in why and f"stands for the peer's {REAL[4]}" in why for why in warnings()),
                   f"status warns of the route to {network}")
    status, said = site.linkspan.check()
    expect_equal(status, 0, "linkspan check of a file that is right but for the routes here")
    for words in (f"{whole}, which stands for the peer's {REAL[4]}, is also somebody's here: foreign route {whole} dev foreign0 proto boot",
                  f"{CONFIG}:", "warning:", "and 1 more", "added it by hand", f"the peer's    {whole} "):
        expect(words in said, f"{words!r} in what check says: {said}")
    site.gateway.ip("".join(f"route del {network} dev foreign0 metric 77\n" for network in told))
    wait_until(lambda: not any("foreign0" in why for why in warnings()), "and no longer")
    expect("somebody's here" not in site.linkspan.check()[1], "nor does check, whatever routes the tunnel has")


def show_mapped(lab, interface, inner):
    tunnel = Mapped(interface=interface, inner=inner)
    site = mapped_site(lab, tunnel)
    show_addresses(lab, site, tunnel)
    show_small_path(lab, site, tunnel)
    show_what_people_are_told(site, tunnel)
    site.linkspan.expect_nothing_to_do()


@scenario("mapped NAT by XFRM interface: right addresses for UDP, TCP, ICMP errors and fragments, both initiating, both families",
          needs=["xfrm interface"])
def nat_xfrm(lab):
    show_mapped(lab, "xfrm", (4, 6))


@scenario("mapped NAT by VTI: the same", needs=["ip_vti"])
def nat_vti(lab):
    show_mapped(lab, "vti", (4,))


@scenario("mapped NAT in policy mode: the same", needs=["esp4 with AES-GCM"])
def nat_policy(lab):
    show_mapped(lab, "policy", (4, 6))


def show_identical(lab, interface):
    """Three sites with our own network, and one five-tuple from all of them at once."""
    tunnels = [Mapped(name=f"site{n}", at=n, interface=interface) for n in range(3)]
    site = mapped_site(lab, *tunnels)
    own = LAN.of(10, 4)
    server = Udp(site.host, 4, own, 5353)
    asking = [Udp(cloud, 4, own, 4507) for cloud in site.clouds]
    for size in (64, 4000):
        lab.step(f"the same five-tuple from three sites at the same time, {size} bytes")
        for round_number in range(5):
            for number, one in enumerate(asking):
                one.send(bytes([number]) * size, HOST_THERE[4], 5353)
            for _ in asking:
                data, sender, port = server.receive()
                number = data[0]
                expect_equal((data, sender, port), (bytes([number]) * size, tunnels[number].cloud(4), 4507), "who asked")
                server.send(data, sender, port)
            for number, one in enumerate(asking):
                expect_equal(one.receive(), (bytes([number]) * size, HOST_THERE[4], 5353), f"the answer to site {number}")
    for one in (server, *asking):
        one.close()
    show_gateways_own_address(lab, site, tunnels)
    site.linkspan.expect_nothing_to_do()


def show_gateways_own_address(lab, site, tunnels):
    """At every site a host has the address that our gateway has on the LAN."""
    own = {site.host: LAN.of(10, 4), site.gateway: LAN.of(1, 4)}
    for tunnel in tunnels:
        there = site.peers[tunnel.at]
        lab.step(f"{there.name} has the gateway's own address: our host and the gateway itself talk with it")
        for here, address in own.items():
            theirs, ours = f"100.{tunnel.number}.0.1", HOST_THERE[4].replace(".10", address[address.rindex("."):])
            show_udp(here, there, theirs, address, ours, 4, 64, LAN.of(1, 4))
            show_udp(there, here, ours, LAN.of(1, 4), theirs, 4, 64, address)


@scenario("three sites have our own network and our gateway's own address, by XFRM interface: one five-tuple from all of them at once",
          needs=["xfrm interface"], once=True)
def nat_identical_xfrm(lab):
    show_identical(lab, "xfrm")


@scenario("three sites have our own network, by VTI: the same", needs=["ip_vti"], once=True)
def nat_identical_vti(lab):
    show_identical(lab, "vti")


@scenario("three sites have our own network, in policy mode: the same", needs=["esp4 with AES-GCM"], once=True)
def nat_identical_policy(lab):
    show_identical(lab, "policy")


BACKUP = """
[connection.backup]
peer           = "192.0.2.7"
tunnel_address = "169.254.29.2/30"
"""


def patient(tunnel):
    """The peer's file; on a busy machine nobody takes a slow answer for none."""
    return tunnel.swanctl().replace("dpd_delay = 5s", "dpd_delay = 1h")


def neighbours(lab):
    """One by XFRM interface with a backup, by the peer of a second one, in policy mode; and one by VTI."""
    backed = Mapped(name="site0", at=0, interface="xfrm", more=BACKUP.rstrip(), dpd_delay="1h")
    tunnels = [backed, Mapped(name="site1", at=1, interface="policy", outer=6, ours=90, dpd_delay="1h"),
               Mapped(name="site2", at=2, interface="vti", dpd_delay="1h")]
    site = LinkspanSite(lab, *tunnels, before=same_networks)
    for charon, known in zip(site.charons, ((backed,), (dataclasses.replace(backed, at=1), tunnels[1]), tunnels[2:])):
        charon.load("".join(map(patient, known)))
    site.linkspan.start()
    site.linkspan.wait_up("site0", "site0+backup", "site1", "site2")
    site.wait_for_traffic()
    site.linkspan.wait_in_sync()
    return site


def carries(site, name):
    return site.linkspan.connection(name).get("carries")


def show_failover(lab, site):
    """The backup translates as its connection does, both ways."""
    tunnel, cloud = site.tunnel, site.clouds[1]
    lab.step("one fails over to its backup")
    client, server = Udp(site.host, 4, LAN.of(10, 4), 4610), Udp(cloud, 4, LAN.of(10, 4), 4611)
    site.charons[0].end()
    wait_until(lambda: carries(site, "site0+backup"), "the backup carries")
    data, sender, port = arrives(client, server, b"by the other way?", tunnel.cloud(4), 4611)
    expect_equal((sender, port), (HOST_THERE[4], 4610), "who asks by the backup")
    data, sender, port = arrives(server, client, b"yes", sender, port)
    expect_equal((sender, port), (tunnel.cloud(4), 4611), "who answers by the backup")

    lab.step("and back")
    site.charons[0].revive()
    site.charons[0].wait_for_vici()
    site.charons[0].load(patient(tunnel))
    wait_until(lambda: carries(site, "site0"), "the primary carries again")
    wait_until(lambda: site.pings(tunnel), "traffic by the primary")


@scenario("mapped sites by XFRM interface, VTI and policies side by side: one edited, removed, added, failed over and back; the others lose no packet and no session, no rule is written",
          needs=["xfrm interface"])
def nat_neighbours(lab):
    site = neighbours(lab)
    tunnels = site.tunnels
    others = [site.traffic(t) for t in tunnels[1:]]
    flow = Udp(site.host, 4, LAN.of(10, 4), 4600)
    answering = [Udp(site.clouds[t.at], 4, LAN.of(10, 4), 4601) for t in tunnels[1:]]

    def show_sessions():
        for tunnel, one in zip(tunnels[1:], answering):
            data, sender, port = arrives(flow, one, b"still there?", tunnel.cloud(4), 4601)
            expect_equal((sender, port), (tunnel.host(4), 4600), f"who asks {tunnel.name}")

    def sessions():
        """The neighbours', by the kernel's own ids."""
        listing = site.gateway.run("conntrack -L -p udp --dport 4601 -o id 2>/dev/null")
        return sorted(re.search(r"src=(\S+) dst=(\S+) .*id=(\d+)", line).groups() for line in listing.splitlines())

    lab.step("one is mapped to other addresses")
    edited = dataclasses.replace(tunnels[0], moved=True)
    remember_udp(site.gateway)
    show_sessions()
    before = sessions()
    expect_equal(len(before), 2, "sessions of the neighbours")
    handles = site.gateway.run("nft -a list table inet linkspan_nat | grep -E 'chain|comment'")
    site.linkspan.edit(edited, *tunnels[1:])
    wait_until(lambda: site.pings(edited), "traffic by the new addresses")
    expect_equal(site.linkspan.linkspan("nat", "lookup", tunnels[0].cloud(4))[0], 1, "nobody is known by the old one")
    expect_equal(site.gateway.run("nft -a list table inet linkspan_nat | grep -E 'chain|comment'"), handles, "rules and chains")

    lab.step("one is removed, and added again")
    site.linkspan.edit(*tunnels[1:])
    expect_equal(site.linkspan.linkspan("nat", "lookup", edited.cloud(4))[0], 1, "nobody is known by a removed connection's address")
    site.linkspan.edit(*tunnels)
    wait_until(lambda: site.pings(tunnels[0]), "traffic as at first")
    expect_equal(site.gateway.run("nft -a list table inet linkspan_nat | grep -E 'chain|comment'"), handles, "rules and chains")
    show_failover(lab, site)

    lab.step("the agent is killed, and comes back")
    site.linkspan.wait_up("site0", "site0+backup")
    site.linkspan.done("apply")  # it has seen the new SAs
    site.linkspan.kill_agent()
    watch = KernelWatch(site.gateway)
    site.linkspan.start_agent()
    site.linkspan.wait_in_sync()
    expect_equal(watch.changes(), [], "writes of an agent that comes back")
    for one in others:
        one.stop_lossless("a neighbour")
    expect_equal(sessions(), before, "the neighbours' sessions")
    show_sessions()
    site.linkspan.expect_nothing_to_do()
