"""Static keys: a peer without IKE. The same promises, rotation without loss, and sequence numbers that never come twice."""

import dataclasses
import functools
import re

from lab.keyed import KeyedPeer, KeyedTunnel, Keys, file_of_keys
from lab.scenario import scenario
from lab.sites import LinkspanSite
from lab.wait import expect, expect_equal, wait_until
from lab.watch import KernelWatch
from scenarios.leak import Guarded, delete_policies


FORCED = 'nat_traversal = "force"'


class KeyedSite(LinkspanSite):
    """Both ends have the first generation; the agent has not started."""

    def __init__(self, lab, tunnel, keys):
        super().__init__(lab, tunnel, far_ends=(KeyedPeer,))
        self.far = self.charons[0]
        if FORCED in tunnel.more:
            self.far.encapsulate()
        self.far.policies(tunnel)
        self.far.receives(tunnel, keys)
        self.far.sends(tunnel, keys)
        self.write_keys(keys, sends=keys)

    def write_keys(self, *generations, sends):
        self.gateway.write(self.tunnel.keys_file, file_of_keys(*generations, sends=sends), mode=0o600)

    def states(self):
        """SPIs of the gateway's SAs between the two ends."""
        ends = {self.tunnel.gateway_address, self.tunnel.peer_address}
        found = re.findall(r"src (\S+) dst (\S+)\n\s+proto esp spi (0x[0-9a-f]+)", self.gateway.run("ip xfrm state"))
        return sorted(int(spi, 16) for source, destination, spi in found if {source, destination} == ends)

    def flush(self):
        """Somebody deletes all SAs of the connection. `ip` complains of those that the agent, which noticed, replaced first."""
        self.gateway.run(f"ip xfrm state deleteall reqid {self.reqid} || true")

    @functools.cached_property
    def reqid(self):
        return self.linkspan.connection(self.tunnel.name)["reqid"]

    def sent(self, keys):
        """The last sequence number out, as status tells."""
        return next(sa["sequence"] for sa in self.linkspan.connection(self.tunnel.name)["static_sas"]
                    if sa["out"] and sa["generation"] == keys.name)


def show_keyed(lab, tunnel, keys, renewed=None):
    """Up by keys alone; adopted by the next agent; rotated under traffic, to the cipher `renewed`; nothing lost, no number twice."""
    site = KeyedSite(lab, tunnel, keys)
    linkspan = site.linkspan
    status, text = linkspan.check()
    expect(status == 0 and "static keys" in text, f"check warns about static keys:\n{text}")
    linkspan.start()
    linkspan.wait_up()
    site.wait_for_traffic()
    linkspan.expect_nothing_to_do()
    site.wan.expect_no_plaintext("up by static keys")

    lab.step("the agent is killed and comes back: the same SAs, no write")
    before = site.sent(keys)
    traffic = site.traffic()
    watch = KernelWatch(site.gateway)
    linkspan.kill_agent()
    linkspan.start_agent()
    linkspan.expect_nothing_to_do()
    expect_equal(watch.changes(), [], "writes of an agent that adopts")
    traffic.stop_lossless("agent restarted")
    expect(site.sent(keys) > before, f"the SA goes on counting: {before}, {site.sent(keys)}")

    lab.step("new keys, the gateway first: both ends write them, then both send by them, then the old ones go")
    fresh = Keys("second", renewed or keys.suite, keys.esn)
    traffic = site.traffic()
    site.write_keys(keys, fresh, sends=keys)
    linkspan.done("apply")
    site.far.receives(tunnel, fresh)
    site.write_keys(keys, fresh, sends=fresh)
    linkspan.done("apply")
    sent = traffic.sent
    wait_until(lambda: traffic.sent > sent + 20, "the gateway sends by new keys, the peer by old ones")
    site.far.sends(tunnel, fresh)
    wait_until(lambda: traffic.sent > sent + 60, "both send by new keys")
    site.write_keys(fresh, sends=fresh)
    linkspan.done("apply")
    site.far.forget(tunnel, keys)
    wait_until(lambda: traffic.sent > sent + 100, "the old keys are gone")
    traffic.stop_lossless("rotation")
    expect_equal(site.states(), sorted(fresh.spi.values()), "the gateway's SAs")

    lab.step("the SAs are flushed: installed anew behind all numbers that were used")
    used = site.sent(fresh)
    site.flush()
    wait_until(site.pings, "traffic passes again: the peer takes the numbers")
    linkspan.wait_in_sync()
    expect(site.sent(fresh) > used + 1_000_000, f"counting goes on far behind {used}: {site.sent(fresh)}")
    linkspan.expect_nothing_to_do()

    lab.step("down and up; another replay window")
    linkspan.done("down", tunnel.name)
    expect_equal(site.states(), [], "SAs of a connection that is down")
    expect(not site.pings(deadline=0.5), "nothing passes while it is down")
    linkspan.done("up", tunnel.name)
    wait_until(site.pings, "traffic passes again")
    linkspan.edit(dataclasses.replace(tunnel, more=f"{tunnel.more}\nreplay_window = 256"))
    wait_until(site.pings, "traffic passes with another window")
    show_no_secret(site, keys, fresh)
    site.wan.expect_no_plaintext("all of it")
    return site


def show_no_secret(site, *generations):
    """No key in what the agent says or writes."""
    linkspan = site.linkspan
    said = linkspan.log_text() + linkspan.linkspan("status", "--json")[1] + linkspan.linkspan("status", "cloud")[1]
    said += linkspan.linkspan("check", "--explain", "cloud")[1] + site.gateway.run("grep -r . /var/lib/linkspan || true")
    for keys in generations:
        for key in keys.key["in"] + keys.key["out"]:
            expect(key[:16] not in said, f"a key of {keys.name} is shown")


@scenario("static keys by VTI over IPv4 in UDP, AES-GCM, then ChaCha20-Poly1305: rotation, restart, flush: nothing lost or in clear, no number twice",
          needs=["ip_vti"])
def static_keys_vti(lab):
    site = show_keyed(lab, KeyedTunnel(interface="vti", more=FORCED), Keys("first"), renewed="chacha20poly1305")
    states = site.gateway.run("ip xfrm state")
    expect_equal((states.count("rfc7539esp(chacha20,poly1305)"), states.count("espinudp")), (2, 2), f"SAs of ChaCha20-Poly1305 in UDP:\n{states}")


@scenario("static keys by XFRM interface over IPv6 carrying IPv4, AES-CBC with SHA-256, extended sequence numbers", needs=["xfrm interface"])
def static_keys_xfrm(lab):
    show_keyed(lab, KeyedTunnel(interface="xfrm", outer=6), Keys("first", "aes256-sha256", esn=True))


@scenario("static keys in policy mode: no leak in 12 situations", needs=["esp4 with AES-GCM"])
def no_leak_static_keys(lab):
    tunnel = KeyedTunnel(interface="policy")
    keys = Keys("first", "aes256gcm16")
    site = KeyedSite(lab, tunnel, keys)
    linkspan = site.linkspan
    guarded = Guarded(lab, tunnel, site)
    linkspan.start()
    guarded.traffic = site.traffic(rate=50)
    wait_until(site.pings, "up by static keys")

    def wrong_keys():
        site.gateway.write(tunnel.keys_file, "[[generation]]\n", mode=0o600)
        linkspan.linkspan("apply")

    def right_keys():
        site.write_keys(keys, sends=keys)
        linkspan.done("apply")
    guarded.event("charon is killed", linkspan.charon.kill)
    guarded.event("the SAs are flushed", site.flush)
    guarded.event("the outbound SA is deleted", lambda: site.gateway.run(
        f"ip xfrm state delete src {tunnel.gateway_address} dst {tunnel.peer_address} proto esp spi {keys.spi['out']:#x}"))
    guarded.event("the policies are deleted", lambda: delete_policies(guarded))
    guarded.event("the agent is killed", linkspan.kill_agent, recovers=False)
    guarded.event("the SAs are flushed, with no agent", site.flush, recovers=False)
    guarded.event("the agent comes back", linkspan.start_agent)
    guarded.event("the file of keys is broken", wrong_keys, recovers=False)
    guarded.event("the file of keys is mended", right_keys)
    guarded.event("taken down", lambda: linkspan.done("down", tunnel.name), recovers=False)
    guarded.event("taken up", lambda: linkspan.done("up", tunnel.name))
    guarded.event("disabled", lambda: linkspan.edit(dataclasses.replace(tunnel, more="enabled = false")), recovers=False)
    guarded.event("enabled", lambda: linkspan.edit(tunnel))
    guarded.traffic.stop()
