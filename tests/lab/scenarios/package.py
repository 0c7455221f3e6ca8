"""The Debian package on a machine with systemd: installed, configured, under traffic, upgraded, removed."""

import json
import os
import re
import signal

from lab.charon import PlainPeer
from lab.kernels import ROOT
from lab.machine import Machine
from lab.scenario import scenario
from lab.site import CLOUDS, Site
from lab.traffic import Traffic, ping
from lab.tunnel import Tunnel, file_of
from lab.wait import expect, expect_equal, wait_until

# Without the archive's lists: all that is depended on is here, and reading them over 9p takes minutes.
APT = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0",
       "-o", "Dir::State::Lists=/run/no-lists", "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache="]


class WholeGuest(Machine):
    """The guest itself, with systemd as its init, in the place of a machine."""

    def __init__(self, evidence):
        self._live("gateway", evidence, begin=lambda: None)
        # A root made for a container forbids starting and stopping services; this is a machine.
        self.run("rm -f /usr/sbin/policy-rc.d; mkdir -p /run/no-lists/partial; echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")

    def apt(self, *arguments):
        return self.run(*APT, *arguments, timeout=1200)

    def systemctl(self, *arguments):
        """What it says, whatever its exit status."""
        return self.call("systemctl", *arguments, timeout=600)[1].strip()

    def pid(self, unit):
        return int(self.systemctl("show", "--property=MainPID", "--value", unit))

    def status(self):
        """`linkspan status --json`, or {} while the agent does not answer."""
        _, output = self.call("linkspan", "status", "--json")
        return json.loads(output) if output.startswith("{") else {}

    def tunnel_is_up(self):
        status = self.status()
        return status.get("in_sync") and all(c["state"] == "up" for c in status["connections"])


class PackagedSite(Site):
    def _machine(self, name, forwards=False):
        if name != "gateway":
            return super()._machine(name, forwards)
        self.machines[name] = WholeGuest(self.evidence)
        return self.machines[name]

    def wait_for_tunnel(self):
        wait_until(self.gateway.tunnel_is_up, "the tunnel is up", every=0.5)
        wait_until(lambda: ping(self.host, CLOUDS[0].v4_of(10)), "the tunnel carries a ping")

    def lossless(self, what, action):
        """Runs `action` under traffic that must not lose a packet; charon must be the same before and after."""
        charon = self.gateway.pid("linkspan-ike")
        traffic = Traffic(self.host, CLOUDS[0].v4_of(10), 50)
        wait_until(lambda: traffic.sent > 50, "traffic before")
        action()
        sent = traffic.sent
        wait_until(lambda: traffic.sent > sent + 50, "traffic after")
        traffic.stop_lossless(what)
        expect_equal(self.gateway.pid("linkspan-ike"), charon, f"charon's pid after {what}")


def package():
    found = sorted((ROOT / "build" / "release" / "packages").glob("linkspan_*.deb"))
    expect(len(found) == 1, "one package in build/release/packages (make deb)")
    return found[0]


def install(gateway):
    gateway.apt("install", package())
    expect_equal(gateway.systemctl("is-enabled", "linkspand"), "disabled", "a package enables nothing")
    gateway.run("systemctl start linkspand")
    expect_equal(gateway.systemctl("is-active", "linkspand", "linkspan-ike"), "inactive\ninactive", "without a file, nothing runs")
    expect_equal(gateway.run("stat -c %a /etc/linkspan /etc/credstore").split(), ["750", "700"], "who may look")


def configure(gateway, tunnel):
    """As a person would: the file, and the secret as a credential."""
    text = file_of(tunnel).replace(f'{{ file = "{tunnel.psk_file}" }}', '{ credential = "cloud.psk" }')
    gateway.write("/etc/credstore/cloud.psk", tunnel.psk + "\n", mode=0o600)
    gateway.write("/etc/linkspan/linkspan.toml", text)
    gateway.run("linkspan", "check")
    return text


def show_bus(gateway):
    """As a stranger to linkspan would explore it; everybody may read, root alone may change."""
    bus = ("org.linkspan.Gateway1", "/org/linkspan/Gateway1")
    seen = gateway.run("busctl", "introspect", *bus)
    for what in (".Plan ", ".Apply ", ".Reload ", ".Up ", ".Down ", ".InSync ", ".IkeConnected "):
        expect(what in seen, f"busctl introspect shows{what}:\n{seen}")
    seen = gateway.run("busctl", "introspect", bus[0], bus[1] + "/connection/cloud")
    expect(".State " in seen and '"up"' in seen and '"10.20.0.0/16"' in seen, f"a connection's properties with their values:\n{seen}")
    stranger = ("runuser", "-u", "nobody", "--", "busctl")
    expect('"up"' in gateway.run(*stranger, "get-property", bus[0], bus[1] + "/connection/cloud", "org.linkspan.Connection1", "State"),
           "anybody may read")
    status, output = gateway.call(*stranger, "call", *bus, "org.linkspan.Gateway1", "Down", "s", "cloud")
    expect(status != 0 and "denied" in output.lower(), f"not everybody may change: {status} {output}")


NETWORKD_WAN = """[Match]
Name=wan0
[Network]
Address=203.0.113.10/24
Address=2001:db8:a::10/64
Gateway=203.0.113.1
Gateway=2001:db8:a::1
"""


def restart_networkd(gateway):
    """networkd takes the uplink over, and is restarted: both times it sweeps that link of routes it does not know."""
    # It touches a link only once udev has seen it, and the guest has no udev of its own (guest.MASKED).
    gateway.run("/lib/systemd/systemd-udevd --daemon; udevadm trigger --subsystem-match=net; udevadm settle")
    gateway.write("/etc/systemd/network/10-wan0.network", NETWORKD_WAN)
    for _ in range(2):
        gateway.run("systemctl restart systemd-networkd")
        wait_until(lambda: "configured" in gateway.run("networkctl --no-legend list wan0 || true"), "networkd has configured the uplink")


@scenario("the deb installs, starts only when told, survives restart and upgrade under traffic, and goes", systemd=True)
def package_life(lab):
    site = lab.add(PackagedSite(lab.evidence))
    tunnel = Tunnel()
    peer = lab.add(PlainPeer(site.peer))
    peer.start()
    peer.load(tunnel.swanctl())
    gateway = site.gateway

    lab.step("installed, nothing runs")
    install(gateway)

    lab.step("configured and enabled: the distribution's charon gives way, the tunnel comes up")
    text = configure(gateway, tunnel)
    gateway.run("systemctl start strongswan")
    gateway.run("systemctl enable --now linkspand")
    wait_until(lambda: gateway.systemctl("is-active", "linkspan-ike") == "active", "our charon has started")
    wait_until(lambda: gateway.systemctl("is-active", "strongswan") == "inactive", "there is one UDP port 500")
    site.wait_for_tunnel()

    lab.step("on the bus")
    show_bus(gateway)

    lab.step("networkd manages the uplink and is restarted: not a packet is lost, not a route repaired")
    site.lossless("networkd's restart", lambda: restart_networkd(gateway))
    repaired = re.findall("repaired: .* (?:route|address) .*", gateway.run("journalctl", "--quiet", "--unit=linkspand"))
    expect_equal(repaired, [], "routes and addresses that had to be repaired")
    gateway.run("systemctl stop systemd-networkd.socket systemd-networkd")

    lab.step("the agent restarts, the package is installed again: charon and traffic do not notice")
    agent = gateway.pid("linkspand")
    site.lossless("a restart of the agent", lambda: gateway.run("systemctl restart linkspand"))
    site.lossless("an upgrade", lambda: gateway.apt("install", "--reinstall", package()))
    expect(gateway.pid("linkspand") not in (0, agent), "the agent is a new one")

    lab.step("a bad file on reload changes nothing and is said")
    gateway.write("/etc/linkspan/linkspan.toml", text.replace("remote_subnets", "remote_subnet"))
    site.lossless("a reload of a bad file", lambda: gateway.run("systemctl reload linkspand"))
    wait_until(lambda: "remote_subnets" in (gateway.status().get("config_error") or ""), "status tells what is wrong with the file")
    gateway.write("/etc/linkspan/linkspan.toml", text)
    gateway.run("systemctl reload linkspand")

    lab.step("charon dies, and comes back with its tunnel; the agent stays")
    agent = gateway.pid("linkspand")
    charon = gateway.pid("linkspan-ike")
    os.kill(charon, signal.SIGKILL)
    wait_until(lambda: gateway.pid("linkspan-ike") not in (0, charon), "another charon is started", every=0.3)
    site.wait_for_tunnel()
    expect_equal(gateway.pid("linkspand"), agent, "the agent's pid")
    expect(gateway.run("journalctl", "--quiet", "CONNECTION=cloud"), "the tunnel's history is in the journal by its name")

    lab.step("removed: the tunnel ends, what was protected stays blocked, the person's files stay")
    clear = site.wan.counters()["plaintext"]
    gateway.apt("purge", "linkspan")
    expect_equal(gateway.systemctl("is-active", "linkspand", "linkspan-ike"), "inactive\ninactive", "nothing runs")
    expect(not ping(site.host, CLOUDS[0].v4_of(10), deadline=0.5), "nothing passes")
    expect_equal(site.wan.counters()["plaintext"], clear, "packets in clear after the purge")
    gateway.run("test -s /etc/linkspan/linkspan.toml")
