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


PAIR = """
[ha]
first     = "10.1.0.1"
second    = "10.1.0.2"
secret    = { credential = "ha.key" }
addresses = ["203.0.113.20/24@wan0"]
takeover  = "exec"
exec      = { command = "/etc/linkspan/move", timeout = "5s" }
"""
# A pair of ours shares no address by CLUSTERIP; and the pipe, which tmpfiles made, is root's as it should be.
HARMLESS = "ipt_CLUSTERIP|changing HA FIFO permissions"
HOOK = """#!/bin/sh
cd /var/lib/linkspan
{ echo "$@"; env; grep -E "^(Uid|CapEff|NoNewPrivs|Seccomp):" /proc/self/status; } > "$1.run"
for place in /etc/linkspan /usr /run /root /tmp; do
  true 2> /dev/null > $place/written && echo "wrote to $place" >> "$1.run"
done
echo "$@" >> runs
test ! -e hang || { trap '' TERM; sleep 600; }
"""


def pair(gateway):
    """`linkspan ha status --json`, or {} while there is none."""
    status, output = gateway.call("linkspan", "ha", "status", "--json")
    return json.loads(output) if status == 0 else {}


def hook_runs(gateway):
    return [tuple(line.split()) for line in gateway.run("cat /var/lib/linkspan/runs 2> /dev/null || true").splitlines()]


def carries(gateway):
    wait_until(lambda: pair(gateway).get("role") == "active", "the pair's only gateway carries", every=0.5)
    wait_until(lambda: pair(gateway)["outside"]["takeover"]["state"] == "done", "the hook has taken the addresses", every=0.5)
    return str(pair(gateway)["epoch"])


def become_one_of_a_pair(gateway, text):
    """Both services start as at boot, and the agent gives charon's plugin its settings before charon reads them."""
    gateway.run("systemctl stop linkspand linkspan-ike")
    gateway.write("/etc/credstore/ha.key", "1 a-secret-of-the-pair-for-this-lab-alone\n", mode=0o600)
    gateway.write("/etc/linkspan/move", HOOK, mode=0o755)
    gateway.write("/etc/linkspan/linkspan.toml", text.replace('"wan0"\n', '"wan0"\naddress = "203.0.113.20"\n', 1) + PAIR)
    gateway.run("linkspan", "check")
    gateway.run("systemctl start linkspand")
    wait_until(lambda: gateway.systemctl("is-active", "linkspan-ike") == "active", "our charon has started", every=0.5)


def show_plugin(gateway):
    """The plugin that copies SAs is loaded by a charon that may write nowhere: its port and its pipe are there."""
    charon = gateway.pid("linkspan-ike")
    said = gateway.run("journalctl", "--quiet", "--output=cat", f"_PID={charon}")
    loaded = re.search("loaded plugins: (.*)", said)
    expect(loaded and "ha" in loaded[1].split(), f"charon has loaded the plugin:\n{said}")
    starting, _, running = said.partition("spawning")  # from there on it speaks of peers, too
    lines = starting.splitlines() + [line for line in running.splitlines() if "HA " in line]
    amiss = [line for line in lines if re.search("failed|denied|not permitted|unable", line, re.I)]
    expect_equal([line for line in amiss if not re.search(HARMLESS, line)], [], "what charon complains of")
    expect(re.search(rf":4510 .*pid={charon},", gateway.run("ss", "-Huanp")), "charon speaks to the other one's")
    wait_until(lambda: "HA segment 1" in gateway.run("journalctl", "--quiet", "--output=cat", f"_PID={charon}"), "the agent's word came by the pipe", every=0.5)
    wait_until(lambda: not pair(gateway)["trouble"], "nothing is amiss with the pair", every=0.5)


def show_hook(gateway, epoch):
    """In the agent's sandbox, with the environment that is documented, and nowhere to write but in one place."""
    run = gateway.run("cat", "/var/lib/linkspan/take.run").splitlines()
    expect_equal(run[0], f"take {epoch}", "what the hook was called with")
    for line in ("LINKSPAN_ROLE=active", f"LINKSPAN_EPOCH={epoch}", "LINKSPAN_ADDRESSES=203.0.113.20/24@wan0", "LINKSPAN_GATEWAY=edge-1",
                 "Uid:\t0\t0\t0\t0", "CapEff:\t0000000000003000", "NoNewPrivs:\t1", "Seccomp:\t2"):
        expect(line in run, f"the hook's world has {line}: {run}")
    expect_equal([line for line in run if line.startswith("wrote")], ["wrote to /tmp"], "where the hook could write beside its own folder")
    gateway.run("test ! -e /tmp/written")  # its /tmp is the agent's own


def show_hung_hook(gateway, epoch):
    """A hook that hangs as the agent starts, and does not hear SIGTERM: it is killed, with what it has started, and nothing waits for it."""
    gateway.run("touch /var/lib/linkspan/hang")
    runs = len(hook_runs(gateway))
    gateway.run("systemctl restart linkspand")
    wait_until(lambda: len(hook_runs(gateway)) > runs, "the hook runs at the agent's start", every=0.5)
    expect_equal(hook_runs(gateway)[runs], ("release", epoch), "what the hook is told at the agent's start")
    agent = f"_PID={gateway.pid('linkspand')}"
    wait_until(lambda: "took longer than its time" in gateway.run("journalctl", "--quiet", "--output=cat", agent), "it is ended", every=0.5)
    gateway.run("rm /var/lib/linkspan/hang")
    later = carries(gateway)
    expect(int(later) > int(epoch) and hook_runs(gateway)[-1] == ("take", later), f"it takes the addresses again: {hook_runs(gateway)}")
    left = [line for line in gateway.run("ps", "-eo", "args").splitlines() if "/etc/linkspan/move" in line or line == "sleep 600"]
    expect_equal(left, [], "what is left of runs")


def show_end_of_charon(gateway):
    """It ends, though its plugin does not let it, and nothing has failed; that nobody can carry meanwhile is said."""
    gateway.run("systemctl stop linkspan-ike")
    expect_equal(gateway.run("systemctl show --value --property=Result linkspan-ike").strip(), "success", "the unit's result")
    said = gateway.run("journalctl", "--quiet", "--output=cat", "--unit=linkspan-ike")
    expect("no gateway is ready to take over" in said, f"the unit's journal:\n{said[-2000:]}")
    gateway.run("systemctl start linkspan-ike")


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

    lab.step("one of a pair: charon's plugin and the hook, each in its sandbox")
    become_one_of_a_pair(gateway, text)
    epoch = carries(gateway)
    show_plugin(gateway)
    show_hook(gateway, epoch)
    show_hung_hook(gateway, epoch)
    show_end_of_charon(gateway)

    lab.step("removed: the tunnel ends, what was protected stays blocked, the person's files stay")
    clear = site.wan.counters()["plaintext"]
    gateway.apt("purge", "linkspan")
    expect_equal((gateway.pid("linkspand"), gateway.pid("linkspan-ike")), (0, 0), "nothing runs")
    expect(not ping(site.host, CLOUDS[0].v4_of(10), deadline=0.5), "nothing passes")
    expect_equal(site.wan.counters()["plaintext"], clear, "packets in clear after the purge")
    gateway.run("test -s /etc/linkspan/linkspan.toml")
