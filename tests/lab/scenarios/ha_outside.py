"""A pair that somebody outside of the gateways belongs to: a hook that moves addresses, an arbiter. What takes long there, hangs,
fails or is away delays nobody who may go on, and never are there two masters."""

import time

from lab import arbiter as arbiters
from lab.pair import HA, PairSite
from lab.scenario import scenario
from lab.wait import expect, expect_equal, wait_until


@scenario("a pair whose addresses are moved by a hook, which is slow, hangs and fails: packets pass, one carries, epochs only grow", needs=["ip_vti"], once=True)
def ha_outside(lab):
    site = PairSite(lab, ha_text=HA + HOOKED)
    for gateway in site.gateways.values():
        gateway.machine.write(HOOK, SCRIPT, mode=0o755)
    site.start()
    errors, since, epoch = site.peer_sequence_errors(), time.time(), site.wait_for_active().pair()["epoch"]
    traffic = site.traffic(rate=20)
    for part in (first_tenure, slow, hung, failing, failing_on_both):
        part(site)
        wait_until(site.pings, f"packets pass after {part.__name__}")
        lab.step(f"{part.__name__}: {site.active.machine.name} carries")
    lab.step(f"all of it: {traffic.stop()}")
    audit(site, since, epoch, errors)
    for gateway in site.gateways.values():
        epochs = [run[1] for run in runs_of(gateway)]
        expect_equal(epochs, sorted(epochs), f"epochs that the hook of {gateway.machine.name} was given")
    takes = sorted((when, epoch) for gateway in site.gateways.values() for verb, epoch, _, when in runs_of(gateway) if verb == "take")
    expect_equal([epoch for _, epoch in takes], sorted(epoch for _, epoch in takes), "epochs of both gateways' takes, by time")


@scenario("a pair with an arbiter that hangs and is away: nobody takes over without its word, who carries goes on while its peer vouches for it",
          needs=["ip_vti"], once=True)
def ha_arbiter(lab):
    site = PairSite(lab, ha_text=HA + arbiters.FILE)
    arbiter = lab.add(arbiters.Arbiter(site))
    site.start()
    errors, since, epoch = site.peer_sequence_errors(), time.time(), site.wait_for_active().pair()["epoch"]
    traffic = site.traffic(rate=20)
    for part in (written, away, hangs_during_a_claim):
        part(site, arbiter)
        wait_until(site.pings, f"packets pass after {part.__name__}")
        lab.step(f"{part.__name__}: {site.active.machine.name} carries")
    lab.step(f"all of it: {traffic.stop()}")
    audit(site, since, epoch, errors)


def audit(site, since, epoch, errors):
    runs, tenures = site.speakers(since), site.wait_for_active().pair()["epoch"] - epoch
    expect(len(runs) <= tenures + 1, f"the shared addresses spoke from {runs}, in {tenures} new tenures")
    expect_equal(site.peer_sequence_errors(), errors, "numbers the peer had seen already")


def written(site, arbiter):
    active = site.wait_for_active()
    wait_until(lambda: arbiter.epoch == active.pair()["epoch"], "the tenure is written at the arbiter")
    for gateway in site.gateways.values():
        wait_until(lambda: vote(gateway)["answers"], f"{gateway.machine.name} reads it", every=0.2)


def away(site, arbiter):
    """Its peer hears it: so it needs nobody else's word. A standby could not take over meanwhile, and says so."""
    active, standby = ready(site)
    epoch = active.pair()["epoch"]
    arbiter.away(True)
    wait_until(lambda: vote(standby)["problem"], "the standby misses the arbiter", every=0.2)
    expect(any("arbiter does not answer" in text for text in standby.status()["warnings"]), f"the warnings: {standby.status()['warnings']}")
    wait_until(lambda: not active.pair()["peer"]["ready"], "the active one knows that nobody could take over", every=0.2)
    wait_until(site.pings, "packets pass without an arbiter")
    arbiter.away(False)
    wait_until(lambda: vote(standby)["answers"], "the standby finds the arbiter again", every=0.2)
    expect_equal((active.pair()["role"], active.pair()["epoch"]), ("active", epoch), "role and epoch without an arbiter")


def hangs_during_a_claim(site, arbiter):
    active, standby = ready(site)
    epoch = arbiter.epoch
    arbiter.hang(True)
    wait_until(lambda: vote(standby)["problem"], "the standby misses the arbiter", every=0.2)
    active.stop_the_world(True)
    wait_until(lambda: standby.pair()["peer"]["heard_ms"] > 2.5 * DETECTION, "the silence is long enough for two claims", every=0.3)
    expect(standby.pair()["role"] != "active" and not standby.holds(), "nobody takes over without the arbiter's word")
    arbiter.hang(False)
    standby.wait_to_carry("it has the arbiter's word")
    wait_until(lambda: arbiter.epoch == standby.pair()["epoch"] > epoch, "the tenure is written at the arbiter")
    active.stop_the_world(False)
    wait_until(lambda: active.pair().get("role") == "standby", "the one that hung is a standby", every=0.2)


def first_tenure(site):
    active = site.wait_for_active()
    wait_until(lambda: mover(active)["state"] == "done", "the hook has taken the addresses")
    run = runs_of(active)[-1]
    expect_equal(run[:3], ("take", active.pair()["epoch"], 1), "what the hook was told")
    told = active.machine.run("cat", "/run/hook.environment", quiet=True)
    expect("LINKSPAN_ADDRESSES=203.0.113.10/24@wan0 2001:db8:a::10/64@wan0 10.1.0.1/24@lan0 fd00:1::1/64@lan0" in told and "LINKSPAN_GATEWAY=pair" in told, f"its environment: {told}")


def slow(site):
    """The addresses of this machine move at once, and packets with them, while the hook takes its time."""
    active, standby = ready(site)
    behave(standby, "slow")
    standby.done("ha", "switchover")
    standby.wait_to_carry("a switchover")
    wait_until(site.pings, "packets pass while the hook is at work")
    expect(mover(standby)["state"] in ("under way", "retrying"), f"the hook is not done: {mover(standby)}")
    wait_until(lambda: mover(active) and mover(active)["asked"] == "release" and mover(active)["state"] == "done", "the other one's hook has released")
    behave(standby, "good")
    wait_until(lambda: mover(standby)["state"] == "done", "the hook has taken the addresses")
    wait_until(lambda: not standby.pair()["trouble"], "no trouble is told", every=0.2)  # charon's plugin reads its pipe anew for each word


def hung(site):
    """Its time is over, it is killed, and begun again; the gateway carries, for nobody else could. What is wrong is told."""
    active, standby = ready(site)
    behave(standby, "hung")
    active.stop_the_world(True)
    standby.wait_to_carry("the other one hangs")
    wait_until(lambda: mover(standby)["state"] == "retrying", "the hook that hangs was ended", every=0.3)
    expect("took longer than its time" in standby.pair()["trouble"], f"the trouble: {standby.pair()['trouble']}")
    expect(any("are not moved" in text for text in standby.status()["warnings"]), f"the warnings: {standby.status()['warnings']}")
    wait_until(site.pings, "packets pass without the hook")
    behave(standby, "good")
    wait_until(lambda: mover(standby)["state"] == "done", "the hook was tried again and has taken the addresses", every=0.3)
    wait_until(lambda: not standby.pair()["trouble"], "the trouble is over", every=0.2)
    expect(runs_of(standby)[-1][2] > 1, "it was not the first try")
    active.stop_the_world(False)
    wait_until(lambda: active.pair().get("role") == "standby", "the one that hung is a standby", every=0.2)


def failing(site):
    """A gateway whose hook fails for good gives way to one that is ready, and does not carry again before it has rested."""
    active, standby = ready(site)
    behave(standby, "failing")
    standby.done("ha", "switchover")
    wait_until(lambda: "addresses-not-taken" in [event["cause"] for event in standby.pair().get("events", [])], "the hook has failed for good", every=0.3)
    expect("no rights" in standby.log_text(), "the log has what the hook said")
    active.wait_to_carry("the other one has failed")
    wait_until(lambda: mover(active)["state"] == "done", "the other one's hook has taken the addresses", every=0.3)
    behave(standby, "good")
    wait_until(lambda: active.pair()["peer"]["ready"], "the one that failed is ready again", every=0.3)


def failing_on_both(site):
    """Each gets one chance. Then who carries goes on, and tries again, though the other one has rested and is ready."""
    active, standby = ready(site)
    for gateway in site.gateways.values():
        behave(gateway, "failing")
    standby.done("ha", "switchover")
    wait_until(lambda: in_vain(active), "the other one's hook fails as well", every=0.3)
    epoch, tries = active.pair()["epoch"], in_vain(active)
    wait_until(lambda: active.pair()["peer"]["ready"] and in_vain(active) > tries, "it is tried again beside a gateway that is ready", every=0.3)
    expect_equal((active.pair()["role"], active.pair()["epoch"]), ("active", epoch), "role and epoch of who carries")
    expect("neither gateway" in active.pair()["trouble"], f"the trouble: {active.pair()['trouble']}")
    for gateway in site.gateways.values():
        behave(gateway, "good")
    wait_until(lambda: mover(active)["state"] == "done", "the hook was tried again and has taken the addresses", every=0.3)
    wait_until(lambda: not active.pair()["trouble"], "the trouble is over", every=0.2)
    expect_equal(active.pair()["epoch"], epoch, "the epoch: it is the same tenure")


def in_vain(gateway):
    return [event["cause"] for event in gateway.pair().get("events", [])].count("addresses-taken-by-neither")


def ready(site):
    active, standby = site.wait_for_both()
    wait_until(lambda: active.pair().get("peer", {}).get("ready"), "the standby is ready", every=0.2)
    return active, standby


def mover(gateway):
    return gateway.pair().get("outside", {}).get("takeover")


def vote(gateway):
    return gateway.pair()["outside"]["arbiter"]


def behave(gateway, how):
    gateway.machine.write("/run/hook.how", how + "\n", quiet=True)


def runs_of(gateway):
    """(verb, epoch, attempt, when) of every run of its hook."""
    lines = gateway.machine.run("cat /run/hook.log 2> /dev/null || true", quiet=True).splitlines()
    return [(verb, int(epoch), int(attempt), float(when)) for verb, epoch, attempt, when in map(str.split, lines)]


DETECTION = 4000  # milliseconds of silence, as HA has it
HOOK = "/etc/linkspan/move"
HOOKED = """takeover = "exec"
hold_down = "2s"
flap_limit = 8
exec = { command = "/etc/linkspan/move", timeout = "10s" }
"""
SCRIPT = """#!/bin/sh
how() { cat /run/hook.how 2> /dev/null; }
echo "$1 $2 $LINKSPAN_ATTEMPT $(date +%s.%N)" >> /run/hook.log
env > /run/hook.environment
case $(how) in
slow) while [ "$(how)" = slow ]; do sleep 0.1; done ;;
hung) trap '' TERM; while :; do sleep 600; done ;;
failing) echo no rights; exit 1 ;;
esac
"""
