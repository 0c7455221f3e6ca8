"""Two gateways of ours: both begin, one IKE_SA stays, nothing is lost on the way there."""

import json

from lab.scenario import scenario
from lab.tunnel import Tunnel
from lab.traffic import Echo, ping
from lab.transfer import transfer
from lab.twins import InnerTunnel, Twins
from lab.wait import expect, expect_equal, wait_until
from scenarios.interop import TCP_TIMESTAMPS
from scenarios.mtu import Sizes


HELD_UP = "table inet held_up { chain on_the_way { type filter hook forward priority 0; udp dport { 500, 4500 } drop; }; }"


def ikes(end):
    return end.connection().get("sas", [])


def expect_one(site):
    wait_until(lambda: all(len(ikes(end)) == 1 for end in site.ends), "one IKE_SA at each end")
    here, there = (ikes(end)[0] for end in site.ends)
    expect(here["initiator"] != there["initiator"], "both ends kept the same one")
    for end in site.ends:
        expect_equal(len(end.sas()), 1, "CHILD_SAs")


def sum_of(end, pattern):
    return end.machine.evidence.directory.joinpath(f"charon-{end.machine.name}.log").read_text(errors="replace").count(pattern)


def both_begin(site):
    """Charon is killed at both ends, and what they say is held up until both have begun: two IKE_SAs stand."""
    begun = [sum_of(end, "initiating IKE_SA") for end in site.ends]
    site.wan.machine.run("nft", "-f", "-", stdin=HELD_UP)
    for end in site.ends:
        end.charon.kill()
    wait_until(lambda: all(sum_of(end, "initiating IKE_SA") > before for end, before in zip(site.ends, begun)), "both ends begin")
    site.wan.machine.run("nft delete table inet held_up")
    wait_until(lambda: all(len(ikes(end)) == 2 for end in site.ends), "two IKE_SAs at each end")


@scenario("two linkspan gateways, XFRM interface over IPv6, both always: after both charons were killed at once one IKE_SA "
          "stays, 0 lost; a tunnel inside the tunnel: sizes, and never by the uplink", needs=["xfrm interface"])
def both_ends_ours(lab):
    tunnel = Tunnel(interface="xfrm", outer=6, inner=(4, 6))
    site = Twins(lab, tunnel)
    for end in site.ends:
        end.start()
    site.wait_for_traffic()
    lab.step("both charons are killed")
    both_begin(site)
    site.wait_for_traffic()
    there = site.traffic(rate=50)
    expect_one(site)
    sent = there.sent
    wait_until(lambda: there.sent >= sent + 100, "packets by the one that stays")
    account = there.stop_lossless("one of two IKE_SAs ends")
    for end in site.ends:
        end.wait_in_sync()
        end.expect_nothing_to_do()
    outer = show_sizes(site, tunnel)
    within = show_nested(lab, site, tunnel)
    print(f"{account}; MTU {outer}, of the tunnel inside {within}; ", end="")


def show_sizes(site, tunnel):
    """Both ends have the same MTU; what is larger is told to its sender, what is not passes, and a TCP of full segments."""
    mtu = site.linkspan.connection(tunnel.name)["mtu"]
    expect_equal(site.far.connection(tunnel.name)["mtu"], mtu, "the far end's MTU")
    for family in tunnel.inner:
        Sizes(site, tunnel, family).expect_limit(mtu)
        moved = transfer(site.host, site.cloud, tunnel.cloud(family), bytes(range(256)) * 400)
        expect_equal(moved.received, moved.sent, "checksum of a transfer")
        segment = mtu - (40 if family == 4 else 60) - TCP_TIMESTAMPS
        expect_equal((moved.client_mss, moved.server_mss), (segment, segment), f"TCP segments over IPv{family} fill the MTU of {mtu}")
    expect_equal(site.wan.counters()["fragments"], 0, "fragments on the WAN")
    return mtu


def show_nested(lab, site, outer):
    """A connection inside the tunnel of another one never leaves by the uplink. Its ends are addresses that the WAN counts as clear."""
    inner = InnerTunnel()

    def passes(family):
        return site.pings(family, inner)
    lab.step("a connection inside the tunnel")
    site.edit(outer, inner)
    for end in site.ends:
        end.wait_up("cloud", "inner")
    for family in inner.inner:
        wait_until(lambda: passes(family), f"IPv{family} passes by the tunnel inside")
    mtu = show_sizes(site, inner)
    for end in site.ends:
        end.wait_in_sync()
        end.expect_nothing_to_do()

    lab.step("the outer tunnel is down")
    site.linkspan.done("down", "cloud")
    wait_until(lambda: not ping(site.host, inner.cloud(), deadline=0.3), "nothing passes by the tunnel inside")
    send_into(site, inner, 20)
    site.linkspan.done("up", "cloud")
    wait_until(lambda: passes(4), "both tunnels are back")

    lab.step("the agent is dead, and the outer tunnel's link and the wall behind it are gone")
    site.linkspan.kill_agent()
    before = refused_outside(site.gateway)
    site.gateway.run(f"ip link delete {outer.device}")
    send_into(site, inner, 20)
    expect_equal(refused_outside(site.gateway), before, "what the nft wall stopped where an unreachable route stands")
    site.gateway.run(f"ip -6 route delete unreachable {inner.peer_address}")
    send_into(site, inner, 20)
    site.wan.expect_no_plaintext("ESP of the tunnel inside, which the uplink's default route would have taken")
    wait_until(lambda: refused_outside(site.gateway) > before, "the nft wall has stopped that")
    site.linkspan.start_agent()
    wait_until(lambda: passes(4) and passes(6), "a new agent has put it all back")
    site.linkspan.wait_in_sync()
    return mtu


def send_into(site, tunnel, count):
    for family in tunnel.inner:
        echo = Echo(site.host, tunnel.cloud(family))
        for _ in range(count):
            echo.send()
        echo.receive(0.3)
        echo.close()
        expect(not echo.account.answered, "nothing is answered")


def refused_outside(gateway):
    """Packets of tunnels inside tunnels that were about to leave by another link."""
    listing = json.loads(gateway.run("nft", "-j", "list", "table", "inet", "linkspan"))["nftables"]
    return sum(expression["counter"]["packets"] for item in listing if item.get("rule", {}).get("chain", "").startswith("through_")
               for expression in item["rule"]["expr"] if "counter" in expression)
