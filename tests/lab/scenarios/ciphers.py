"""The size of a packet in ESP, as linkspan computes it and as the kernel makes it, for every kind of suite a file may name."""

import dataclasses
import json
import socket
import struct

from lab.gateway import program
from lab.machine import Machine
from lab.scenario import scenario
from lab.wait import expect

WAN_MTU = 1500
OUTER = {4: ("203.0.113.10", "203.0.113.7"), 6: ("2001:db8:a::10", "2001:db8:a::7")}
OURS = "10.1.0.1"
ANY_PROTOCOL = 0x0003  # ETH_P_ALL

AEADS = {f"aes{bits}{mode}{icv}": (kernel, bits // 8 + salt, 8 * icv)
         for mode, kernel, salt in (("gcm", "rfc4106(gcm(aes))", 4), ("ccm", "rfc4309(ccm(aes))", 3))
         for bits in (128, 256) for icv in (16, 12, 8)} | {"chacha20poly1305": ("rfc7539esp(chacha20,poly1305)", 36, 128)}
CIPHERS = {"aes128": ("cbc(aes)", 16), "aes256": ("cbc(aes)", 32), "aes128ctr": ("rfc3686(ctr(aes))", 20),
           "camellia128": ("cbc(camellia)", 16), "3des": ("cbc(des3_ede)", 24)}
INTEGRITIES = {"sha1": ("hmac(sha1)", 20, 96), "sha256": ("hmac(sha256)", 32, 128), "sha384": ("hmac(sha384)", 48, 192),
               "sha512": ("hmac(sha512)", 64, 256)}
OTHERS = {"aesxcbc": ("xcbc(aes)", 16, 96), "aescmac": ("cmac(aes)", 16, 96)}


def key(size):
    return "0x" + bytes(range(1, size + 1)).hex()


def suites():
    """By linkspan's name, the algorithms as `ip xfrm state` takes them."""
    found = {name: f"aead {kernel} {key(size)} {bits}" for name, (kernel, size, bits) in AEADS.items()}
    pairs = [(c, i) for c in CIPHERS for i in INTEGRITIES] + [("aes128", i) for i in OTHERS]
    for cipher, integrity in pairs:
        name, size = CIPHERS[cipher]
        hash_name, hash_size, bits = (INTEGRITIES | OTHERS)[integrity]
        found[f"{cipher}-{integrity}"] = f"enc {name} {key(size)} auth-trunc {hash_name} {key(hash_size)} {bits}"
    return found


@dataclasses.dataclass(frozen=True)
class Case:
    number: int
    suite: str
    algorithms: str
    outer: int
    nat: bool

    @property
    def name(self):
        return f"c{self.number}"

    @property
    def host(self):
        return f"10.{20 + self.number // 250}.{self.number % 250}.1"

    @property
    def toml(self):
        near, far = OUTER[self.outer]
        return (f'\n[[connection]]\nname = "{self.name}"\ninterface = "xfrm"\nlocal_address = "{near}"\npeer = "{far}"\n'
                f'local_id = "{self.name}"\nremote_id = "far-{self.name}"\npsk = {{ credential = "{self.name}" }}\n'
                f'remote_subnets = ["{self.host[:-1]}0/24"]\nesp_proposals = ["{self.suite}"]\n'
                f'nat_traversal = "{"force" if self.nat else "none"}"\n')

    @property
    def xfrm(self):
        near, far = OUTER[self.outer]
        reqid, encap = self.number + 1, " encap espinudp 4500 4500 0.0.0.0" if self.nat else ""
        return (f"xfrm policy add src {OURS}/32 dst {self.host}/32 dir out tmpl src {near} dst {far} proto esp reqid {reqid} mode tunnel\n"
                f"xfrm state add src {near} dst {far} proto esp spi {0x1000 + self.number} reqid {reqid} mode tunnel flag af-unspec {self.algorithms}{encap}\n")

    def __str__(self):
        return f"{self.suite} over IPv{self.outer}{' and UDP' if self.nat else ''}"


def wire(lab, cases):
    """A gateway with an SA for each case, and a cable wide enough for all there is to see; the far end's socket reads it."""
    gateway, far = (lab.add(Machine(name, lab.evidence)) for name in ("gateway", "far"))
    gateway.cable("wan0", far, "wan0")
    for machine, host in ((gateway, 0), (far, 1)):
        machine.ip(f"link set wan0 mtu 9000 up\naddress add {OUTER[4][host]}/24 dev wan0\naddress add {OUTER[6][host]}/64 dev wan0 nodad\n")
    gateway.ip(f"address add {OURS}/32 dev lo\nroute add 10.0.0.0/8 via {OUTER[4][1]} src {OURS}\n" + "".join(case.xfrm for case in cases))
    reader = far.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ANY_PROTOCOL))
    reader.bind(("wan0", ANY_PROTOCOL))
    reader.settimeout(60)
    return gateway, reader


def computed(gateway, cases):
    """linkspan's MTU of each case."""
    for case in cases:  # a file each: all of it is read every time
        gateway.write(f"/run/{case.name}/linkspan.toml", '[gateway]\nuplink = "wan0"\n' + case.toml, quiet=True)
    names = " ".join(case.name for case in cases)  # their secrets are missing, which is an error, and no matter here
    check = f"{program('linkspan')} check --json -c /run/$name/linkspan.toml --explain $name"
    lines = gateway.run(f"for name in {names}; do {check} || true; done", quiet=True, timeout=600)
    explained = [json.loads(line)["explained"]["settings"] for line in lines.splitlines()]
    return [next(s["value"] for s in settings if s["key"] == "mtu") for settings in explained]


def outer_size(reader, case):
    """Bytes of the next ESP packet from the gateway, its IP header included."""
    while True:
        packet = reader.recv(16384)
        version = packet[0] >> 4
        protocol, size = (packet[9], struct.unpack("!H", packet[2:4])[0]) if version == 4 else (packet[6], 40 + struct.unpack("!H", packet[4:6])[0])
        if version == case.outer and protocol == (socket.IPPROTO_UDP if case.nat else socket.IPPROTO_ESP):
            return size


@scenario("the MTU of every kind of ESP suite, over IPv4 and IPv6, with and without NAT-T: the kernel's packet fits, one byte more does not",
          needs=["esp4 with AES-GCM", "esp6 with AES-GCM"])
def mtu_of_every_suite(lab):
    kinds = [(suite, algorithms, outer, nat) for suite, algorithms in suites().items() for outer in (4, 6) for nat in (False, True)]
    cases = [Case(number, *kind) for number, kind in enumerate(kinds)]
    gateway, reader = wire(lab, cases)
    sender = gateway.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind((OURS, 0))
    wrong = []
    for case, limit in zip(cases, computed(gateway, cases)):
        sizes = []
        for inner in (limit, limit + 1):
            sender.sendto(b"x" * (inner - 28), (case.host, 9))
            sizes.append(outer_size(reader, case))
        if not sizes[0] <= WAN_MTU < sizes[1]:
            wrong.append(f"{case}: an inner packet of {limit} makes {sizes[0]} bytes, one byte more {sizes[1]}")
    expect(not wrong, "\n".join(wrong))
    print(f"{len(cases)} cases, {len(suites())} suites; ", end="")
