"""Libreswan's pluto in a machine, as Debian ships it, with hand-written ipsec.conf and ipsec.secrets.

The package conflicts with strongSwan's, so it is unpacked beside the system (fetch-libreswan) and laid over /usr in the
machine's own mount namespace.
"""

import re

from lab.kernels import ROOT
from lab.wait import expect, wait_until

UNPACKED = ROOT / "build" / "libreswan"
PLUTO = UNPACKED / "usr" / "libexec" / "ipsec" / "pluto"

WHACK = "/usr/libexec/ipsec/whack"
NSS = "sql:/var/lib/ipsec/nss"

SETUP = """config setup
    dnssec-enable=no
    uniqueids=no
    ikev1-policy=accept
"""


class Libreswan:
    def __init__(self, machine):
        self.machine = machine
        self.process = None
        expect(PLUTO.exists(), f"{PLUTO} is there (tests/lab/fetch-libreswan)")
        machine.run(f"mount -t overlay usr -o lowerdir={UNPACKED}/usr:/usr /usr")
        machine.run("mkdir -p /run/pluto /var/lib/ipsec/nss /etc/ipsec.d/policies")
        machine.run("certutil", "-N", "-d", NSS, "--empty-password")  # what `ipsec initnss` does, in a tenth of its time

    def start(self):
        self.machine.write("/etc/ipsec.conf", SETUP)
        self.machine.write("/etc/ipsec.secrets", "", mode=0o600)
        log = self.machine.evidence.log(f"pluto-{self.machine.name}.log")
        self.process = self.machine.spawn(["/usr/libexec/ipsec/pluto", "--nofork", "--stderrlog", "--config", "/etc/ipsec.conf"], log=log)
        wait_until(lambda: self.machine.call(WHACK, "--status", quiet=True)[0] == 0, f"pluto of {self.machine.name} answers", every=0.5)
        self.whack("--listen")

    def trust(self, pki, name):
        """Gives it a certificate of its own (by the nickname `name`) and the CA that both sides know."""
        pki.give(self.machine, name, "/run/x509")
        self.machine.run(f"cd /run/x509 && openssl pkcs12 -export -inkey {name}.key -in {name}.pem -name {name}"
                         " -out bundle -passout pass:")
        self.machine.run("pk12util", "-i", "/run/x509/bundle", "-d", NSS, "-W", "")
        self.machine.run("certutil", "-A", "-n", "ca", "-t", "CT,,", "-a", "-i", "/run/x509/ca.pem", "-d", NSS)

    def load(self, text):
        """`text`: conn sections, a line `---`, secrets."""
        conns, _, secrets = text.partition("\n---\n")
        self.machine.write("/etc/ipsec.conf", SETUP + conns)
        self.machine.write("/etc/ipsec.secrets", secrets, mode=0o600)
        self.whack("--rereadsecrets")
        self.machine.run("/usr/libexec/ipsec/addconn", "--config", "/etc/ipsec.conf", *re.findall(r"^conn (\S+)", conns, re.MULTILINE))

    def whack(self, *arguments):
        return self.machine.run(WHACK, *arguments)

    def dump(self):
        if self.process and self.process.poll() is None:
            self.machine.call(WHACK, "--status")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
