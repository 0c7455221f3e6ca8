"""The command: down and up, and what status, plan and their exit statuses say."""

import dataclasses
import re

from lab import esp
from lab.scenario import scenario
from lab.sites import LinkspanSite, up
from lab.tunnel import Tunnel, file_of
from lab.wait import expect, expect_equal, wait_until

TUNNEL = Tunnel(interface="xfrm")
OURS = 0x10000000  # the first reqid of linkspan's own


def own_sas(machine):
    """The reqids of the SAs that are linkspan's."""
    return [reqid for reqid in map(int, re.findall(r"reqid (\d+)", machine.run("ip xfrm state list nokeys"))) if reqid >= OURS]


@scenario("status says which connection drops packets, and why; down holds a connection down over a restart and drops its packets; up brings it back",
          needs=["xfrm interface"], once=True)
def down_and_up(lab):
    site = up(lab, TUNNEL)
    linkspan = site.linkspan
    lab.step("what the peer sent comes twice, and comes otherwise")
    expect_equal(linkspan.connection()["dropped"], {"late": 0, "replayed": 0, "forged": 0}, "what was dropped before")
    frame = esp.record(site, site.pings)
    esp.say(site, frame, esp.forged(frame), esp.forged(frame))
    wait_until(lambda: linkspan.connection()["dropped"] == {"late": 0, "replayed": 1, "forged": 2}, "what was dropped is counted")
    text = linkspan.done("status", "cloud")
    expect("2 packets failed the integrity check, 1 packet had been seen already" in text, f"a person is told: {text}")
    lab.step("charon dies and leaves its SAs; the connection is taken down meanwhile")
    linkspan.charon.kill_for_now()
    expect(own_sas(site.gateway), "a charon that is killed leaves its SAs")
    linkspan.done("down", "cloud")
    linkspan.charon.revive()
    wait_until(lambda: not own_sas(site.gateway), "no SA is left of a connection that is down")
    wait_until(lambda: linkspan.connection().get("state") == "down", "it is down")
    traffic = site.traffic(rate=50)
    linkspan.kill_agent()
    linkspan.start_agent()
    wait_until(lambda: traffic.sent > 50, "packets that must not pass")
    expect_equal(linkspan.connection().get("state"), "down", "state after a restart of the agent")
    expect(not traffic.stop(drain=0).answered, "no packet passed")
    site.wan.expect_no_plaintext("down")
    linkspan.done("up", "cloud")
    linkspan.wait_up()
    site.wait_for_traffic()
    status, output = linkspan.linkspan("up", "clout")
    expect(status == 1 and "cloud" in output, f"an unknown name is refused with advice: {output}")


@scenario("plan tells what apply will do, apply does it, plan has nothing more", needs=["xfrm interface"], once=True)
def plan_and_apply(lab):
    site = LinkspanSite(lab, TUNNEL)
    linkspan = site.linkspan
    linkspan.configure(text=file_of())
    linkspan.start()
    expect_equal(linkspan.linkspan("plan")[0], 0, "exit status of plan with no connection")
    linkspan.configure(TUNNEL)
    before = linkspan.foreign.snapshot()
    status, output = linkspan.linkspan("plan")
    expect_equal(status, 2, "exit status of plan with changes")
    for object_ in ("ls-cloud", "10.20.0.0/16", "169.254.21.2/30"):
        expect(object_ in output, f"plan tells of {object_}:\n{output}")
    expect_equal((site.gateway.run("ip -o link show group 27763"), linkspan.foreign.snapshot()), ("", before), "plan changes nothing")
    linkspan.done("apply")
    linkspan.wait_up()
    site.wait_for_traffic()
    linkspan.expect_nothing_to_do()


@scenario("a lost secret is said, and does not stop the rest", needs=["xfrm interface"], once=True)
def missing_secret(lab):
    one, two = dataclasses.replace(TUNNEL, name="one"), dataclasses.replace(TUNNEL, name="two", at=1)
    site = LinkspanSite(lab, one, two)
    site.gateway.run("rm", one.psk_file)
    site.linkspan.start()
    site.linkspan.wait_up("two")
    wait_until(lambda: site.linkspan.connection("one").get("unsynced"), "status tells of the secret")
    expect("psk" in str(site.linkspan.connection("one")["unsynced"]), "it names the secret")
    site.linkspan.configure(one, two)
    site.linkspan.done("apply")
    site.linkspan.wait_up("one")
    site.wait_for_traffic()


@scenario("the peer dies and comes back: noticed, and re-established without anyone asking", needs=["xfrm interface"])
def peer_restarts(lab):
    site = up(lab, dataclasses.replace(TUNNEL, dpd_delay="2s"))
    site.charons[0].stop()
    site.peer.run("ip xfrm state flush; ip xfrm policy flush")
    wait_until(lambda: site.linkspan.connection().get("state") == "connecting", "the dead peer is noticed")
    site.charons[0].start()
    site.charons[0].load(TUNNEL.swanctl())
    site.linkspan.wait_up()
    site.wait_for_traffic()
