"""The kernel matches the file, or status says why not: what others break is repaired and told, what others own is theirs."""

from lab.scenario import scenario
from lab.sites import LinkspanSite, up
from lab.tunnel import Tunnel
from lab.wait import expect, wait_until

TUNNEL = Tunnel(interface="xfrm", inner=(4, 6), more="mss = 1300")


def everything(machine):
    """What the tunnel consists of, without what lives (counters, SAs)."""
    return machine.run("ip -o link show group 27763 | sed 's/^[0-9]*: //; s/ link.netnsid.*//'; ip -o address show ls-cloud scope global | sed 's/^[0-9]*: //';"
                       "ip -4 route show table all proto 108; ip -6 route show table all proto 108;"
                       "ip xfrm policy | grep -v socket | sort; nft list table inet linkspan")


@scenario("links, addresses, routes, policies and tables changed or deleted by hand are repaired, and it is said", needs=["xfrm interface"])
def repair(lab):
    site = up(lab, TUNNEL)
    linkspan, gateway, reqid = site.linkspan, site.gateway, site.linkspan.connection()["reqid"]
    whole = everything(gateway)
    for what, command, told in (
            ("link down", "ip link set ls-cloud down", "ls-cloud"),
            ("another MTU", "ip link set ls-cloud mtu 1200", "ls-cloud"),
            ("link deleted", "ip link delete ls-cloud", "ls-cloud"),
            ("address deleted", "ip address delete 169.254.21.2/30 dev ls-cloud", "169.254.21.2/30"),
            ("IPv6 address deleted", "ip address delete fd99:0::2/64 dev ls-cloud", "fd99::2/64"),
            ("route deleted", "ip route delete 10.20.0.0/16 dev ls-cloud", "10.20.0.0/16"),
            ("fallback deleted", "ip route delete unreachable 10.20.0.0/16 metric 1", "10.20.0.0/16"),
            ("IPv6 route deleted", "ip -6 route delete fd00:20::/48 dev ls-cloud", "fd00:20::/48"),
            ("way to the peer deleted", "ip route delete 198.51.100.7/32", "198.51.100.7"),
            ("policy deleted", f"ip xfrm policy delete src 0.0.0.0/0 dst 0.0.0.0/0 dir out if_id {reqid:#x}", "polic"),
            ("policy changed", f"ip xfrm policy update src ::/0 dst ::/0 dir in priority 93299 if_id {reqid:#x} action block", "polic"),
            ("table deleted", "nft delete table inet linkspan", "linkspan"),
            ("chains emptied", "nft flush table inet linkspan", "linkspan")):
        lab.step(what)
        said = len(linkspan.log_text())
        gateway.run(command)
        wait_until(lambda: everything(gateway) == whole, f"repaired: {what}\nwanted:\n{whole}", every=0.3)
        wait_until(lambda: told in linkspan.log_text()[said:], f"the journal tells of it: {what}")
    linkspan.wait_in_sync()
    linkspan.expect_nothing_to_do()
    site.wait_for_traffic()


@scenario("one direction's SA deleted by hand, which charon never notices: no plaintext, negotiated anew, said; another pair keeps its SAs",
          needs=["esp4 with AES-GCM"])
def lost_sa(lab):
    site = up(lab, Tunnel(interface="policy", selectors="each", far=("10.20.0.0/24", "10.20.1.0/24")))
    linkspan = site.linkspan
    children = {sa["remote_ts"][0]: sa for sa in linkspan.sas()}
    kept = children["10.20.1.0/24"]
    for way, ends in (("out", "src 203.0.113.10 dst 198.51.100.7"), ("in", "src 198.51.100.7 dst 203.0.113.10")):
        # The agent gives a young CHILD_SA time: charon lists it before the kernel has it.
        lost = wait_until(lambda: next((sa for sa in linkspan.sas() if sa["remote_ts"] == ["10.20.0.0/24"] and sa["age"] > 5), None),
                          "the CHILD_SA has settled", every=0.5)
        lab.step(f"the SA for the way {way} is deleted")
        said = len(linkspan.log_text())
        site.gateway.run(f"ip xfrm state delete {ends} proto esp spi {lost[f'spi_{way}']}")
        missing = f"the kernel does not have its {way}bound SA {lost[f'spi_{way}']}"
        wait_until(lambda: missing in linkspan.log_text()[said:], f"the journal tells what was repaired: {missing}")
        expect("repaired: terminate CHILD_SA" in linkspan.log_text()[said:], "it is called a repair")
        wait_until(lambda: [sa for sa in linkspan.sas() if sa["remote_ts"] == ["10.20.0.0/24"] and sa["unique_id"] != lost["unique_id"]],
                   "another CHILD_SA comes", every=0.2)
        site.wait_for_traffic()
        linkspan.wait_up()
    expect([sa for sa in linkspan.sas() if sa["unique_id"] == kept["unique_id"] and sa["spi_out"] == kept["spi_out"]], "the other pair keeps its SAs")


@scenario("a foreign link with our name and a foreign route in our place: named in status, never deleted", needs=["ip_vti"])
def foreign_in_our_place(lab):
    site = LinkspanSite(lab, Tunnel())
    linkspan = site.linkspan
    site.gateway.run("ip link add ls-cloud type dummy")
    linkspan.foreign.look_again()
    linkspan.start()
    wait_until(lambda: any("ls-cloud" in u["object"] for u in linkspan.connection().get("unsynced", [])), "status names the link in the way")
    expect(linkspan.connection().get("state") in ("degraded", "failed"), "status does not call that up")
    status, output = linkspan.linkspan("plan")
    expect(status == 1 and "ls-cloud" in output, f"plan names it too: {status}\n{output}")
    expect(not site.pings(deadline=0.5), "nothing passes")
    linkspan.foreign.expect_untouched()

    lab.step("its owner takes it away")
    linkspan.stop_the_world(True)  # else it makes its own in the middle of the look
    site.gateway.run("ip link delete ls-cloud")
    linkspan.foreign.look_again()
    linkspan.stop_the_world(False)
    linkspan.wait_up()
    site.wait_for_traffic()


@scenario("a flood of events overruns the monitor sockets: the right state all the same", needs=["xfrm interface"])
def overrun(lab):
    site = up(lab, TUNNEL)
    linkspan, gateway = site.linkspan, site.gateway
    whole = everything(gateway)
    flood = "".join(f"route add 172.28.{i // 250}.{i % 250}/32 dev foreign0\n" for i in range(4000))
    drops = socket_drops(gateway)
    linkspan.stop_the_world(True)
    gateway.ip(flood)
    gateway.run("ip link delete ls-cloud; nft delete table inet linkspan")
    gateway.ip(flood.replace("add", "delete"))
    linkspan.stop_the_world(False)
    expect(socket_drops(gateway) > drops, "the flood did overrun a netlink socket")
    wait_until(lambda: everything(gateway) == whole, "everything is there again", every=0.5)
    linkspan.wait_in_sync()
    site.wait_for_traffic()
    linkspan.expect_nothing_to_do()


def socket_drops(machine):
    lines = machine.run("cat /proc/net/netlink").splitlines()[1:]
    return sum(int(line.split()[8]) for line in lines)
