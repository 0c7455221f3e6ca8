"""What happens to a pair with many connections: the same as to one with one, to all of them, and hardly slower."""

import time

from lab.many import Usage
from lab.pair import SHARED_WAN
from lab.pair_of_many import PATIENT, PairOfMany, branches
from lab.scenario import scenario
from lab.wait import expect_equal, wait_until
from scenarios.ha_faults import OTHER_SPIS, Faults


@scenario("a pair with 200 connections: switchovers, a crash and the dead one back, a hang, lost and flushed SAs, a killed charon: every tunnel goes on",
          needs=["xfrm interface"], soak=True)
def ha_many(lab):
    fleet = Fleet(lab, 200)
    for fault in (handed_over, handed_over, crashed_and_back, lost_copies, hung, flushed_many, killed_with_many):
        fleet.meet(fault)


@scenario("a pair with some connections: they go over with all their SAs; of those that one side has lost, and of no others, the keys are renewed",
          needs=["xfrm interface"], once=True)
def ha_several(lab):
    fleet = Fleet(lab, 6)
    for fault in (lost_copies, handed_over, hung):
        fleet.meet(fault)


class Fleet(Faults):
    def __init__(self, lab, count):
        begun = time.monotonic()
        super().__init__(lab, PairOfMany(lab, branches(count)), rate=8)
        lab.step(f"{count} connections up and copied after {time.monotonic() - begun:.0f} s")
        self.used = self.processor()

    def meet(self, fault):
        begun = time.monotonic()
        super().meet(fault)
        self.lab.step(f"{fault.__name__}: {time.monotonic() - begun:.0f} s; {self.last_takeover()}; {self.copies()}; {self.usage()}")

    def last_takeover(self):
        taken = self.site.wait_for_active().pair()["takeover"]
        return f"the last takeover set {taken['sas_set']} SAs in {taken['microseconds']} us"

    def copies(self):
        reports = {name: gateway.pair() for name, gateway in self.site.gateways.items()}
        listed = {name: len(gateway.ike_sas()) for name, gateway in self.site.gateways.items()}
        return (f"counters' age {[r['replication']['counters_age_ms'] for r in reports.values()]} ms, "
                f"IKE_SAs listed {listed}")

    def processor(self):
        pids = {f"{what} {name}": pid for name, g in self.site.gateways.items() for what, pid in (("agent", g._agent.pid), ("charon", g.charon.pid))}
        return {who: (pid, Usage.of(pid)) for who, pid in pids.items()}

    def usage(self):
        before, self.used = self.used, self.processor()
        spent = lambda who: self.used[who][1].processor - (before[who][1].processor if before[who][0] == self.used[who][0] else 0)
        return ", ".join(f"{who} {spent(who):.1f} s and {usage.resident:.0f} MB" for who, (_, usage) in self.used.items())


def handed_over(site):
    active, standby = site.wait_for_both()
    spis, ike = active.sa_set(), active.ike_spis()
    wait_until(lambda: standby.ike_spis() == ike, "the standby has every IKE_SA", every=1)
    standby.done("ha", "switchover")
    standby.wait_to_carry("a switchover")
    expect_equal(standby.sa_set(), spis, "SPIs after the switchover")
    expect_equal(standby.ike_spis(), ike, "IKE_SAs after the switchover")


def hung(site):
    active, standby = site.wait_for_both()
    spis, ike = active.sa_set(), active.ike_spis()
    active.stop_the_world(True)
    standby.wait_to_carry("the other one hangs")
    active.stop_the_world(False)
    wait_until(lambda: not active.holds(), "the one that hung gives the address up", every=0.1)
    renewed(site, standby, spis)
    expect_equal(standby.ike_spis(), ike, "IKE_SAs after the hang")


def crashed_and_back(site):
    active, standby = site.wait_for_both()
    spis, ike = active.sa_set(), active.ike_spis()
    site.crash(active)
    standby.wait_to_carry("the other one died")
    wait_until(site.pings, "every tunnel carries by the other one")
    renewed(site, standby, spis)
    expect_equal(standby.ike_spis(), ike, "IKE_SAs after the crash")
    begun = time.monotonic()
    site.revive(active)
    site.wait_for_quiet()
    site.lab.step(f"who was dead has every SA again after {time.monotonic() - begun:.0f} s")


def renewed(site, gateway, spis):
    """Every key, in the background."""
    begun = time.monotonic()
    wait_until(lambda: not gateway.sa_set() & spis, "every SA has new keys", PATIENT, every=2)
    site.lab.step(f"every key renewed {time.monotonic() - begun:.0f} s after the takeover")


def flushed_many(site):
    active, standby = site.wait_for_both()
    standby.machine.run("ip", "xfrm", "state", "flush")
    begun = time.monotonic()
    site.wait_for_quiet()
    site.lab.step(f"copied again after {time.monotonic() - begun:.0f} s")


def lost_copies(site):
    """Of two connections the standby has lost what it had: those alone get new keys, and the peer sees nothing but rekeyings."""
    active, standby = site.wait_for_both()
    lost = {site.tunnels[0], site.tunnels[-1]}
    ikes, spis = set(active.ike_sas()), active.sa_set()
    for tunnel in lost:
        for child in active.sas(tunnel.name):
            for destination, spi in ((SHARED_WAN, child["spi_in"]), (tunnel.peer_address, child["spi_out"])):
                standby.machine.call("ip", "xfrm", "state", "delete", "dst", destination, "proto", "esp", "spi", spi)  # the agent may be faster
    begun = time.monotonic()
    wait_until(lambda: len(spis - standby.sa_set()) == 2 * len(lost), "some are missing")
    site.wait_for_quiet()
    site.lab.step(f"copied again after {time.monotonic() - begun:.0f} s")
    expect_equal({name for name, _ in ikes - set(active.ike_sas())}, {tunnel.name for tunnel in lost}, "connections whose IKE_SA was renewed")
    expect_equal(len(spis - active.sa_set()), 2 * len(lost), "SAs whose keys were renewed")


def killed_with_many(site):
    """The standby's."""
    active, standby = site.wait_for_both()
    standby.charon.kill()
    standby.charon.wait_for_vici()
    begun = time.monotonic()
    wait_until(lambda: standby.ike_spis() == active.ike_spis(), "the standby has every IKE_SA again", PATIENT, every=2)
    site.wait_for_quiet()
    site.lab.step(f"every copy again after {time.monotonic() - begun:.0f} s")


# What of hundreds of copies is lost on its way is renewed, IKE_SAs and all.
OTHER_SPIS.update((lost_copies, crashed_and_back, flushed_many, killed_with_many))
