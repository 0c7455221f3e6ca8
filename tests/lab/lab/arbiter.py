"""A third party for a pair: what speaks as etcd does, on the host before the gateways. etcd itself is in the contract tests; beside
a pair in a guest of one processor it starves the pair."""

import json
import signal

from lab.kernels import ROOT
from lab.site import LAN
from lab.wait import wait_until

ADDRESS, PORT = LAN.v4_of(10), 2379
FILE = f"""arbiter = "etcd"
etcd = {{ endpoints = ["https://{ADDRESS}:{PORT}"], ca = "/etc/linkspan/etcd.pem" }}
"""
AWAY = f"table inet away {{\nchain in {{\ntype filter hook input priority 0;\ntcp dport {PORT} reject with tcp reset\n}}\n}}\n"


class Arbiter:
    def __init__(self, site):
        self.machine = site.host
        pem = "/etc/linkspan/arbiter.pem"
        self.machine.run(f"mkdir -p /etc/linkspan && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=arbiter -days 30"
                         f" -addext subjectAltName=IP:{ADDRESS} -keyout {pem} -out {pem}.crt 2>&1 && cat {pem}.crt >> {pem}")
        certificate = self.machine.run("cat", f"{pem}.crt", quiet=True)
        for gateway in site.gateways.values():
            gateway.machine.write("/etc/linkspan/etcd.pem", certificate, quiet=True)
        self._server = self.machine.spawn(["python3", "-B", ROOT / "tests/fake/cloud/server.py", ADDRESS, PORT, pem],
                                          log=self.machine.evidence.log("arbiter.log"))
        wait_until(lambda: f"{ADDRESS}:{PORT} " in self.machine.run("ss -lnt", quiet=True), "the arbiter listens")

    @property
    def epoch(self):
        """That is written there; 0: none."""
        text = self.machine.run("curl", "-sk", "--data", "", f"https://{ADDRESS}:{PORT}/_state", quiet=True)
        return int(json.loads(text)["Etcd"]["keys"].get("linkspan/ha", ["0"])[0])

    def hang(self, hangs):
        """Connections come about, and nobody answers."""
        self._server.send_signal(signal.SIGSTOP if hangs else signal.SIGCONT)

    def away(self, is_away):
        """Connections are refused."""
        if is_away:
            self.machine.run("nft", "-f", "-", stdin=AWAY)
        else:
            self.machine.run("nft", "delete table inet away")

    def stop(self):
        self._server.kill()
        self._server.wait()
