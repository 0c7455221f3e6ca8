"""A change touches only what changed; a bad file changes nothing."""

import dataclasses

from lab.scenario import scenario
from lab.sites import up
from lab.tunnel import Tunnel, file_of
from lab.wait import expect, expect_equal, wait_until
from lab.watch import KernelWatch

ONE = Tunnel(name="one", at=0)
TWO = Tunnel(name="two", at=1)

BAD_FILES = {
    "not TOML": file_of(ONE) + "peer = = 5\n",
    "an unknown key": file_of(dataclasses.replace(ONE, more='colour = "red"')),
    "a peer inside its own remote subnet": file_of(ONE).replace('"10.20.0.0/16"', '"198.51.100.0/24"'),
    "two connections of one name": file_of(ONE, dataclasses.replace(TWO, name="one")),
}


def identity(sas):
    return [(sa["unique_id"], sa["spi_in"], sa["spi_out"], sa["reqid"]) for sa in sas]


def show_change_touches_only_what_changed(lab, one, two):
    site = up(lab, one, two)
    before = site.linkspan.sas("two")
    traffic = site.traffic(two)
    for what, edited in (
            ("another MTU", dataclasses.replace(one, more="mtu = 1280")),
            ("other lifetimes", dataclasses.replace(one, more='child_lifetime = "30m"')),
            ("another start", dataclasses.replace(one, start="on-demand")),
            ("disabled", dataclasses.replace(one, more="enabled = false")),
            ("another interface", dataclasses.replace(one, interface="vti" if one.interface == "xfrm" else "xfrm")),
            ("removed", None),
            ("added again", one)):
        lab.step(f"connection one: {what}")
        site.linkspan.edit(*([edited] if edited else []), two)
    until = traffic.sent + 50
    wait_until(lambda: traffic.sent > until, "traffic goes on after the last change")
    traffic.stop_lossless("connection two, while connection one is changed seven times")
    after = site.linkspan.sas("two")
    expect_equal(identity(after), identity(before), "SPIs and ids of connection two")
    expect(after[0]["packets_in"] >= before[0]["packets_in"] + traffic.sent, "its counters never went back")
    site.linkspan.wait_up("one")
    site.wait_for_traffic()


@scenario("two connections under traffic, one is edited in seven ways: the other loses nothing", needs=["ip_vti", "xfrm interface"])
def change_touches_only_what_changed(lab):
    show_change_touches_only_what_changed(lab, ONE, dataclasses.replace(TWO, interface="xfrm"))


@scenario("bad files on reload: the old state stays, status says why, the kernel is not written to", needs=["ip_vti"], once=True)
def bad_file_on_reload(lab):
    site = up(lab, ONE)
    traffic = site.traffic(ONE)
    watch = KernelWatch(site.gateway)
    for what, text in BAD_FILES.items():
        lab.step(what)
        site.linkspan.configure(ONE, text=text)
        expect_equal(site.linkspan.check()[0], 1, f"linkspan check of a file with {what}")
        site.linkspan.reload()
        wait_until(lambda: site.linkspan.status().get("config_error"), f"status tells of {what}")
        status, output = site.linkspan.linkspan("apply")
        expect(status == 1 and "linkspan.toml:" in output, f"apply refuses {what} with its place:\n{output}")
        site.linkspan.configure(ONE)
        site.linkspan.reload()
        wait_until(lambda: not site.linkspan.status().get("config_error"), "a good file clears it")
    expect_equal(watch.changes(), [], "writes to the kernel")
    traffic.stop_lossless("traffic during bad reloads")


@scenario("the last connection is removed: nothing of linkspan is left in the kernel", needs=["ip_vti"])
def removal_leaves_nothing(lab):
    site = up(lab, dataclasses.replace(ONE, interface="xfrm", inner=(4, 6)), TWO)
    site.linkspan.edit()
    site.linkspan.wait_in_sync()
    expect_equal(site.gateway.run("ip -o link show group 27763"), "", "links of ours")
    expect_equal(site.gateway.run("ip -4 route show table all proto 108; ip -6 route show table all proto 108"), "", "routes of ours")
    policies = site.gateway.run("ip xfrm policy")
    expect("priority 93299" not in policies and "priority 4026559603" not in policies, f"policies of ours:\n{policies}")
    expect_equal(site.gateway.call("nft", "list", "table", "inet", "linkspan")[0], 1, "status of listing our table, which is gone")
    wait_until(lambda: "reqid 2" not in site.gateway.run("ip xfrm state list nokeys | grep -v 'reqid 77' || true"), "no SAs of ours")
