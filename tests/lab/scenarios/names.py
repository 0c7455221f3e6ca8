"""Peers whose address is not in the file: by name, resolved by a real name server, and of any address. Both are followed when they
move."""

import signal

from lab.scenario import scenario
from lab.sites import LinkspanSite
from lab.traffic import PATIENT, Traffic
from lab.tunnel import Tunnel, file_of
from lab.wait import expect, expect_equal, wait_until

NAME, NOWHERE = "hub.lab.example", "nowhere.lab.example"
FIRST, SECOND = "198.51.100.7", "198.51.100.8"
HUB = Tunnel(interface="xfrm")
OTHER = Tunnel(name="other", at=1, outer=6, interface="xfrm")
LOST = Tunnel(name="lost", at=1, interface="xfrm", behind=2, far=("10.99.0.0/16",))


class NameServer:
    """dnsmasq on the gateway's loopback, which knows one name for five seconds at a time."""

    def __init__(self, machine, address):
        self.machine = machine
        machine.write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1\n")
        self._hosts = "/etc/linkspan/names"
        self.set(address, tell=False)
        self._server = machine.spawn(["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root",
                                      f"--addn-hosts={self._hosts}", "--listen-address=127.0.0.1", "--bind-interfaces", "--local-ttl=5",
                                      "--local=/lab.example/", "--pid-file="], log=machine.evidence.log("dnsmasq.log"))

    def set(self, address, tell=True):
        self.machine.write(self._hosts, f"{address} {NAME}\n" if address else "")
        if tell:
            self._server.send_signal(signal.SIGHUP)


def policies_lead_to(site, new, old):
    policies = site.gateway.run("ip xfrm policy list")
    return new in policies and old not in policies


def peer_file(address):
    return HUB.swanctl(local_id=NAME).replace(FIRST, address)


@scenario("a peer by name: resolved without waiting, followed to another address, kept when nobody answers; others untouched",
          needs=["xfrm interface"], once=True)
def peer_by_name(lab):
    site = LinkspanSite(lab, HUB, OTHER)
    site.charons[0].load(peer_file(FIRST))
    names = NameServer(site.gateway, FIRST)
    text = file_of(HUB, OTHER, LOST).replace(f'"{FIRST}"', f'"{NAME}"', 1).replace(f'"{LOST.peer_address}"', f'"{NOWHERE}"')
    site.linkspan.configure(HUB, OTHER, LOST, text=text)
    site.linkspan.start()
    site.linkspan.wait_up("cloud", "other")
    site.wait_for_traffic()
    expect_equal(site.linkspan.connection()["peer"], FIRST, "the address behind the name")

    lab.step("a name that leads nowhere is a cause of its own")
    why = lambda: " ".join(u["why"] for u in site.linkspan.connection("lost").get("unsynced", []))
    wait_until(lambda: "does not resolve" in why(), "the status says that the peer's name leads nowhere")

    lab.step("the name leads elsewhere")
    spi, other = site.linkspan.sas("other")[0]["spi_in"], Traffic(site.host, OTHER.cloud())
    site.peers[0].ip(f"address add {SECOND}/24 dev wan0\n")
    site.charons[0].load(peer_file(SECOND))
    names.set(SECOND)
    wait_until(lambda: site.linkspan.connection().get("peer") == SECOND, "the name is followed")
    site.linkspan.wait_up("cloud")
    site.wait_for_traffic()
    wait_until(lambda: policies_lead_to(site, SECOND, FIRST), f"the policies lead to {SECOND} and none to {FIRST}")

    lab.step("nobody knows the name any more")
    names.set(None)
    wait_until(lambda: any("does not resolve any more" in w for w in site.linkspan.connection().get("warnings", [])), "status warns")
    site.wait_for_traffic()
    site.linkspan.kill_agent()
    site.linkspan.start_agent()
    site.wait_for_traffic()
    expect_equal(site.linkspan.connection()["peer"], SECOND, "the address that a new agent goes on with")
    other.stop_lossless("another connection")
    expect_equal(site.linkspan.sas("other")[0]["spi_in"], spi, "the SA of another connection")


ANY = Tunnel(name="branch", interface="xfrm", start="respond", more='remote_id = "branch.lab.example"')
PAIRS = Tunnel(name="depot", at=1, interface="policy", start="respond", psk="another secret", more='remote_id = "depot.lab.example"')


def calls(site, tunnel, identity, address=None):
    """The far end begins, under this identity, from `address` or its first one."""
    text = tunnel.swanctl("start", local_id=identity)
    site.charons[tunnel.at].load(text.replace(tunnel.peer_address, address) if address else text)


@scenario("peers of any address: walls before they come, known by identity, followed when one comes from elsewhere; by link and by policies",
          needs=["xfrm interface"])
def peers_of_any_address(lab):
    site = LinkspanSite(lab, ANY, PAIRS)
    text = file_of(ANY, PAIRS)
    for tunnel in (ANY, PAIRS):
        text = text.replace(f'"{tunnel.peer_address}"', '"%any"')
    site.linkspan.configure(ANY, PAIRS, text=text)
    site.linkspan.start()
    site.linkspan.wait_in_sync()
    expect(not any(site.pings(tunnel, deadline=1) for tunnel in (ANY, PAIRS)), "nobody has come yet")

    lab.step("both come, told apart by who they are")
    calls(site, PAIRS, "depot.lab.example")
    calls(site, ANY, "branch.lab.example")
    site.linkspan.wait_up("branch", "depot")
    site.wait_for_traffic()
    expect_equal([site.linkspan.connection(t.name)["peer"] for t in (ANY, PAIRS)], [FIRST, PAIRS.peer_address], "where they are")

    lab.step("one comes from elsewhere")
    spi, other = site.linkspan.sas("depot")[0]["spi_in"], Traffic(site.host, PAIRS.cloud())
    before = site.charons[0].pid
    site.charons[0].kill()
    wait_until(lambda: site.charons[0].pid != before, "it is started anew")
    site.charons[0].wait_for_vici()
    site.peers[0].ip("xfrm state flush\nxfrm policy flush\n")
    site.peers[0].ip(f"address add {SECOND}/24 dev wan0\n")
    calls(site, ANY, "branch.lab.example", SECOND)
    wait_until(lambda: site.linkspan.connection("branch").get("peer") == SECOND, "it is followed")
    wait_until(lambda: site.pings(ANY) and site.pings_back(ANY), "it carries again")
    wait_until(lambda: policies_lead_to(site, SECOND, FIRST), f"the policies lead to {SECOND} and none to {FIRST}")
    site.linkspan.wait_in_sync()

    lab.step("a new agent goes on with where it is, and somebody else is not let in")
    site.linkspan.kill_agent()
    site.linkspan.start_agent()
    expect(site.pings(ANY, deadline=PATIENT), "packets pass beside a new agent")
    expect_equal(site.linkspan.connection("branch")["peer"], SECOND, "the address that a new agent goes on with")
    other.stop_lossless("another connection")
    expect_equal(site.linkspan.sas("depot")[0]["spi_in"], spi, "the SA of another connection")
    site.linkspan.done("down", "branch")
    wait_until(lambda: not site.linkspan.sas("branch"), "its SAs are gone")
    expect(not site.pings(ANY, deadline=1), "held down, nothing passes")
