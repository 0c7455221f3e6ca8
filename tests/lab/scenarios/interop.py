"""Interoperates: with plain strongSwan, over IPv4 and IPv6, whoever begins, by VTI and by XFRM interface."""

import dataclasses

from lab.scenario import scenario
from lab.site import CLOUDS, LAN
from lab.sites import LinkspanSite, up
from lab.traffic import PATIENT, ping
from lab.transfer import transfer
from lab.tunnel import Tunnel
from lab.wait import expect, expect_equal, wait_until

TCP_TIMESTAMPS = 12  # bytes of every segment


def initiated_by_us(site):
    return site.linkspan.connection()["sas"][0]["initiator"]


def ended_by_the_peer(site, tunnel, start):
    """The connection with another `start`, and no tunnel: the peer has ended it."""
    site.linkspan.edit(dataclasses.replace(tunnel, start=start))
    site.charons[0].swanctl("--terminate", "--ike", tunnel.name)
    wait_until(lambda: site.linkspan.connection().get("state") == "waiting", "the connection waits")


def show_every_start(lab, tunnel):
    site = up(lab, tunnel)
    expect(initiated_by_us(site), "start = always: linkspan initiates")
    show_sizes(site, tunnel)

    lab.step("the peer initiates")
    ended_by_the_peer(site, tunnel, "respond")
    expect(not site.pings(deadline=0.3), "nothing passes while the tunnel is down")
    site.charons[0].swanctl("--initiate", "--child", tunnel.name)
    site.linkspan.wait_up()
    site.wait_for_traffic()
    expect(not initiated_by_us(site), "start = respond: the peer initiates")

    lab.step("traffic initiates")
    ended_by_the_peer(site, tunnel, "on-demand")
    wait_until(site.pings, "a packet makes the kernel ask for the tunnel, and it comes")
    site.linkspan.wait_up()
    expect(initiated_by_us(site), "start = on-demand: linkspan initiates, asked by the kernel")
    site.wait_for_traffic()
    site.linkspan.expect_nothing_to_do()


def show_sizes(site, tunnel):
    """The largest packet passes whole, one byte more does not; TCP fills it; nothing is fragmented on the WAN."""
    mtu = site.linkspan.connection()["mtu"]
    for family in tunnel.inner:
        headers = 28 if family == 4 else 48  # IP and ICMP
        cloud = tunnel.cloud(family)
        expect(ping(site.host, cloud, PATIENT, size=mtu - headers, forbid_fragments=True), f"{mtu} bytes pass over IPv{family}")
        expect(not ping(site.host, cloud, deadline=0.5, size=mtu - headers + 1, forbid_fragments=True), f"{mtu + 1} bytes do not")
        data = bytes(range(256)) * 400
        for client, server, address in ((site.host, site.cloud, cloud), (site.cloud, site.host, tunnel.host(family))):
            moved = transfer(client, server, address, data)
            expect_equal(moved.received, moved.sent, f"checksum of a transfer to {address}")
            segment = mtu - (40 if family == 4 else 60) - TCP_TIMESTAMPS
            expect_equal((moved.client_mss, moved.server_mss), (segment, segment), f"TCP segments to {address} fill the MTU of {mtu}")
    expect_equal(site.wan.counters()["fragments"], 0, "fragments on the WAN")


@scenario("VTI over IPv4: always, respond, on-demand; sizes; TCP", needs=["ip_vti", "esp4 with AES-GCM"])
def interop_vti_over_ipv4(lab):
    show_every_start(lab, Tunnel(interface="vti", outer=4, inner=(4,)))


@scenario("VTI over IPv6: always, respond, on-demand; sizes; TCP", needs=["ip6_vti", "esp6 with AES-GCM"])
def interop_vti_over_ipv6(lab):
    show_every_start(lab, Tunnel(interface="vti", outer=6, inner=(6,)))


@scenario("an XFRM interface over IPv4 carrying both families: always, respond, on-demand; sizes; TCP",
          needs=["xfrm interface", "esp4 with AES-GCM"])
def interop_xfrm_over_ipv4(lab):
    show_every_start(lab, Tunnel(interface="xfrm", outer=4, inner=(4, 6)))


@scenario("an XFRM interface over IPv6 carrying both families: always, respond, on-demand; sizes; TCP",
          needs=["xfrm interface", "esp6 with AES-GCM"])
def interop_xfrm_over_ipv6(lab):
    show_every_start(lab, Tunnel(interface="xfrm", outer=6, inner=(4, 6)))


@scenario("a peer that is route-based itself, with any subnets in its selectors", needs=["xfrm interface", "ip_vti"], once=True)
def interop_routed_peer(lab):
    tunnel = Tunnel(interface="vti")
    site = LinkspanSite(lab, tunnel)
    site.peer.ip("link add tunnel0 type xfrm dev wan0 if_id 5\nlink set tunnel0 up mtu 1400\nroute add 10.1.0.0/16 dev tunnel0\n")
    site.charons[0].load(tunnel.swanctl_routed(if_id=5))
    site.linkspan.start()
    site.wait_for_traffic()
    expect(ping(site.gateway, CLOUDS[0].v4_of(10), PATIENT), "the gateway itself reaches the cloud")
    expect(ping(site.peer, LAN.v4_of(10), PATIENT, source=CLOUDS[0].v4_of(1)), "the peer itself reaches the site")
