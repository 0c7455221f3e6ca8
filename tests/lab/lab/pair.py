"""Two gateways that share their addresses, with one file, between two switches.

             ┌─ a ─┐
    host ── lan   wan ── peer ── cloud          sync: a ── b, a cable of its own
             └─ b ─┘

What leaves either gateway is recorded at its port of each switch, so the invariants of a pair are read off the wire.
"""

import os
import re
import struct

from lab.charon import Charon, PlainPeer
from lab.frames import frames, packet_of, speaks_as
from lab.gateway import CONFIG, VICI, Gateway, program
from lab.kernels import ROOT
from lab.machine import Machine
from lab.site import CLOUDS, GATEWAY_WAN, LAN, PEERS_WAN
from lab.sites import PEER_GUARD
from lab.states import States
from lab.traffic import Traffic, ping
from lab.tunnel import Tunnel
from lab.wait import expect, wait_until

SHARED_WAN, SHARED_LAN = GATEWAY_WAN.v4_of(10), LAN.v4_of(1)
SHARED = {"wan": (SHARED_WAN, GATEWAY_WAN.v6_of(10)), "lan": (SHARED_LAN, LAN.v6_of(1))}
SYNC = {"a": "10.255.0.1", "b": "10.255.0.2"}
NUMBER = {"a": 11, "b": 12}

FILE = """[gateway]
name    = "pair"
uplink  = "wan0"
address = ["{wan[0]}", "{wan[1]}"]
lan     = ["lan0"]

[ha]
{ha}
addresses = ["{wan[0]}/24@wan0", "{wan[1]}/64@wan0", "{lan[0]}/24@lan0", "{lan[1]}/64@lan0"]
"""


def file_of_pair(ha_text):
    return FILE.format(**SHARED, ha=ha_text)


class PairGateway(Gateway):
    """One of the two. Its charon starts after the agent, which gives the plugin its settings, as the units do it."""

    def __init__(self, machine):
        self.machine = machine
        self.charon = Charon(machine, ROOT / "systemd" / "strongswan.conf", VICI)
        self.states = States(machine)
        self._agent = self._journal = None

    def start_agent(self, wait=True):
        log = self.machine.evidence.log(f"agent-{self.machine.name}.log")
        self._agent = self.machine.spawn([program("linkspand"), "--config", CONFIG], log=log)
        if wait:
            self.wait_for_agent()

    def start(self):
        self.start_agent()
        self.charon.start()

    def end_charon(self):
        """As linkspan-ike.service ends it."""
        self.charon.end_by(f"PATH={program('linkspan').parent}:{os.environ['PATH']}", ROOT / "systemd" / "end-charon")

    def log_text(self):
        return (self.machine.evidence.directory / f"agent-{self.machine.name}.log").read_text(errors="replace")

    def holds(self, address=SHARED_WAN):
        """True if the shared address is on one of its links. Asked often, so without a program's start."""
        return bool(re.search(rf"\|-- {re.escape(address)}\n\s+/32 host LOCAL", self.machine.proc_net("fib_trie")))

    def pair(self):
        """What `linkspan ha status --json` prints, or {} while the agent does not answer."""
        return self.asked("DescribePair")

    def wait_to_carry(self, why):
        wait_until(lambda: self.holds() and self.pair().get("role") == "active", f"{why}: {self.machine.name} takes over", every=0.05)

    def sa_set(self):
        """SPIs of its ESP SAs with their reqids, without those of charon's own between the gateways."""
        return {(spi, reqid) for spi, reqid in self.states.read() if reqid >= 0x10000000}

    def ike_sas(self):
        """(connection, SPIs) of each IKE_SA as charon has them, passive or not; without that of its plugin to the other gateway."""
        return [(name, spis) for name, spis in self._listed() if name != PLUGIN]

    def plugins_spis(self):
        """Of the IKE_SAs by which the plugin tells the other gateway's of SAs."""
        return {spis for name, spis in self._listed() if name == PLUGIN}

    def _listed(self):
        text = self.machine.call("env", f"STRONGSWAN_CONF={self.charon.conf}", "swanctl", "--list-sas", "--uri",
                                 f"unix://{self.charon.socket}", quiet=True)[1]
        found = re.findall(r"^(\S+): #.* ([0-9a-f]{16})_i\*? ([0-9a-f]{16})_r", text, re.MULTILINE)
        return [(name, (ours, theirs)) for name, ours, theirs in found]

    def ike_spis(self):
        return {spis for _, spis in self.ike_sas()}

    def verify(self):
        pass

    def stop(self):
        self.states.close()
        super().stop()


class PairSite:
    """Both gateways, their switches, the host before and the peer behind them. The peer knows nothing of any pair."""

    PEER_SETTINGS = ""  # of its charon, beyond what a plain one has

    def __init__(self, lab, *tunnels, more="", ha_text=None):
        self.lab, self.evidence = lab, lab.evidence
        self.tunnels = tunnels or (Tunnel(),)
        self.machines = {}
        lab.add(self)
        for name in ("host", "a", "b", "lan", "wan", "peer", "cloud"):
            self.machines[name] = Machine(name, lab.evidence, forwards=name in ("a", "b", "peer"))
        self._cable()
        self._captures = []
        self._record()
        self.peer.run("nft", "-f", "-", stdin=PEER_GUARD)
        self.charon = lab.add(PlainPeer(self.peer, self.PEER_SETTINGS))
        self.charon.start()
        self.charon.load("\n".join(t.swanctl() for t in self.tunnels))
        self.gateways = {}
        for name in ("a", "b"):
            gateway = lab.add(PairGateway(self.machines[name]))
            gateway.configure(*self.tunnels, text=self.file(more, ha_text))
            gateway.machine.write("/etc/linkspan/ha.key", KEYS, mode=0o600, quiet=True)
            self.gateways[name] = gateway

    def file(self, more="", ha_text=None):
        """Both gateways' linkspan.toml."""
        return file_of_pair((ha_text or HA) + more) + "\n".join(t.toml for t in self.tunnels)

    def _cable(self):
        m = self.machines
        self.host, self.peer, self.cloud = m["host"], m["peer"], m["cloud"]
        self.peers, self.clouds = [self.peer], [self.cloud]
        for switch in ("lan", "wan"):
            m[switch].run("ip link add sw type bridge forward_delay 0 && ip link set sw up")
        self._plug("host", "eth0", "lan", LAN, 10)
        for shared in SHARED["lan"]:
            self.host.ip(f"route add default via {shared} dev eth0 onlink\n")
        # Else its own kernel would call the gateway unreachable, were it about to ask anew for its address when one dies.
        self.host.run("for how in ucast mcast; do for family in 4 6; do echo 100 > /proc/sys/net/ipv$family/neigh/eth0/${how}_solicit; done; done")
        for name in ("a", "b"):
            self._plug(name, "lan0", "lan", LAN, NUMBER[name])
            self._plug(name, "wan0", "wan", GATEWAY_WAN, NUMBER[name])
            for via in (GATEWAY_WAN.v4_of(2), GATEWAY_WAN.v6_of(2)):
                m[name].ip(f"route add default via {via} dev wan0 onlink\n")
            # An address that comes is asked for first, as on any machine, but where linkspan has it otherwise.
            m[name].run("for link in lan0 wan0; do for what in accept_dad dad_transmits; do echo 1 > /proc/sys/net/ipv6/conf/$link/$what; done; done")
        m["a"].cable("sync0", m["b"], "sync0")
        for name in ("a", "b"):
            m[name].ip(f"address add {SYNC[name]}/30 dev sync0\nlink set sync0 up\n")
        self._plug("peer", "wan0", "wan", GATEWAY_WAN, 2)
        self.peer.ip(_address("wan0", PEERS_WAN[0], 7, (32, 128)))
        self.cloud.cable("eth0", self.peer, "lan0")
        self.peer.ip(_address("lan0", CLOUDS[0], 1) + "link set lan0 up\n")
        self.cloud.ip(_address("eth0", CLOUDS[0], 10) + "link set eth0 up\n" +
                      "".join(f"route add default via {CLOUDS[0].of(1, family)}\n" for family in (4, 6)))

    def _plug(self, name, link, switch, net, number):
        machine, at = self.machines[name], self.machines[switch]
        machine.cable(link, at, name)
        at.ip(f"link set dev {name} master sw\nlink set dev {name} up\n")
        machine.ip(f"link set {link} up\n" + _address(link, net, number))

    def _record(self):
        for switch in ("wan", "lan"):
            for name in ("a", "b"):
                path = self.evidence.directory / f"{switch}-{name}.pcap"
                self._captures.append(self.machines[switch].spawn(
                    ["tcpdump", "-i", name, "-Q", "in", "-n", "-s", "96", "-U", "-B", "16384", "-Z", "root", "-w", path],
                    log=self.evidence.log(f"{switch}-{name}-tcpdump.log")))

    # --- what it does ---

    def start(self):
        """Who is active is settled before a charon begins to negotiate: what one of them began in a tenure that is over is nobody's."""
        for gateway in self.gateways.values():
            gateway.start_agent()
        active, standby = self.wait_for_both()
        standby.charon.start()
        active.charon.start()
        self.wait_up(self.wait_for_active())
        wait_until(self.pings, "the tunnel carries")
        self.wait_for_copies()
        return self.wait_for_active()

    def wait_up(self, gateway):
        gateway.wait_up(*(t.name for t in self.tunnels))

    @property
    def active(self):
        found = [g for g in self.gateways.values() if g.holds()]
        return found[0] if len(found) == 1 else None

    def wait_for_both(self):
        """The one that carries, and the other one."""
        active = self.wait_for_active()
        return active, next(g for g in self.gateways.values() if g is not active)

    def wait_for_active(self, other_than=None):
        return wait_until(lambda: self.active if self.active is not other_than else None, "one gateway is active", every=0.2)

    def wait_for_copies(self, deadline=300):
        """Until both have the same SAs, which are those of the active one's tunnels."""
        a, b = self.gateways.values()
        wait_until(lambda: a.sa_set() and a.sa_set() == b.sa_set(), "both gateways have the same SAs", deadline, every=0.3)

    def wait_for_quiet(self, deadline=300):
        """Until there is but one pair of SAs for each tunnel, and the same on both: none of before a rekeying is left."""
        self.wait_for_copies()
        wait_until(lambda: all(len(g.sa_set()) == 2 * len(self.tunnels) for g in self.gateways.values()), "no old SA is left", deadline, every=0.3)

    def pings(self, deadline=3.0):
        return all(ping(self.host, self.tunnels[0].cloud(family), deadline) for family in self.tunnels[0].inner)

    def traffic(self, rate=200, family=None, **options):
        return Traffic(self.host, self.tunnels[0].cloud(family), rate, **options)

    def crash(self, gateway):
        """As if its power had gone: nothing of it runs, its kernel has no SA, and no cable carries any more. The agent goes first: it would
        tell the other one of cables that do not carry."""
        name = gateway.machine.name
        gateway.kill_agent()
        for switch in ("lan", "wan"):
            self.machines[switch].ip(f"link set dev {name} down\n")
        gateway.machine.ip("link set sync0 down\n")
        gateway.charon.stop()
        gateway.machine.run("ip xfrm state flush")

    def cut_off(self, gateway):
        """All its cables, as good as at once; first those by which the other gateway could be told of the next one."""
        name = gateway.machine.name
        gateway.machine.cut("sync0")
        for switch in ("lan", "wan"):
            self.machines[switch].cut(name)

    def revive(self, gateway):
        """Its power is back."""
        name = gateway.machine.name
        for switch in ("lan", "wan"):
            self.machines[switch].ip(f"link set dev {name} up\n")
        gateway.machine.ip("link set sync0 up\n")
        gateway.start()

    def negotiations(self):
        """From the beginning, as the peer counts them."""
        return self.charon.log_text().count("] established between")

    def ahead(self):
        """How often an end of IKE heard a message ID beyond the one it expected: who sent that had counted on a message that never came."""
        ends = [self.charon, *(gateway.charon for gateway in self.gateways.values())]
        return sum(int(got) > int(wanted) for end in ends for got, wanted in re.findall(r"received message ID (\d+), expected (\d+)", end.log_text()))

    def peer_sequence_errors(self):
        text = self.peer.run("cat", "/proc/net/xfrm_stat", quiet=True)
        return int(re.search(r"XfrmInStateSeqError\s+(\d+)", text)[1])

    # --- the invariants ---

    def verify(self):
        """Each (SPI, sequence) left the pair once; nothing of the protected networks was in the clear on the WAN."""
        def enough():  # a capture is written a little later than it is made
            seen, plain = self._sent_by_the_pair()
            return (seen, plain) if plain or len(seen) > 50 else None
        seen, plain = wait_until(enough, "more than 50 ESP packets are recorded: fewer show nothing", every=1)
        twice = {key: names for key, names in seen.items() if len(names) > 1}
        expect(plain == 0, f"{plain} packets of the protected networks left a gateway in the clear")
        expect(not twice, f"{len(twice)} numbers of SAs left the pair twice, first {next(iter(twice.items()), None)}")
        self.evidence.note(f"the wire: {len(seen)} ESP packets of the pair, no number twice, nothing in the clear")

    def _sent_by_the_pair(self):
        """({(SPI, number): names of who sent it}, packets in the clear), as recorded so far."""
        seen, plain = {}, 0
        for name in ("a", "b"):
            for _, frame in frames(self.evidence.directory / f"wan-{name}.pcap"):
                packet = packet_of(frame)
                if packet is None:
                    continue
                protocol, source, destination, body = packet
                plain += source.startswith(OURS) or destination.startswith(THEIRS)
                if protocol == 50 and source in SHARED["wan"] and len(body) >= 8:
                    seen.setdefault(struct.unpack("!II", body[:8]), []).append(name)
        return seen, plain

    def emitted(self, name, switch="wan"):
        """Times at which the gateway said something there with a shared address, ARP and its kin included; seconds since the epoch."""
        return [when for when, frame in frames(self.evidence.directory / f"{switch}-{name}.pcap") if speaks_as(frame, SHARED[switch])]

    def speakers(self, since):
        """Who spoke with a shared address, on either network, one after the other: "ab" = first a alone, then b alone."""
        spoken = sorted((when, name) for name in self.gateways for switch in SHARED for when in self.emitted(name, switch) if when > since)
        return "".join(name for i, (_, name) in enumerate(spoken) if i == 0 or spoken[i - 1][1] != name)

    def dump(self):
        for machine in self.machines.values():
            self.evidence.dump(machine)

    def stop(self):
        for capture in self._captures:
            capture.terminate()
            capture.wait()
        for machine in self.machines.values():
            machine.stop()


def _address(link, net, number, lengths=(24, 64)):
    return f"address add {net.v4_of(number)}/{lengths[0]} dev {link}\naddress add {net.v6_of(number)}/{lengths[1]} dev {link} nodad\n"


# Silence of 4 s, and a gateway may stand still for 2 s of them before it is taken for one that slept: a busy machine does that.
HA = """first  = "10.255.0.1"
second = "10.255.0.2"
interval = "500ms"
lost = 8
secret = { file = "/etc/linkspan/ha.key" }
"""
TWO_PATHS = HA.replace('"10.255.0.1"', f'["10.255.0.1", "{LAN.v4_of(11)}"]').replace('"10.255.0.2"', f'["10.255.0.2", "{LAN.v4_of(12)}"]')
PLUGIN = "ha"  # strongSwan's name for it
KEYS = "1 a-secret-of-the-pair-for-this-lab-alone\n"
OURS, THEIRS = ("10.1.", "fd00:1:"), ("10.20.", "fd00:20:")  # how the protected addresses begin
