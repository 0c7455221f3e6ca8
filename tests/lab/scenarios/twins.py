"""Two gateways of ours: both begin, one IKE_SA stays, nothing is lost on the way there."""

from lab.scenario import scenario
from lab.tunnel import Tunnel
from lab.traffic import ping
from lab.transfer import transfer
from lab.twins import Twins
from lab.wait import expect, expect_equal, wait_until


def ikes(end):
    return end.connection().get("sas", [])


def expect_one(site):
    wait_until(lambda: all(len(ikes(end)) == 1 for end in site.ends), "one IKE_SA at each end", deadline=60)
    here, there = (ikes(end)[0] for end in site.ends)
    expect(here["initiator"] != there["initiator"], "both ends kept the same one")
    for end in site.ends:
        expect_equal(len(end.sas()), 1, "CHILD_SAs")


def sum_of(end, pattern):
    return end.machine.evidence.directory.joinpath(f"charon-{end.machine.name}.log").read_text(errors="replace").count(pattern)


def both_begin(site):
    """Charon is killed at both ends at once until both began before either had an answer: two IKE_SAs stand."""
    for attempt in range(5):
        established = [sum_of(end, "] established between") for end in site.ends]
        for end in site.ends:
            end.charon.kill()
        wait_until(lambda: all(sum_of(end, "] established between") > before for end, before in zip(site.ends, established)), "an IKE_SA")
        try:
            wait_until(lambda: all(len(ikes(end)) == 2 for end in site.ends), "two IKE_SAs at each end", deadline=8)
            return attempt + 1
        except Exception:
            continue
    raise AssertionError("the ends did not begin at once in five attempts")


@scenario("two linkspan gateways, XFRM interface over IPv6, both always: after both charons were killed at once one IKE_SA "
          "stays, 0 lost", needs=["xfrm interface"])
def both_ends_ours(lab):
    tunnel = Tunnel(interface="xfrm", outer=6, inner=(4, 6))
    site = Twins(lab, tunnel)
    for end in site.ends:
        end.start()
    site.wait_for_traffic()
    lab.step("both charons are killed")
    attempts = both_begin(site)
    site.wait_for_traffic()
    there = site.traffic(rate=50)
    expect_one(site)
    sent = there.sent
    wait_until(lambda: there.sent >= sent + 100, "packets by the one that stays")
    account = there.stop_lossless("one of two IKE_SAs ends")
    for end in site.ends:
        end.wait_in_sync()
        end.expect_nothing_to_do()
    show_sizes(site)
    print(f"{attempts} attempts to have two, {account}; ", end="")


def show_sizes(site):
    """Both ends have the same MTU; a packet of that size passes, and a TCP of full segments."""
    mtu = site.linkspan.connection()["mtu"]
    expect_equal(site.far.connection()["mtu"], mtu, "the far end's MTU")
    for family in site.tunnel.inner:
        size = mtu - (28 if family == 4 else 48)
        expect(ping(site.host, site.tunnel.cloud(family), deadline=5, size=size, forbid_fragments=True), f"{mtu} bytes pass over IPv{family}")
        expect(not ping(site.host, site.tunnel.cloud(family), deadline=0.5, size=size + 1, forbid_fragments=True), f"{mtu + 1} bytes do not")
        moved = transfer(site.host, site.cloud, site.tunnel.cloud(family), bytes(range(256)) * 400)
        expect_equal(moved.received, moved.sent, "checksum of a transfer")
    expect_equal(site.wan.counters()["fragments"], 0, "fragments on the WAN")
