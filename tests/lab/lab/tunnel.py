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
interface      = "{t.interface}"
peer           = "{t.peer_address}"
{t.authentication}
local_subnets  = {t.local_subnets}
remote_subnets = {t.remote_subnets}
tunnel_address = {t.tunnel_addresses}
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
  children {{ {t.name} {{
    local_ts = {far}
    remote_ts = {near}
    esp_proposals = {esp}
    replay_window = 1024
    start_action = {start}{extra}
  }} }} }} }}
secrets {{ ike {{ secret = "{psk}" }} }}
"""


def toml_list(values):
    return "[" + ", ".join(f'"{v}"' for v in values) + "]"


@dataclasses.dataclass(frozen=True)
class Tunnel:
    name: str = "cloud"
    interface: str = "vti"
    outer: int = 4         # family of the packets on the WAN
    inner: tuple = (4,)    # families it carries
    start: str = "always"
    at: int = 0            # which peer: 0 or 1
    dpd_delay: str = "10s"
    more: str = ""         # further lines of TOML
    psk: str = "correct horse battery staple"
    x509: str = ""         # in place of the PSK: the name of our certificate in /etc/linkspan/x509
    ike: str = IKE_PROPOSAL
    esp: str = ESP_PROPOSAL
    behind: int = None     # which cloud's subnet it leads to; None: that of its peer
    far: str = ""          # the peer's own file, where it is none of those made here

    @property
    def device(self):
        return f"ls-{self.name}"

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
        return PEERS_WAN[self.at].of(7, self.outer)

    @property
    def gateway_address(self):
        return GATEWAY_WAN.of(10, self.outer)

    @property
    def local_subnets(self):
        return toml_list(subnet(LAN, f) for f in self.inner)

    @property
    def remote_subnets(self):
        return toml_list(subnet(self.cloud_net, f) for f in self.inner)

    @property
    def tunnel_addresses(self):
        return toml_list(f"169.254.{21 + CLOUDS.index(self.cloud_net)}.2/30" if f == 4 else f"fd99:{CLOUDS.index(self.cloud_net)}::2/64"
                         for f in self.inner)

    @property
    def toml(self):
        return CONNECTION.format(t=self).rstrip() + "\n"

    def swanctl(self, start="none", extra="", ike="", esp="", psk="", local_id="", near=""):
        """The peer's file, with policies of charon's own. `start`: none, start, or trap."""
        if self.far:
            return self.far
        return SWANCTL.format(t=self, ike=ike or self.ike, esp=esp or self.esp, start=start, extra=extra, psk=psk or self.psk,
                              id=f"\n    id = {local_id}" if local_id else "",
                              far=", ".join(subnet(CLOUDS[self.at], f) for f in self.inner),
                              near=near or ", ".join(subnet(LAN, f) for f in self.inner))

    def swanctl_routed(self, if_id, start="none"):
        """The peer's file for a tunnel of any subnets through an XFRM interface of its own."""
        everything = ", ".join("0.0.0.0/0" if f == 4 else "::/0" for f in self.inner)
        return SWANCTL.format(t=self, ike=self.ike, esp=self.esp, start=start, far=everything, near=everything, psk=self.psk, id="",
                              extra=f"\n    if_id_in = {if_id}\n    if_id_out = {if_id}")

    def cloud(self, family=None):
        """The cloud host's address."""
        return self.cloud_net.of(10, family or self.inner[0])

    def host(self, family=None):
        return LAN.of(10, family or self.inner[0])


def file_of(*tunnels):
    return HEAD + "".join(t.toml for t in tunnels)
