"""strongSwan's IKE daemon in a machine, restarted whenever it dies, as systemd's Restart=always would."""

import os
import pathlib
import signal
import socket
import threading
import time

from lab.wait import wait_until

CHARON = "/usr/lib/ipsec/charon"

PLAIN_CONF = """
charon {
  load = random nonce openssl aes sha1 sha2 hmac kdf gcm curve25519 pem pkcs1 x509 pubkey kernel-netlink socket-default vici updown
  threads = 8
  prefer_configured_proposals = no  # so that what is negotiated shows the order of whoever begins
  filelog { stderr { default = 1
    ike = 2
    cfg = 1 } }
  retransmit_tries = 3
  retransmit_timeout = 2
  plugins { vici { socket = unix:///run/charon.vici } }
}
swanctl { load = random nonce openssl pem pkcs1 x509 pubkey }
"""


class Charon:
    def __init__(self, machine, conf_path, socket_path):
        """`conf_path`, `socket_path`: strongswan.conf and VICI socket as the machine sees them."""
        self.machine, self.conf, self.socket = machine, conf_path, socket_path
        self._wanted = False
        self._may_start = threading.Event()
        self._may_start.set()
        self.process = None
        self._thread = None

    def start(self):
        self._wanted = True
        self._thread = threading.Thread(target=self._supervise, daemon=True)
        self._thread.start()
        self.wait_for_vici()

    def _supervise(self):
        log = self.machine.evidence.log(f"charon-{self.machine.name}.log")
        while self._wanted:
            os.makedirs(self.machine.path(os.path.dirname(self.socket)), exist_ok=True)
            self.process = self.machine.spawn([CHARON], log=log, env=os.environ | {"STRONGSWAN_CONF": self.conf})
            log.write(f"--- charon {self.process.pid} started\n".encode())
            self.process.wait()
            log.write(f"--- charon ended with {self.process.returncode}\n".encode())
            for left in ("/run/charon.pid", self.socket):
                pathlib.Path(self.machine.path(left)).unlink(missing_ok=True)
            time.sleep(0.2)  # RestartSec
            self._may_start.wait()

    def log_text(self):
        return (self.machine.evidence.directory / f"charon-{self.machine.name}.log").read_text(errors="replace")

    @property
    def pid(self):
        return self.process.pid

    def wait_for_vici(self):
        """The socket is there before anybody listens on it, so connecting is the test."""
        def listens():
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(self.machine.path(self.socket))
                    return True
                except OSError:
                    return False
        wait_until(listens, f"charon of {self.machine.name} listens on {self.socket}")

    def kill(self, number=signal.SIGKILL):
        """Kills the daemon; the supervisor starts another."""
        self.process.send_signal(number)

    def kill_for_now(self):
        """Kills the daemon, which leaves all it had in the kernel. No other starts until `revive`."""
        self._may_start.clear()
        self.process.kill()
        self.process.wait()

    def end(self):
        """Ends the daemon in good order: it deletes its SAs and tells its peers. No other starts until `revive`."""
        self._may_start.clear()
        self.process.terminate()
        self.process.wait()

    def end_by(self, *command):
        """Ends the daemon by the command of its unit, which is told its pid. No other starts until `revive`."""
        self._may_start.clear()
        self.machine.run("env", f"MAINPID={self.pid}", *command)
        self.process.wait()

    def revive(self):
        self._may_start.set()

    def stop(self):
        """Ends the daemon for good, without a word to its peers."""
        self._wanted = False
        self._may_start.set()
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self._thread:
            self._thread.join()


class PlainPeer(Charon):
    """A strongSwan gateway with a hand-written swanctl.conf: it owns its policies and knows nothing of linkspan."""

    def __init__(self, machine, more=""):
        """`more`: further settings of its daemon."""
        super().__init__(machine, "/run/strongswan.conf", "/run/charon.vici")
        machine.write(self.conf, PLAIN_CONF.replace("  plugins {", more + "  plugins {"))
        self.conf_text = ""

    def load(self, swanctl_conf):
        self.conf_text = swanctl_conf
        self.machine.write("/run/swanctl.conf", swanctl_conf, mode=0o600)
        return self.swanctl("--load-all", "--file", "/run/swanctl.conf")

    def swanctl(self, command, *arguments):
        return self.machine.run("env", f"STRONGSWAN_CONF={self.conf}", "swanctl", command, *arguments,
                                "--uri", f"unix://{self.socket}")
