"""Forwarding between connections: hub and spoke. Denied unless `transit` says so, whoever is alive to watch it."""

import dataclasses
import json
import re

from lab.scenario import scenario
from lab.site import CLOUDS, LAN, subnet
from lab.sites import up
from lab.traffic import Traffic, ping
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until


def spoke(name, at, interface):
    """Whose peer knows the networks behind the two others as well as ours."""
    others = [subnet(cloud, 4) for n, cloud in enumerate(CLOUDS) if n != at]
    # A VTI over IPv4 carries no IPv6; c has all of it that b has not.
    v6 = {"policy": (subnet(LAN, 6),), "xfrm": (subnet(LAN, 6),)}.get(interface, ())
    far_v6 = {"policy": (subnet(CLOUDS[at], 6),), "xfrm": ("::/0",)}.get(interface, ())
    return Tunnel(name=name, at=at, interface=interface, near=(subnet(LAN, 4), *v6, *others), far=(subnet(CLOUDS[at], 4), *far_v6))


SPOKES = [spoke("a", 0, "vti"), spoke("b", 1, "policy"), spoke("c", 2, "xfrm")]
PAIRS = [(one, other) for one in SPOKES for other in SPOKES if one is not other]
A_AND_B = [pair for pair in PAIRS if SPOKES[2] not in pair]


def with_transit(**allowed):
    """The spokes, with what the named ones may send to: a=("b",)."""
    def line(names):
        return "transit = [" + ", ".join(f'"{name}"' for name in names) + "]"
    return [dataclasses.replace(t, more=line(allowed[t.name])) if t.name in allowed else t for t in SPOKES]


def show_passing(site, allowed, what, pairs=PAIRS):
    """Sessions begin exactly where they may: {("a", "b")}. The LAN reaches every spoke as before."""
    for t in SPOKES:
        wait_until(lambda: site.pings(t) and site.pings_back(t), f"{what}: the LAN and {t.name} reach each other")
    for one, other in pairs:
        begins = f"{what}: {one.name} to {other.name}"
        if (one.name, other.name) in allowed:
            wait_until(lambda: ping(site.clouds[one.at], other.cloud(), 3), f"{begins} passes")
        else:
            expect(not ping(site.clouds[one.at], other.cloud(), 0.6), f"{begins} must not pass")
    site.wan.expect_no_plaintext(what)


def dropped(site):
    """Packets that were refused, as our table counts them."""
    listing = json.loads(site.gateway.run("nft", "-j", "list", "table", "inet", "linkspan"))["nftables"]
    return sum(part["counter"]["packets"] for entry in listing for part in entry.get("rule", {}).get("expr", []) if "counter" in part)


def arrivals(site, spoke, source):
    """How many of 3 packets reach the host that the far end of `spoke` sends by its SA as `source`; the others are dropped on the way."""
    before = dropped(site)
    peer, cloud, v6 = site.peers[spoke.at], site.clouds[spoke.at], ":" in source
    host, bits, header = LAN.of(10, 6 if v6 else 4), 128 if v6 else 32, "ip6" if v6 else "ip"
    reqid = re.search(r"reqid (\d+)", peer.run("ip xfrm state"))[1]
    peer.ip(f"xfrm policy add src {source} dst {host} dir out priority 1 tmpl src {spoke.peer_address} dst {spoke.gateway_address} "
            f"proto esp reqid {reqid} mode tunnel\n")
    cloud.ip(f"address add {source}/{bits} dev eth0{' nodad' * v6}\n")
    site.host.run("nft", "-f", "-", stdin=f"table inet seen {{ chain from {{ type filter hook input priority 0; {header} saddr {source} counter drop; }}; }}")
    cloud.call("ping", "-c", "3", "-i", "0.2", "-W", "1", "-I", source, host)
    count = lambda: int(re.search(r"packets (\d+)", site.host.run("nft list table inet seen"))[1])
    wait_until(lambda: count() + dropped(site) - before >= 3, f"each packet as {source} arrives or is dropped")
    arrived = count()
    site.host.run("nft delete table inet seen")
    return arrived


def show_no_borrowed_addresses(site):
    """By the XFRM link of c come its own addresses and those of nobody, not those of a or b."""
    a, b, c = SPOKES
    before = dropped(site)
    expect_equal([arrivals(site, c, cloud_net.of(99, 4)) for cloud_net in (a.cloud_net, b.cloud_net)], [0, 0],
                 "packets by c's link from addresses of a (by VTI) and b (by policies)")
    expect_equal(arrivals(site, c, b.cloud_net.of(99, 6)), 0, "packets by c's link, where ::/0 leads, from an IPv6 address of b")
    expect_equal(dropped(site) - before, 9, "packets counted as dropped")
    expect_equal(arrivals(site, c, "2001:db8:77::1"), 3, "packets by c's link from an address that ::/0 alone covers")
    expect_equal(arrivals(site, c, "192.0.2.200"), 3, "packets by c's link from a router between the ends")


@scenario("hub and three spokes, by VTI, policy and XFRM interface: nothing passes between them but what `transit` names, agent or not",
          needs=["ip_vti", "xfrm interface"])
def transit(lab):
    site = up(lab, *SPOKES)
    linkspan = site.linkspan
    show_passing(site, set(), "no transit")
    wait_until(lambda: dropped(site) >= len(PAIRS), "the last packet between connections reaches the hub")
    expect_equal(dropped(site), len(PAIRS), "packets refused between connections")

    lab.step("nobody's addresses by another one's link")
    show_no_borrowed_addresses(site)

    lab.step("a may begin sessions with b")
    allowed = with_transit(a=("b",))
    linkspan.configure(*allowed)
    _, plan = linkspan.linkspan("plan")
    expect("forwarding between connections: a -> b" in plan, f"the plan says what will pass:\n{plan}")
    linkspan.done("apply")
    linkspan.expect_nothing_to_do()
    show_passing(site, {("a", "b")}, "a -> b")

    lab.step("the same with the agent killed")
    linkspan.kill_agent()
    show_passing(site, {("a", "b")}, "a -> b, no agent", A_AND_B)
    linkspan.start_agent()
    linkspan.expect_nothing_to_do()

    lab.step("taken back under traffic: the sessions that are under way end too")
    traffic = Traffic(site.clouds[0], SPOKES[1].cloud(), rate=50)
    wait_until(lambda: traffic.answered > 20, "a session from a to b")
    linkspan.edit(*SPOKES)
    sent = traffic.sent
    wait_until(lambda: traffic.sent > sent + 20, "more requests of that session")
    account = traffic.stop(drain=0.5)
    late = [number for number in account.answered if number > sent]  # one may have been on its way when it was counted
    expect(not late, f"a session goes on without leave: {account}, {sent} were sent when it was taken back; {late}")

    lab.step("b with both others, and one of them with b")
    linkspan.edit(*with_transit(b=("a", "c"), c=("b",)))
    show_passing(site, {("b", "a"), ("b", "c"), ("c", "b")}, "b -> a, b <-> c")

    lab.step("somebody deletes our table: it is back, and as tight")
    site.gateway.run("nft delete table inet linkspan")
    wait_until(lambda: site.gateway.call("nft", "list", "table", "inet", "linkspan")[0] == 0, "the table is back")
    show_passing(site, {("b", "a"), ("b", "c"), ("c", "b")}, "after a repair", A_AND_B)
