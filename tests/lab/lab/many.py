"""Two gateways with many connections between them, by linkspan and by swanctl alone: the same charon settings, addresses,
secrets, proposals and networks. Each connection is to an address of the far end's of its own, and leads to a network of its own."""

import dataclasses
import json
import pathlib
import re
import time

from lab.charon import Charon
from lab.gateway import CONFIG, VICI, program
from lab.kernels import ROOT
from lab.machine import Machine
from lab.states import States
from lab.traffic import Echo
from lab.tunnel import ESP_PROPOSAL, IKE_PROPOSAL
from lab.wait import expect, expect_equal, wait_until

OURS, LAN, PSK_FILE = "203.0.113.10", "10.1.0.1", "/etc/linkspan/many.psk"
SHIPPED = ROOT / "systemd" / "strongswan.conf"

HEAD = '[gateway]\nname = "edge-1"\nuplink = "wan0"\n'
TOML = """
[[connection]]
name           = "{name}"
mode           = "policy"
peer           = "{peer}"
psk            = {{ file = "{psk_file}" }}
local_subnets  = ["10.1.0.0/16"]
remote_subnets = ["{far}"]
ike_proposals  = ["{ike}"]
esp_proposals  = ["{esp}"]
dpd_delay      = "{dpd}"
"""

# What linkspan tells its charon, but for the policies, which are charon's, and the start, which is the file's.
SWANCTL = """{name} {{
  version = 2
  local_addrs = {local}
  remote_addrs = {remote}
  proposals = {ike}
  mobike = no
  unique = no
  dpd_delay = {dpd}
  local {{
    auth = psk
    id = {local}
  }}
  remote {{
    auth = psk
    id = {remote}
  }}
  children {{ {name} {{
    mode = tunnel
    local_ts = {near}
    remote_ts = {far}
    esp_proposals = {esp}
    replay_window = 128
    start_action = {start}
  }} }}
}}
"""
SECRET = "ike-{name} {{\n  secret = {psk}\n  id-1 = {local}\n  id-2 = {remote}\n}}\n"
PSK = "correct-horse-battery-staple"

# Emulated machines are slow: what is asked of them is not to be asked again at once. In every charon here, whoever tells it.
DPD = "1h"
SETTINGS = "charon {\n    retransmit_timeout = 60.0\n    half_open_timeout = 1800\n"
# Many half-open IKE_SAs from one address are an attack to strongSwan, unless told otherwise.
PEER_SETTINGS = SETTINGS + "    dos_protection = no\n"


@dataclasses.dataclass(frozen=True)
class One:
    """Connection `number` of many."""
    number: int
    ours_there: str = "10.1.0.0/16"  # as the far end knows us

    @property
    def name(self):
        return f"site-{self.number:04}"

    @property
    def peer(self):
        return f"198.18.{self.number // 250}.{self.number % 250 + 1}"

    @property
    def far(self):
        return f"10.{64 + self.number // 256}.{self.number % 256}.0/24"

    @property
    def host(self):
        return self.far.replace(".0/24", ".1")

    def toml(self):
        return TOML.format(name=self.name, peer=self.peer, far=self.far, dpd=DPD, psk_file=PSK_FILE, ike=IKE_PROPOSAL, esp=ESP_PROPOSAL)

    def swanctl(self, ours, start="none"):
        """As written on our side, or on the far one."""
        local, remote, near, far = (OURS, self.peer, "10.1.0.0/16", self.far) if ours else (self.peer, OURS, self.far, self.ours_there)
        words = {"name": self.name, "local": local, "remote": remote, "near": near, "far": far, "start": start}
        return SWANCTL.format(ike=IKE_PROPOSAL, esp=ESP_PROPOSAL, dpd=DPD, **words), SECRET.format(psk=PSK, **words)


def swanctl_file(ones, ours, start="none"):
    conns, secrets = zip(*(one.swanctl(ours, start) for one in ones))
    return "connections {\n" + "".join(conns) + "}\nsecrets {\n" + "".join(secrets) + "}\n"


@dataclasses.dataclass
class Usage:
    """What a process has used so far."""
    processor: float  # s
    resident: float   # MB
    peak: float       # MB

    @staticmethod
    def of(pid):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        resident, peak = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM"))
        return Usage((int(fields[11]) + int(fields[12])) / 100, resident, peak)


class Many:
    """A gateway and a far end on one cable, and `count` connections for them. The far end waits for them all."""

    def __init__(self, lab, count, name="", kind=One):
        self.ones = [kind(number) for number in range(count)]
        self.gateway, self.peer = (lab.add(Machine(name + part, lab.evidence, forwards=True)) for part in ("gateway", "peer"))
        self.gateway.cable("wan0", self.peer, "wan0")
        self.gateway.ip(f"address add {OURS}/24 dev wan0\naddress add {LAN}/16 dev lo\nlink set wan0 up\n"
                        "route add default via 203.0.113.1\n")
        self.peer.ip("address add 203.0.113.1/24 dev wan0\nlink set wan0 up\nroute add 10.1.0.0/16 via 203.0.113.10\n"
                     "route add 100.64.0.0/16 via 203.0.113.10\n"
                     "route add local 10.64.0.0/10 dev lo\n" + "".join(f"address add {one.peer}/32 dev lo\n" for one in self.ones))
        self.ours, self.theirs = (lab.add(Charon(machine, "/run/strongswan.conf", VICI)) for machine in (self.gateway, self.peer))
        for machine, settings in ((self.gateway, SETTINGS), (self.peer, PEER_SETTINGS)):
            shipped = "".join(line for line in SHIPPED.read_text().splitlines(True) if "retransmit_timeout" not in line)
            machine.write("/run/strongswan.conf", shipped.replace("charon {\n", settings, 1))
        self.theirs.start()
        self.far_end_knows(self.ones)
        self.ours.start()
        self.agent = None
        self.states = [States(machine) for machine in (self.gateway, self.peer)]
        lab.add(self)

    def _load(self, charon, text):
        charon.machine.write("/run/swanctl.conf", text, mode=0o600, quiet=True)
        charon.machine.run("env", f"STRONGSWAN_CONF={charon.conf}", "swanctl", "--load-all", "--file", "/run/swanctl.conf",
                           "--uri", f"unix://{charon.socket}", quiet=True, timeout=600)

    def far_end_knows(self, ones):
        """These, and no others, may negotiate from now on."""
        self._load(self.theirs, swanctl_file(ones, ours=False))

    def begin_by_swanctl(self):
        self._load(self.ours, swanctl_file(self.ones, ours=True, start="start"))

    def begin_by_linkspan(self):
        self.gateway.write(PSK_FILE, PSK + "\n", mode=0o600)
        self.gateway.write(CONFIG, HEAD + "".join(one.toml() for one in self.ones), quiet=True)
        self.agent = self.gateway.spawn([program("linkspand"), "--config", CONFIG], log=self.gateway.evidence.log("agent.log"))

    def edit(self, ones):
        """The file has these now; returns when it is in force."""
        self.gateway.write(CONFIG, HEAD + "".join(one.toml() for one in ones), quiet=True)
        self.gateway.run(program("linkspan"), "apply", timeout=600)

    def status(self):
        """{name: what `linkspan status --json` says of the connection}"""
        text = self.gateway.run(program("linkspan"), "status", "--json", quiet=True, timeout=600)
        return {c["name"]: c for c in json.loads(text)["connections"]}

    def installed(self):
        """Complete CHILD_SAs, as the smaller of both kernels' counts: two SAs each; one under way is counted as less."""
        return min(states.count() for states in self.states) // 2

    def wait_for_all(self, begin, progress=lambda up: None):
        """Seconds from `begin` (a function) until every connection has its SAs in both kernels."""
        started = time.monotonic()
        begin()

        def all_up():
            expect(self.agent is None or self.agent.poll() is None, "the agent lives")
            up = self.installed()
            progress(up)
            return up >= len(self.ones)
        wait_until(all_up, f"{len(self.ones)} connections are up", deadline=1800, every=0.2)
        return time.monotonic() - started

    def expect_traffic(self):
        """A packet through every tunnel comes back."""
        silent = [one.name for one in self.ones if not answered(self.gateway, one.host)]
        expect_equal(silent, [], "connections that are up and carry nothing")

    def stop(self):
        for states in self.states:
            states.close()
        if self.agent and self.agent.poll() is None:
            self.agent.kill()
            self.agent.wait()


def answered(machine, address):
    echo = Echo(machine, address, source=LAN)
    try:
        for _ in range(3):  # an emulated machine is slow now and then; a tunnel that carries nothing never answers
            echo.send()
            echo.wait_for_all(10)
            if echo.account.answered:
                return True
        return False
    finally:
        echo.close()
