"""A far end without IKE: SAs and policies by `ip xfrm`, as a person would write them."""

import itertools
import sys

from lab.tunnel import Tunnel

_bytes = itertools.count(1)

# name in the file of keys: (ip's algorithm words and key sizes)
SUITES = {
    "aes128gcm16": (("aead", "rfc4106(gcm(aes))", 20, 128),),
    "aes256gcm16": (("aead", "rfc4106(gcm(aes))", 36, 128),),
    "chacha20poly1305": (("aead", "rfc7539esp(chacha20,poly1305)", 36, 128),),
    "aes128-sha256": (("enc", "cbc(aes)", 16, None), ("auth-trunc", "hmac(sha256)", 32, 128)),
    "aes256-sha256": (("enc", "cbc(aes)", 32, None), ("auth-trunc", "hmac(sha256)", 32, 128)),
}


class Keys:
    """One generation: an SPI and keys of its own for each direction, as the gateway sees them."""

    def __init__(self, name, suite="aes128gcm16", esn=False):
        self.name, self.suite, self.esn = name, suite, esn
        number = next(_bytes)
        self.spi = {"in": 0x1000 + 2 * number, "out": 0x1001 + 2 * number}
        self.key = {way: [bytes((number * 31 + n * 7 + i * 13 + len(way)) % 256 for i in range(size)).hex()
                          for n, (_, _, size, _) in enumerate(SUITES[suite])] for way in ("in", "out")}

    def toml(self, send):
        def table(way):
            names = ("key", "integrity_key")
            return "{ spi = %d, %s }" % (self.spi[way], ", ".join(f'{n} = "{k}"' for n, k in zip(names, self.key[way])))
        return (f'[[generation]]\nname = "{self.name}"\nsend = {str(send).lower()}\ncipher = "{self.suite}"\n'
                f'esn = {str(self.esn).lower()}\nin = {table("in")}\nout = {table("out")}\n')

    def algorithms(self, way):
        return " ".join(f"{kind} '{name}' 0x{key}" + (f" {icv}" if icv else "")
                        for (kind, name, _, icv), key in zip(SUITES[self.suite], self.key[way]))


def file_of_keys(*generations, sends):
    """`sends`: the generation that sends."""
    return "\n".join(g.toml(g is sends) for g in generations)


# The kernel hands ESP in UDP to whoever has said that it is for the kernel (UDP_ENCAP, UDP_ENCAP_ESPINUDP).
ENCAPSULATION = """import signal, socket
for family in (socket.AF_INET, socket.AF_INET6):
    s = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.setsockopt(socket.IPPROTO_UDP, 100, 2)
    s.bind(("", 4500))
    globals()[f"socket_{family}"] = s
signal.pause()
"""


class KeyedPeer:
    """The other side by hand. Routes lead by the WAN; policies decide, whatever linkspan's side is made of."""

    def __init__(self, machine):
        self.machine = machine
        self.process = self
        self._reqid = 77
        self._encapsulation = ""

    def start(self):
        pass

    def stop(self):
        pass

    def load(self, _):
        pass

    def encapsulate(self):
        """In UDP from now on."""
        self.machine.spawn([sys.executable, "-c", ENCAPSULATION], log=self.machine.evidence.log("encapsulation.log"))
        self._encapsulation = " encap espinudp 4500 4500 0.0.0.0"

    def policies(self, tunnel):
        here, there = tunnel.peer_address, tunnel.gateway_address
        lines = []
        for far, near in zip(tunnel.far_subnets, tunnel.near_subnets):
            out, back = f"src {here} dst {there}", f"src {there} dst {here}"
            lines.append(f"xfrm policy add src {far} dst {near} dir out tmpl {out} proto esp reqid {self._reqid} mode tunnel")
            for way in ("in", "fwd"):
                lines.append(f"xfrm policy add src {near} dst {far} dir {way} tmpl {back} proto esp reqid {self._reqid} mode tunnel")
        self.machine.ip("\n".join(lines) + "\n")

    def receives(self, tunnel, keys):
        """What the gateway sends under these."""
        self._state(tunnel.gateway_address, tunnel.peer_address, keys, "out")

    def sends(self, tunnel, keys):
        """From now on: the newest SA of a reqid is the one the kernel takes."""
        self._state(tunnel.peer_address, tunnel.gateway_address, keys, "in")

    def forget(self, tunnel, keys):
        self.machine.ip(f"xfrm state delete src {tunnel.gateway_address} dst {tunnel.peer_address} proto esp spi {keys.spi['out']:#x}\n"
                        f"xfrm state delete src {tunnel.peer_address} dst {tunnel.gateway_address} proto esp spi {keys.spi['in']:#x}\n")

    def _state(self, source, destination, keys, way):
        esn = "flag esn replay-window 128" if keys.esn else "replay-window 128"
        self.machine.run(f"ip xfrm state add src {source} dst {destination} proto esp spi {keys.spi[way]:#x} reqid {self._reqid} mode tunnel "
                         f"flag af-unspec {esn} {keys.algorithms(way)}{self._encapsulation}")


class KeyedTunnel(Tunnel):
    """A connection with static keys; `keys_file` is where they are."""

    @property
    def keys_file(self):
        return f"/etc/linkspan/{self.name}.keys"

    @property
    def authentication(self):
        return f'keys           = {{ file = "{self.keys_file}" }}'

    @property
    def toml(self):
        lines = super().toml.splitlines()
        of_ike = ("ike_proposals", "esp_proposals", "dpd_delay")
        return "\n".join(line for line in lines if not line.startswith(of_ike)) + "\n"
