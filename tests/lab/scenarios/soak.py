"""Mishaps at random, alone and together, for a long time; after each the tunnel must come back and nothing have leaked."""

import os
import random
import time

from lab.scenario import scenario
from lab.tunnel import Tunnel
from lab.wait import wait_until
from scenarios.leak import Guarded, mishaps


@scenario("random mishaps, up to three at once: no packet in the clear, and everything mends", soak=True, needs=["ip_vti", "xfrm interface"])
def soak(lab):
    seed = int(os.environ.get("LAB_SOAK_SEED", time.time()))
    end = time.monotonic() + 60 * float(os.environ.get("LAB_SOAK_MINUTES", 30))
    dice = random.Random(seed)
    guarded = Guarded(lab, Tunnel(interface=dice.choice(["vti", "xfrm"]), dpd_delay="2s"))
    linkspan = guarded.site.linkspan
    linkspan.start()
    guarded.site.wait_for_traffic()
    guarded.traffic = guarded.site.traffic(rate=50)
    rounds = 0
    while time.monotonic() < end:
        rounds += 1
        chosen = dice.sample(sorted(mishaps(guarded)), dice.randint(1, 3))
        without_agent = dice.random() < 0.3
        guarded.event(f"seed {seed}, round {rounds}: {'; '.join(chosen)}{'; with no agent' if without_agent else ''}",
                      lambda: happen(guarded, chosen, without_agent))
        linkspan.foreign.expect_untouched()
    guarded.traffic.stop()
    print(f"{rounds} rounds with seed {seed}; ", end="")


def happen(guarded, chosen, without_agent):
    linkspan = guarded.site.linkspan
    if without_agent:
        linkspan.kill_agent()
    for what in chosen:
        try:
            mishaps(guarded)[what]()
        except Exception as error:  # what an earlier one has taken away cannot be taken away again
            guarded.lab.evidence.note(f"{what}: {error}")
    guarded.packets()
    if without_agent:
        linkspan.start_agent()
    wait_until(lambda: linkspan.connection().get("state") in ("up", "connecting", "degraded"), "the agent tells of the connection")
