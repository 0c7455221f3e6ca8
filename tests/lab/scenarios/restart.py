"""The agent may die: traffic flows on, and the restarted agent adopts what it finds without a write."""

import signal

from lab.gateway import CONFIG, program
from lab.scenario import scenario
from lab.sites import LinkspanSite, up
from lab.tunnel import Tunnel
from lab.wait import expect_equal, wait_until
from lab.watch import KernelWatch


def show_restart(lab, *tunnels):
    site = up(lab, *tunnels)
    spis = [(sa["spi_in"], sa["spi_out"]) for t in tunnels for sa in site.linkspan.sas(t.name)]
    for number in (signal.SIGKILL, signal.SIGTERM):
        lab.step(f"the agent gets {number.name} and comes back")
        traffic = site.traffic(rate=100)
        wait_until(lambda: traffic.sent > 100, "traffic before")
        watch = KernelWatch(site.gateway)
        site.linkspan.kill_agent(number)
        gone = traffic.sent
        wait_until(lambda: traffic.sent > gone + 100, "traffic without an agent")
        site.linkspan.start_agent()
        site.linkspan.wait_up(*(t.name for t in tunnels))
        site.linkspan.wait_in_sync()
        expect_equal(watch.changes(), [], "writes to the kernel while the agent died and came back")
        traffic.stop_lossless(f"{number.name} and restart")
        site.linkspan.expect_nothing_to_do()
    expect_equal([(sa["spi_in"], sa["spi_out"]) for t in tunnels for sa in site.linkspan.sas(t.name)], spis, "SPIs before and after")


@scenario("agent killed and restarted under 100 packets/s by VTI: 0 lost, 0 writes", needs=["ip_vti"])
def restart_vti(lab):
    show_restart(lab, Tunnel())


@scenario("the same with two connections, one an XFRM interface over IPv6", needs=["xfrm interface", "ip_vti"], once=True)
def restart_two(lab):
    show_restart(lab, Tunnel(name="one", interface="xfrm", outer=6, inner=(4, 6)), Tunnel(name="two", at=1))


@scenario("without a daemon: --oneshot makes everything, and again changes nothing", needs=["ip_vti"])
def oneshot(lab):
    site = LinkspanSite(lab, Tunnel())
    site.linkspan.charon.start()
    site.gateway.run(program("linkspand"), "--oneshot", "--config", CONFIG)
    site.wait_for_traffic()
    site.gateway.run(program("linkspand"), "--oneshot", "--config", CONFIG)  # sees the SAs, which were not there at first
    watch = KernelWatch(site.gateway)
    site.gateway.run(program("linkspand"), "--oneshot", "--config", CONFIG)
    expect_equal(watch.changes(), [], "writes of a further --oneshot")
