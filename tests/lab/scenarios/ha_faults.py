"""What may happen to a pair of gateways, and what holds all the same: after every fault one of the two carries, by the same
IKE_SA, and what left them by the wire shows that they never spoke at once."""

import time

from lab.heartbeats import deaf, record, say, shaped
from lab.pair import HA, PairSite, TWO_PATHS, file_of_pair
from lab.scenario import scenario
from lab.tunnel import Tunnel
from lab.vici import command
from lab.wait import expect, expect_equal, wait_until
from scenarios.ha import asked_while_mute, copied_again


@scenario("the files of a pair's two gateways differ: said on both, told by check, and neither hands over", needs=["ip_vti"], once=True)
def ha_unlike(lab):
    Faults(lab).meet(unlike_files)


@scenario("a pair's flap limit: a person's switchovers are none of them; of its own accord a gateway waits once it has taken over too often", once=True)
def ha_flaps(lab):
    site = Bare(lab, ha_text=LIMITED)
    for gateway in site.gateways.values():
        gateway.start_agent()
    ready(site)
    for gateway in site.gateways.values():
        gateway.done("ha", "resume")  # one took over as it began
    for gateway in [g for _ in range(2) for g in reversed(site.wait_for_both())]:
        asked(site, gateway)
    last, other = site.wait_for_both()
    hang(site, last)
    wait_until(lambda: other.pair().get("role") == "active", "one that a person asked, and often, follows at once", every=0.1)
    expect("flapping" not in causes(other), f"it was put off: {causes(other)}")
    goes_on(last)
    asked(site, last)
    hang(site, last)
    wait_until(lambda: "flapping" in causes(other), "it says that it has taken over too often of its own accord", every=0.1)
    expect_equal(other.pair()["role"], "standby", "its role until the hold-down is over")
    other.done("ha", "resume")
    wait_until(lambda: other.pair().get("role") == "active", "a person has it forget that", every=0.1)
    goes_on(last)


class Bare(PairSite):
    """Without a tunnel: only who of the two is active."""

    def file(self, more="", ha_text=None):
        return file_of_pair(ha_text)

    def verify(self):
        """Nothing leaves by a tunnel."""


def ready(site):
    active = site.wait_for_active()
    wait_until(lambda: active.pair().get("role") == "active" and active.pair()["peer"]["ready"], "the other one is ready", every=0.1)


def asked(site, gateway):
    ready(site)
    gateway.done("ha", "switchover")
    wait_until(lambda: gateway.pair().get("role") == "active", "a person's word is done", every=0.1)


def hang(site, gateway):
    ready(site)
    gateway.stop_the_world(True)


def goes_on(gateway):
    gateway.stop_the_world(False)
    wait_until(lambda: not gateway.holds(), "the one that hung gives the address up", every=0.1)


@scenario("a pair through forged, replayed, lost and slow heartbeats, a full disk, pauses, kills, flushes, a flapping link, maintenance: never two at once",
          needs=["ip_vti", "netem"], soak=True)
def ha_faults(lab):
    faults = Faults(lab)
    for fault in (forged_and_replayed, deaf_standby, one_path, deaf_active, full_disk, short_pause, killed_agent, rekeyed_and_handed_over, rekeyed_and_hung,
                  flushed_standby, flushed_active, flushed_policies, flushed_ruleset, lossy, slow, both_start_at_once, killed_charon, flapping_link, maintenance, asked_while_mute, stepping_clock):
        faults.meet(fault)


class Faults:
    """A pair under traffic, audited after every fault."""

    def __init__(self, lab, site=None, rate=20):
        self.lab, self.site = lab, site or PairSite(lab, Tunnel(dpd_delay=DPD), ha_text=TWO_PATHS)
        self.site.start()
        self.errors = self.site.peer_sequence_errors()
        self.traffic = self.site.traffic(rate=rate)

    def meet(self, fault):
        """Whoever spoke did so in a tenure of its own, one after the other; each has an epoch, and epochs only grow."""
        self.site.wait_for_quiet()
        site, since, before = self.site, time.time(), self.site.wait_for_active()
        ike, epoch, negotiated = before.ike_spis(), before.pair()["epoch"], site.negotiations()
        fault(site)
        active = site.wait_for_active()
        wait_until(lambda: active.pair().get("role") == "active" and active.pair()["peer"]["ready"], f"after {fault.__name__} both are there", every=0.3)
        wait_until(site.pings, f"packets pass after {fault.__name__}")
        wait_until(lambda: alike(site), f"after {fault.__name__} both charons have the same IKE_SAs, each of them once", every=1)
        if fault not in OTHER_SPIS:
            expect_equal(active.ike_spis(), ike, f"IKE_SAs after {fault.__name__}")
        if fault not in ANEW:
            expect_equal(site.negotiations(), negotiated, f"negotiations from the beginning, after {fault.__name__}")
        expect_equal(site.peer_sequence_errors(), self.errors, f"numbers the peer had seen already, after {fault.__name__}")
        expect_equal(site.ahead(), 0, f"message IDs ahead of what was expected, after {fault.__name__}")
        runs, tenures = site.speakers(since), active.pair()["epoch"] - epoch
        expect(len(runs) <= tenures + 1, f"{fault.__name__}: the shared address spoke from {runs}, in at most {tenures} new tenures")
        site.verify()
        self.lab.step(f"{fault.__name__}: spoken by {' then '.join(runs)}; {self.traffic.sent - self.traffic.answered} of {self.traffic.sent} unanswered so far")


def alike(site):
    a, b = (sorted(gateway.ike_sas()) for gateway in site.gateways.values())
    return a == b and len({spis for _, spis in a}) == len(a)


def still(active, what):
    """Nothing moves while `what` goes on for longer than a silence may last."""
    epoch, end = active.pair()["epoch"], time.monotonic() + 1.5 * DETECTION
    wait_until(lambda: time.monotonic() > end or active.pair().get("epoch") != epoch, "time passes", every=0.3)
    expect_equal((active.pair()["role"], active.pair()["epoch"]), ("active", epoch), f"role and epoch with {what}")


def bear(site, how, what):
    """Nothing moves while all that the two say to each other goes through netem, shaped as `how` has it."""
    active = site.wait_for_active()
    with shaped(site, how):
        still(active, what)


def forged_and_replayed(site):
    """On the LAN somebody records heartbeats, says them again, and says others like them."""
    active, standby = site.wait_for_both()
    frames = record(site, active)
    before = standby.pair()["rejected"]
    say(site, standby, frames)
    say(site, standby, [frame[:-1] + bytes([frame[-1] ^ 1]) for frame in frames])
    for why in ("replayed", "forged"):
        wait_until(lambda why=why: standby.pair()["rejected"][why] >= before[why] + len(frames), f"they are counted as {why}", every=0.3)
    still(active, "forged and replayed heartbeats")


def unlike_files(site):
    """Two files that differ where they must not: said on both sides, nobody hands over, nobody else carries."""
    active, standby = site.wait_for_both()
    text = site.file(ha_text=TWO_PATHS)
    other = text.replace(f'dpd_delay      = "{DPD}"', 'dpd_delay      = "30m"')
    standby.configure(text=other)
    standby.done("apply")
    for gateway in (active, standby):
        wait_until(lambda gateway=gateway: gateway.pair().get("differs") == ["connections"], "it says what differs", every=0.3)
        wait_until(lambda gateway=gateway: "config-differs" in causes(gateway), "and when a heartbeat said so", every=0.3)
    status, output = active.linkspan("ha", "switchover")
    expect(status != 0 and "differ" in output, f"a switchover is refused: {output}")
    active.machine.write("/run/other.toml", other)
    status, output = active.linkspan("check", "--with", "/run/other.toml")
    expect(status == 1 and f"connection cloud dpd_delay: here {DPD}, there 30m" in output, f"check says it: {output}")
    standby.configure(text=text)
    standby.done("apply")
    for gateway in (active, standby):
        wait_until(lambda gateway=gateway: gateway.pair().get("differs") == [], "they are alike again", every=0.3)


def one_path(site):
    active, standby = site.wait_for_both()
    active.machine.ip("link set sync0 down\n")
    wait_until(lambda: "path-silent" in causes(standby), "the standby says that a path is silent", every=0.3)
    still(active, "one path")
    active.machine.ip("link set sync0 up\n")
    wait_until(lambda: "path-back" in causes(standby), "the path is back", every=0.3)


def deaf_active(site):
    """It speaks and is heard: it goes on, and nobody takes over."""
    active, _ = site.wait_for_both()
    with deaf(active):
        still(active, "an active gateway that hears nobody")


def deaf_standby(site):
    """It says that it hears nobody: the active one is mute before it claims."""
    active, standby = site.wait_for_both()
    epoch = active.pair()["epoch"]
    with deaf(standby):
        standby.wait_to_carry("it is deaf")
        wait_until(lambda: not active.holds(), "the other one lets go", every=0.1)
    expect(standby.pair()["epoch"] > epoch, "by an epoch of its own")


def short_pause(site):
    active, _ = site.wait_for_both()
    epoch = active.pair()["epoch"]
    active.stop_the_world(True)
    time.sleep(DETECTION / 5)  # what stands still cannot be asked how long it has been
    active.stop_the_world(False)
    expect_equal(active.pair()["epoch"], epoch, "the epoch after a short pause")


def full_disk(site):
    """No epoch on disk, no claim: safe rather than alive. With the disk it goes on by itself."""
    active, standby = site.wait_for_both()
    standby.machine.run("mount -o remount,ro /var/lib")
    active.stop_the_world(True)
    wait_until(lambda: standby.pair().get("role") == "fault", "the standby does not claim without its disk", every=0.3)
    expect("epoch-not-written" in causes(standby), "and says why")
    expect(not standby.holds(), "it took the address all the same")
    active.stop_the_world(False)
    standby.machine.run("mount -o remount,rw /var/lib")
    site.wait_for_active()


def killed_agent(site):
    active, standby = site.wait_for_both()
    active.kill_agent()
    standby.wait_to_carry("the other agent was killed")
    active.start_agent()
    wait_until(lambda: not active.holds(), "the one that was killed gives the address up", every=0.2)


def killed_charon(site):
    """The standby's: its SAs stay in its kernel, which its new charon does not know; what it lacks is copied again."""
    active, standby = site.wait_for_both()
    standby.charon.kill()
    copied_again(site)


def lossy(site):
    """One of ten is lost, on both paths and both ways: no takeover."""
    bear(site, "loss 10%", "a tenth lost")


def slow(site):
    bear(site, "delay 50ms 50ms", "50 ms of delay, more or less")


def maintenance(site):
    """Who is in maintenance hands over, and carries nothing until it is over, whatever happens to the other."""
    active, standby = site.wait_for_both()
    active.done("ha", "maintenance", "on")
    standby.wait_to_carry("maintenance")
    wait_until(lambda: active.pair().get("role") == "maintenance", "it is in maintenance", every=0.1)
    standby.stop_the_world(True)
    wait_until(lambda: not active.pair()["peer"]["present"], "the other one hangs", every=0.3)
    expect_equal(active.pair()["role"], "maintenance", "its role, with nobody else there")
    standby.stop_the_world(False)
    site.wait_for_active()
    active.done("ha", "maintenance", "off")
    wait_until(lambda: active.pair().get("role") == "standby", "it is back", every=0.1)


def stepping_clock(site):
    active, _ = site.wait_for_both()
    for step in ("+1 hour", "-2 hours", "+1 hour"):
        active.machine.run("date", "-s", step)
    still(active, "a wall clock that steps")


def flapping_link(site):
    """The WAN's cable of the active one comes and goes ten times: one takeover, and the hold-down keeps it at that."""
    active, standby = site.wait_for_both()
    for _ in range(10):
        site.machines["wan"].ip(f"link set dev {active.machine.name} down\n")
        time.sleep(0.5)
        site.machines["wan"].ip(f"link set dev {active.machine.name} up\n")
        time.sleep(0.5)
    wait_until(lambda: standby.pair().get("role") == "active", "the other one takes over", every=0.2)
    expect_equal(sum(e["to"] == "active" and e["from"] != "active" for e in standby.pair()["events"][-12:]), 1, "takeovers")


def flushed_standby(site):
    """What it lacks is copied again, by another IKE_SA."""
    _, standby = site.wait_for_both()
    standby.machine.run("ip", "xfrm", "state", "flush")
    site.wait_for_copies()


def flushed_active(site):
    """What carries is gone from the kernel: charon never notices, the agent does, and begins anew by another IKE_SA."""
    active, _ = site.wait_for_both()
    active.machine.run("ip", "xfrm", "state", "flush")
    wait_until(site.pings, "packets pass again")
    site.wait_for_copies()


def flushed_policies(site):
    active, standby = site.wait_for_both()
    for gateway in (active, standby):
        gateway.machine.run("ip", "xfrm", "policy", "flush")
        gateway.wait_in_sync()


def flushed_ruleset(site):
    """Both fences are gone, and stand again: nobody changes roles, and who hangs then is as mute as ever."""
    active, standby = site.wait_for_both()
    for gateway in (active, standby):
        gateway.machine.run("nft", "flush", "ruleset")
    for gateway in (active, standby):
        wait_until(lambda gateway=gateway: fenced(gateway), f"the fence of {gateway.machine.name} stands again", every=0.2)
    still(active, "flushed rulesets")
    active.stop_the_world(True)
    standby.wait_to_carry("the other one hangs")
    active.stop_the_world(False)
    wait_until(lambda: not active.holds(), "the one that hung gives the address up", every=0.1)


def fenced(gateway):
    return all("drop" in gateway.machine.call("nft", "list", "table", family, "linkspan_fence", quiet=True)[1] for family in ("inet", "arp"))


def rekeyed_and_handed_over(site):
    """The address changes hands while the SAs of before a rekeying are still about: neither gateway keeps one for good. Where one of them
    has ended for the one and not for the other, this connection is rekeyed, and nobody negotiates anew."""
    active, standby = site.wait_for_both()
    before = active.sa_set()
    negotiated = site.negotiations()
    command(active.charon, "rekey", child="cloud")
    wait_until(lambda: active.sa_set() - before and standby.sa_set() - before, "there are new keys on both", every=0.1)
    standby.done("ha", "switchover")
    standby.wait_to_carry("a switchover")
    wait_until(lambda: not (active.sa_set() | standby.sa_set()) & before, "the old SAs are gone from both", every=0.3)
    site.wait_for_copies()
    expect_equal(site.negotiations(), negotiated, "negotiations from the beginning")


def rekeyed_and_hung(site):
    """It stands still with rekeyings of the IKE_SA and the tunnel under way, begun by either end: nobody negotiates anew."""
    before = site.negotiations()
    for whose in range(2):
        active, standby = site.wait_for_both()
        for what in ({"ike": "cloud", "reauth": "no"}, {"child": "cloud"}):
            command((active.charon, site.charon)[whose], "rekey", **what)
        active.stop_the_world(True)
        standby.wait_to_carry("the other one hangs")
        active.stop_the_world(False)
        site.wait_for_copies()
    expect_equal(site.negotiations(), before, "negotiations from the beginning that the peer has seen")


def both_start_at_once(site):
    active, standby = site.wait_for_both()
    for gateway in (active, standby):
        gateway.kill_agent()
    for gateway in (active, standby):
        gateway.start_agent(wait=False)
    for gateway in (active, standby):
        gateway.wait_for_agent()


def causes(gateway):
    return [event["cause"] for event in gateway.pair().get("events", [])]


LIMITED = HA + 'flap_limit = 1\nhold_down = "10m"\n'
ANEW = {flushed_active}  # charon has to negotiate from the beginning
# The IKE_SA is another one afterwards: it was rekeyed, be it to copy what the standby lacked, as where a path fails, or its charon, while
# all keys are renewed after a takeover.
OTHER_SPIS = ANEW | {one_path, killed_charon, flushed_standby, rekeyed_and_hung, rekeyed_and_handed_over, asked_while_mute}
# A question that is just on its way out as its gateway is muted has been told of, and is not heard (ADR 42). An emulated machine takes its time
# over that. So nobody asks by chance here, and `asked_while_mute` does.
DPD = "1h"
DETECTION = 4.0  # seconds: interval and lost of lab/pair.py
