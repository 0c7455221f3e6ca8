"""Policy mode: pairs of networks instead of a tunnel link. The same promises, and what is particular: pairs, NAT, overlap."""

import dataclasses

from lab.scenario import scenario
from lab.site import CLOUDS, LAN
from lab.sites import LinkspanSite, up
from lab.traffic import PATIENT, Traffic, ping
from lab.transfer import transfer
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until
from lab.watch import KernelWatch
from scenarios.interop import TCP_TIMESTAMPS, ended_by_the_peer, initiated_by_us
from scenarios.leak import Guarded, show_no_leak
from scenarios.restart import show_restart

POLICY = Tunnel(interface="policy")
EACH = Tunnel(interface="policy", selectors="each", far=("10.20.0.0/24", "10.20.1.0/24"))
SECOND_CLOUD = "10.20.1.10"

# What many gateways have for the Internet, and what must not touch the tunnels' packets.
MASQUERADE = """
table inet their_nat {
  chain post {
    type nat hook postrouting priority srcnat;
    oifname "wan0" masquerade
  }
}
"""


def masquerade(site):
    site.gateway.run("nft", "-f", "-", stdin=MASQUERADE)
    site.linkspan.foreign.look_again()


def show_sizes(site, tunnel):
    """TCP fills what the file says, both ways, and nothing is fragmented."""
    site.linkspan.edit(dataclasses.replace(tunnel, more="mss = 1300"))
    data = bytes(range(256)) * 400
    for family in tunnel.inner:
        for client, server, address in ((site.host, site.cloud, tunnel.cloud(family)), (site.cloud, site.host, tunnel.host(family))):
            moved = transfer(client, server, address, data)
            expect_equal(moved.received, moved.sent, f"checksum of a transfer to {address}")
            expect_equal((moved.client_mss, moved.server_mss), (1300 - TCP_TIMESTAMPS,) * 2, f"TCP segments to {address}")
    expect_equal(site.wan.counters()["fragments"], 0, "fragments on the WAN")


def show_every_start(lab, tunnel):
    site = LinkspanSite(lab, tunnel)
    masquerade(site)
    site.linkspan.start()
    site.linkspan.wait_up()
    site.wait_for_traffic()
    expect(initiated_by_us(site), "start = always: linkspan initiates")
    for family in tunnel.inner:
        expect(ping(site.gateway, tunnel.cloud(family), PATIENT), f"the gateway itself reaches the cloud over IPv{family}")
    show_sizes(site, tunnel)
    expect_equal(len(site.linkspan.sas()), 1, "one CHILD_SA carries all pairs")

    lab.step("the peer initiates")
    ended_by_the_peer(site, tunnel, "respond")
    expect(not site.pings(deadline=0.3), "nothing passes while the tunnel is down")
    site.charons[0].swanctl("--initiate", "--child", tunnel.name)
    site.linkspan.wait_up()
    site.wait_for_traffic()

    lab.step("traffic initiates")
    ended_by_the_peer(site, tunnel, "on-demand")
    wait_until(site.pings, "a packet makes the kernel ask for the tunnel, and it comes")
    site.linkspan.wait_up()
    expect(initiated_by_us(site), "start = on-demand: linkspan initiates, asked by the kernel")
    site.linkspan.expect_nothing_to_do()


@scenario("policy mode over IPv4, beside a masquerade: always, respond, on-demand; TCP", needs=["esp4 with AES-GCM"])
def interop_policy_over_ipv4(lab):
    show_every_start(lab, POLICY)


@scenario("policy mode over IPv6 carrying both families: always, respond, on-demand; TCP", needs=["esp6 with AES-GCM"])
def interop_policy_over_ipv6(lab):
    show_every_start(lab, dataclasses.replace(POLICY, outer=6, inner=(4, 6)))


@scenario("policy mode, a CHILD_SA for each pair; one pair is edited and the other loses nothing", needs=["esp4 with AES-GCM"])
def interop_policy_each(lab):
    site = LinkspanSite(lab, EACH)
    site.cloud.ip(f"address add {SECOND_CLOUD}/32 dev eth0\n")
    site.peer.ip(f"route add 10.20.1.0/24 via {CLOUDS[0].v4_of(10)}\n")
    site.linkspan.start()
    site.linkspan.wait_up()
    site.wait_for_traffic()
    wait_until(lambda: ping(site.host, SECOND_CLOUD, 3), "the second pair carries packets")
    before = {sa["remote_ts"][0]: sa for sa in site.linkspan.sas()}
    expect_equal(sorted(before), ["10.20.0.0/24", "10.20.1.0/24"], "a CHILD_SA for each pair")

    lab.step("the second pair is edited")
    edited = dataclasses.replace(EACH, far=("10.20.0.0/24", "10.20.1.0/25"))
    traffic = site.traffic()
    site.charons[0].load(edited.swanctl())
    site.linkspan.edit(edited)
    wait_until(lambda: sorted(sa["remote_ts"][0] for sa in site.linkspan.sas()) == ["10.20.0.0/24", "10.20.1.0/25"], "the new pair is up")
    wait_until(lambda: ping(site.host, SECOND_CLOUD, 3), "the edited pair carries packets")
    traffic.stop_lossless("the pair that was not edited")
    kept = next(sa for sa in site.linkspan.sas() if sa["remote_ts"] == ["10.20.0.0/24"])
    expect_equal((kept["unique_id"], kept["spi_in"]), (before["10.20.0.0/24"]["unique_id"], before["10.20.0.0/24"]["spi_in"]), "its CHILD_SA")


def grown(count, name="cloud"):
    """A connection to so many networks of the cloud by one CHILD_SA."""
    return Tunnel(name=name, interface="policy", far=tuple(f"10.20.{n}.0/24" for n in range(count)))


def has_selectors(site, tunnel):
    sas = site.linkspan.sas(tunnel.name)
    return len(sas) == 1 and sorted(sas[0]["remote_ts"]) == sorted(tunnel.far)


@scenario("policy mode, one CHILD_SA for all pairs is to carry one more: negotiated anew at the edit, or, where no agent saw the edit, at a person's "
          "restart, which the status asks for; not a packet in clear, and another connection loses nothing", needs=["esp4 with AES-GCM"], once=True)
def policy_selectors_grow(lab):
    one, two, three = (grown(count) for count in (1, 2, 3))
    other = Tunnel(name="other", interface="policy", at=1)
    site = LinkspanSite(lab, one, other)
    site.cloud.ip("address add 10.20.1.10/32 dev eth0\naddress add 10.20.2.10/32 dev eth0\n")
    site.peer.ip(f"route add 10.20.1.0/24 via {CLOUDS[0].v4_of(10)}\nroute add 10.20.2.0/24 via {CLOUDS[0].v4_of(10)}\n")
    site.linkspan.start()
    site.linkspan.wait_up("cloud", "other")
    site.wait_for_traffic()
    beside, kept = site.traffic(other, rate=25), site.linkspan.sas("other")[0]["spi_in"]

    lab.step("a network is added")
    traffic = site.traffic()
    wait_until(lambda: traffic.answered > 50, "traffic flows")
    site.charons[0].load(two.swanctl())
    site.linkspan.edit(two, other)
    added = Traffic(site.host, SECOND_CLOUD, rate=50)
    wait_until(lambda: has_selectors(site, two), "a CHILD_SA of both networks")
    wait_until(lambda: added.answered > 20, "the new network is reached")
    answered = traffic.answered
    wait_until(lambda: traffic.answered > answered + 50, "and the old one")
    added.stop()
    account = traffic.stop()
    site.linkspan.expect_nothing_to_do()

    lab.step("one more is added while no agent is there")
    traffic = site.traffic()
    site.linkspan.kill_agent()
    site.charons[0].load(three.swanctl())
    site.linkspan.configure(three, other)
    site.linkspan.start_agent()
    asks = "not to 10.20.2.0/24: it drops what is outside; let it agree to all of it, then linkspan restart cloud"
    wait_until(lambda: any(asks in w for w in site.linkspan.connection().get("warnings", [])), "status says what to do")
    expect(not ping(site.host, "10.20.2.10", 0.3), "the third network is not reached yet")
    traffic.stop_lossless("an agent that comes back to another file")
    site.linkspan.done("restart", "cloud")
    wait_until(lambda: has_selectors(site, three), "a CHILD_SA of all three")
    wait_until(lambda: ping(site.host, "10.20.2.10", 3), "the third network is reached")
    expect_equal([w for w in site.linkspan.connection()["warnings"] if asks in w], [], "warnings")

    beside.stop_lossless("another connection")
    expect_equal(site.linkspan.sas("other")[0]["spi_in"], kept, "its CHILD_SA")
    print(f"{len(account.lost)} packets of 10 ms lost by the edit; ", end="")


@scenario("no leak in policy mode, beside a masquerade, in 23 situations", needs=["esp4 with AES-GCM"])
def no_leak_policy(lab):
    guarded = Guarded(lab, POLICY)
    masquerade(guarded.site)
    show_no_leak(guarded)


@scenario("policy mode, agent killed and restarted under 100 packets/s: 0 lost, 0 writes", needs=["esp4 with AES-GCM"])
def restart_policy(lab):
    show_restart(lab, POLICY)


@scenario("policy mode with everything behind the peer: our networks still talk to each other, nothing else leaks", needs=["esp4 with AES-GCM"])
def policy_default_route(lab):
    site = up(lab, dataclasses.replace(POLICY, outer=6, inner=(4, 6), far=("0.0.0.0/0", "::/0")))
    for family in (4, 6):
        site.gateway.call("ip", "neighbour", "flush", "dev", "lan0")
        expect(ping(site.host, LAN.of(1, family), PATIENT), f"the host reaches its gateway over IPv{family}")
        expect(ping(site.gateway, LAN.of(10, family), PATIENT), f"the gateway reaches its host over IPv{family}")
    watch = KernelWatch(site.gateway)
    site.linkspan.expect_nothing_to_do()
    expect_equal(watch.changes(), [], "writes of a plan")
