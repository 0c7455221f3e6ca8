"""One connection, as each side writes it: TOML for linkspan, swanctl.conf for the plain strongSwan at the far end."""

import dataclasses

from lab.site import CLOUDS, GATEWAY_WAN, LAN, PEERS_WAN, subnet

# Cheap ones: all of it is emulated.
IKE_PROPOSAL, ESP_PROPOSAL = "aes128gcm16-prfsha256-x25519", "aes128gcm16"

HEAD = """[gateway]
name   = "edge-1"
uplink = "wan0"
lan    = ["lan0"]
"""

CONNECTION = """
[[connection]]
name           = "{t.name}"
{t.way}
peer           = "{t.peer_address}"
{t.authentication}
local_subnets  = {t.local_subnets}
remote_subnets = {t.remote_subnets}
ike_proposals  = ["{t.ike}"]
esp_proposals  = ["{t.esp}"]
dpd_delay      = "{t.dpd_delay}"
start          = "{t.start}"
{t.more}
"""

SWANCTL = """
connections {{ {t.name} {{
  version = 2
  local_addrs = {t.peer_address}
  remote_addrs = {t.gateway_address}
  proposals = {ike}
  dpd_delay = 5s
  local {{ auth = psk{id}
  }}
  remote {{ auth = psk }}
  children {{ {children} }} }} }}
secrets {{ ike {{ secret = "{psk}" }} }}
"""


CHILD = """{name} {{
    local_ts = {far}
    remote_ts = {near}
    esp_proposals = {esp}
    replay_window = 1024
    start_action = {start}{extra}
  }}"""


def toml_list(values):
    return "[" + ", ".join(f'"{v}"' for v in values) + "]"


@dataclasses.dataclass(frozen=True)
class Tunnel:
    name: str = "cloud"
    interface: str = "vti" # or "policy": no link
    selectors: str = "combined"
    near: tuple = ()       # local subnets, where they are not that of the LAN
    far: tuple = ()        # remote subnets, where they are not those of the cloud
    outer: int = 4         # family of the packets on the WAN
    inner: tuple = (4,)    # families it carries
    start: str = "always"
    at: int = 0            # which peer: 0, 1 or 2
    peer_host: int = 7     # the number of its address there; others are for the scenario to add
    dpd_delay: str = "10s"
    more: str = ""         # further lines of TOML
    psk: str = "correct horse battery staple"
    x509: str = ""         # in place of the PSK: the name of our certificate in /etc/linkspan/x509
    ike: str = IKE_PROPOSAL
    esp: str = ESP_PROPOSAL
    behind: int = None     # which cloud's subnet it leads to; None: that of its peer
    peer_file: str = ""    # the peer's own file, where it is none of those made here

    @property
    def device(self):
        """By which the routes lead."""
        return "wan0" if self.interface == "policy" else f"ls-{self.name}"

    @property
    def psk_file(self):
        return f"/etc/linkspan/{self.name}.psk"

    @property
    def authentication(self):
        if not self.x509:
            return f'psk            = {{ file = "{self.psk_file}" }}'
        directory = "/etc/linkspan/x509"
        return (f'certificate    = "{directory}/{self.x509}.pem"\nkey            = {{ file = "{directory}/{self.x509}.key" }}\n'
                f'ca             = "{directory}/ca.pem"')

    @property
    def cloud_net(self):
        return CLOUDS[self.at if self.behind is None else self.behind]

    @property
    def peer_address(self):
        return PEERS_WAN[self.at].of(self.peer_host, self.outer)

    @property
    def gateway_address(self):
        return GATEWAY_WAN.of(10, self.outer)

    @property
    def near_subnets(self):
        return self.near or [subnet(LAN, f) for f in self.inner]

    @property
    def far_subnets(self):
        return self.far or [subnet(self.cloud_net, f) for f in self.inner]

    @property
    def local_subnets(self):
        return toml_list(self.near_subnets)

    @property
    def remote_subnets(self):
        return toml_list(self.far_subnets)

    @property
    def way(self):
        if self.interface == "policy":
            return f'mode           = "policy"\nselectors      = "{self.selectors}"'
        return f'interface      = "{self.interface}"\ntunnel_address = {self.tunnel_addresses}'

    @property
    def tunnel_addresses(self):
        return toml_list(f"169.254.{21 + CLOUDS.index(self.cloud_net)}.2/30" if f == 4 else f"fd99:{CLOUDS.index(self.cloud_net)}::2/64"
                         for f in self.inner)

    @property
    def toml(self):
        return CONNECTION.format(t=self).rstrip() + "\n"

    def swanctl(self, start="none", extra="", ike="", esp="", psk="", local_id="", near=""):
        """The peer's file, with policies of charon's own. `start`: none, start, or trap."""
        if self.peer_file:
            return self.peer_file
        pairs = [(", ".join(self.far_subnets), near or ", ".join(self.near_subnets))]
        if self.selectors == "each":
            pairs = [(far, near) for far in self.far_subnets for near in self.near_subnets if (":" in far) == (":" in near)]
        names = [self.name] + [f"{self.name}-{n}" for n in range(2, len(pairs) + 1)]
        children = "\n  ".join(CHILD.format(name=name, far=far, near=near, esp=esp or self.esp, start=start, extra=extra)
                               for name, (far, near) in zip(names, pairs))
        return self._swanctl(children, ike or self.ike, psk or self.psk, local_id)

    def _swanctl(self, children, ike, psk, local_id=""):
        return SWANCTL.format(t=self, ike=ike, psk=psk, id=f"\n    id = {local_id}" if local_id else "", children=children)

    def swanctl_routed(self, if_id, start="none"):
        """The peer's file for a tunnel of any subnets through an XFRM interface of its own."""
        everything = ", ".join("0.0.0.0/0" if f == 4 else "::/0" for f in self.inner)
        return self._swanctl(CHILD.format(name=self.name, esp=self.esp, start=start, far=everything, near=everything,
                                          extra=f"\n    if_id_in = {if_id}\n    if_id_out = {if_id}"), self.ike, self.psk)

    def cloud(self, family=None):
        """The cloud host's address."""
        return self.cloud_net.of(10, family or self.inner[0])

    def host(self, family=None):
        return LAN.of(10, family or self.inner[0])


def file_of(*tunnels):
    return HEAD + "".join(t.toml for t in tunnels)
