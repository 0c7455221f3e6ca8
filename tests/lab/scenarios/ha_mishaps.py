"""What else may happen to a pair of gateways, audited after each as in ha_faults."""

import contextlib

from lab.heartbeats import shaped
from lab.pair import NUMBER, SHARED
from lab.scenario import scenario
from lab.site import GATEWAY_WAN
from lab.vici import command
from lab.wait import expect_equal, wait_until
from scenarios.ha_faults import ANEW, OTHER_SPIS, Faults, bear, still


@scenario("a pair through heartbeats that come twice, in another order, and broken, a processor that others want, a standby that dies as it takes over, addresses and a fence that a person deletes, SAs near their last number",
          needs=["ip_vti", "netem"], soak=True)
def ha_mishaps(lab):
    faults = Faults(lab)
    for mishap in (twice, out_of_order, broken, out_of_order_and_rekeyed, busy, deleted_addresses, deleted_with_their_network, flushed_fence, dies_taking_over, worn_and_hung, worn_out):
        faults.meet(mishap)


def twice(site):
    bear(site, "duplicate 50%", "half of all twice")


def out_of_order(site):
    bear(site, OVERTAKING, "heartbeats that overtake each other")


def broken(site):
    """A tenth has a bit turned over."""
    bear(site, "corrupt 10%", "a tenth broken")


def out_of_order_and_rekeyed(site):
    """What charon's plugin tells overtakes itself, too."""
    active, standby = site.wait_for_both()
    before = active.sa_set()
    with shaped(site, OVERTAKING + " duplicate 20%"):
        for what in ({"ike": "cloud", "reauth": "no"}, {"child": "cloud"}):
            command(active.charon, "rekey", **what)
        wait_until(lambda: active.sa_set() and not active.sa_set() & before, "there are new keys, and the old ones are gone", every=0.3)
    site.wait_for_copies()


def busy(site):
    """Others want the processor of all of them, at the usual priority."""
    active, _ = site.wait_for_both()
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.callback(lambda p: (p.kill(), p.wait()), active.machine.spawn(["sh", "-c", "while :; do :; done"]))
        still(active, "a busy processor")


def deleted_addresses(site):
    """By a person: they are back with the next look, and it is the same tenure."""
    active, _ = site.wait_for_both()
    active.machine.ip("".join(f"address del {address}/{length} dev {link}0\n" for link in SHARED for address, length in zip(SHARED[link], (24, 64))))
    put_back(active)


def deleted_with_their_network(site):
    """A gateway's own address goes for a moment, and the kernel takes all others of its network with it, and the routes of that link."""
    active, _ = site.wait_for_both()
    own = f"{GATEWAY_WAN.v4_of(NUMBER[active.machine.name])}/24"
    active.machine.ip(f"address del {own} dev wan0\naddress add {own} dev wan0\nroute add default via {GATEWAY_WAN.v4_of(2)} dev wan0 onlink\n")
    put_back(active)


def flushed_fence(site):
    """The rules of both gateways' fences, while what they ask stays."""
    active, _ = site.wait_for_both()
    for gateway in site.gateways.values():
        gateway.machine.run("nft flush table inet linkspan_fence && nft flush table arp linkspan_fence")
    for gateway in site.gateways.values():
        rules = lambda gateway=gateway: gateway.machine.run("nft list ruleset", quiet=True)
        wait_until(lambda: all(what in rules() for what in ("!= @lifted4", "!= @tells", "arp saddr ip != @lifted")), f"the fence of {gateway.machine.name} is whole again", every=0.2)
    still(active, "a fence that lost its rules")


def put_back(active):
    epoch = active.pair()["epoch"]
    for link in SHARED:
        there = lambda link=link: active.machine.run("ip", "-o", "address", "show", "dev", f"{link}0", quiet=True)
        wait_until(lambda: all(f" {address}/" in there() for address in SHARED[link]), f"the shared addresses of {link}0 are there again", every=0.2)
    wait_until(lambda: not active.pair()["trouble"], "no trouble is told", every=0.2)
    expect_equal((active.pair()["role"], active.pair()["epoch"]), ("active", epoch), "role and epoch")


def dies_taking_over(site):
    """With its charon. The one that hung comes back, and carries on."""
    active, standby = site.wait_for_both()
    active.stop_the_world(True)
    wait_until(lambda: standby.pair().get("role") in ("claim", "active"), "the other one takes over", every=0.01)
    standby.kill_agent()
    standby.charon.kill()
    active.stop_the_world(False)
    wait_until(lambda: active.pair().get("role") == "active", "the one that hung carries again", every=0.1)
    standby.start_agent()
    wait_until(lambda: not standby.holds(), "the one that died gives the address up", every=0.2)
    standby.charon.wait_for_vici()


def worn_and_hung(site):
    """So few numbers are left to the SA that a takeover must not jump: it goes, and as it was the only one, all is negotiated anew."""
    active, standby = site.wait_for_both()
    spis = active.sa_set()
    active.states.wear(SHARED["wan"][0], sent=LAST - (1 << 20))
    still(active, "an SA near its last number")
    active.stop_the_world(True)
    standby.wait_to_carry("the other one hangs")
    active.stop_the_world(False)
    wait_until(lambda: standby.sa_set() and not standby.sa_set() & spis, "there are new keys", every=0.3)


def worn_out(site):
    """Half of the numbers are used, by as many packets: there are new keys, and traffic goes on meanwhile."""
    active, _ = site.wait_for_both()
    spis = active.sa_set()
    active.states.wear(SHARED["wan"][0], sent=LAST // 2 + 1, packets=LAST // 2 + 1)
    wait_until(lambda: active.sa_set() and not active.sa_set() & spis, "there are new keys", every=0.3)


LAST = 0xffff_ffff  # of the numbers of an SA without ESN
OVERTAKING = "delay 700ms 600ms"  # heartbeats go out every 500 ms
ANEW.add(worn_and_hung)
OTHER_SPIS.update((out_of_order_and_rekeyed, dies_taking_over, worn_and_hung))
