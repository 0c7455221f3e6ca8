"""A machine: network, mount and UTS namespaces held open by one sleeping process.

/run and /var/lib are private tmpfs, so every machine has its own sockets, pid files and state; what it writes to /etc stays
with it; /sys shows its own links. Everything else is the real root file system.
"""

import ctypes
import json
import os
import pathlib
import shlex
import socket
import subprocess
import threading

from lab.process import die_with_parent, libc
from lab.wait import wait_until

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWNET = 0x00020000, 0x04000000, 0x40000000

SETUP = """
mount -t tmpfs run /run && mount -t tmpfs state /var/lib && mount -t sysfs sys /sys && mkdir -p /run/lock /run/etc/new /run/etc/work &&
mount -t overlay etc -o lowerdir=/etc,upperdir=/run/etc/new,workdir=/run/etc/work /etc &&
hostname {name} && ip link set lo up &&
echo 0 | tee /proc/sys/net/ipv6/conf/default/dad_transmits > /proc/sys/net/ipv6/conf/default/accept_dad &&
echo {forwards} | tee /proc/sys/net/ipv4/ip_forward > /proc/sys/net/ipv6/conf/all/forwarding &&
echo ready && exec sleep infinity
"""


class CommandFailed(Exception):
    """A command ended with a status nobody expected; the text holds what it printed."""


def _setns(pidfd, kinds):
    if libc.setns(pidfd, kinds) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Machine:
    def __init__(self, name, evidence, forwards=False):
        """`evidence`: the evidence.Evidence that takes down what is run here."""
        self.name = name
        self.evidence = evidence
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "--uts", "--propagation", "private", "sh", "-c", SETUP.format(name=name, forwards=int(forwards))],
            stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        if self._holder.stdout.readline() != "ready\n":
            raise CommandFailed(f"machine {name}: its namespaces did not come up")
        self._pidfd = os.pidfd_open(self._holder.pid)

    def spawn(self, argv, log=None, **options):
        """Starts a program here; it dies with the thread that started it. Output goes to the file `log`."""
        def enter():
            _setns(self._pidfd, CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS)
            die_with_parent()
        if log is not None:
            options |= {"stdout": log, "stderr": subprocess.STDOUT}
        return subprocess.Popen([str(a) for a in argv], stdin=options.pop("stdin", subprocess.DEVNULL), preexec_fn=enter, **options)

    def call(self, *argv, timeout=180, stdin=None, quiet=False):
        """Runs a command to its end: (exit status, stdout and stderr as one text). `quiet`: its output is not kept."""
        process = self.spawn(argv, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        try:
            output, _ = process.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            raise CommandFailed(f"{self.name}: not done after {timeout} s: {shlex.join(map(str, argv))}\n{output}") from None
        self.evidence.command(self.name, argv, process.returncode, "" if quiet else output)
        return process.returncode, output

    def run(self, *argv, **options):
        """Runs a command that must succeed. One argument is a shell line. Returns what it printed."""
        if len(argv) == 1:
            argv = ("sh", "-ec", argv[0])
        status, output = self.call(*argv, **options)
        if status != 0:
            line = shlex.join(map(str, argv))
            raise CommandFailed(f"{self.name}: status {status}: {line[:300]}\n" + "\n".join(output.splitlines()[-10:]))
        return output

    def ip(self, batch):
        """Runs lines of `ip` commands in one process."""
        return self.run("ip", "-batch", "-", stdin=batch)

    def wait_for_links(self, *names):
        """A new link gets its carrier and its link-local address a little later."""
        def ready():
            links = {link["ifname"]: link for link in json.loads(self.run("ip", "-j", "address"))}
            return all("NO-CARRIER" not in links[name]["flags"] and
                       any(a["local"].startswith("fe80:") for a in links[name]["addr_info"]) for name in names)
        wait_until(ready, f"links {', '.join(names)} of {self.name} carry")

    def write(self, path, text, mode=0o644, quiet=False):
        """Writes a file as this machine sees it: under /run, /etc or /var/lib, the rest is shared. `quiet`: its text is not kept."""
        file = pathlib.Path(self.path(path))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode)
        file.chmod(mode)
        file.write_text(text)
        self.evidence.note(f"{self.name}: wrote {path}\n" + "".join(f"    {line}\n" for line in text.splitlines() if not quiet))

    def path(self, inside):
        """Where a file of this machine is for the lab itself."""
        return f"/proc/{self._holder.pid}/root{inside}"

    def socket(self, *kind):
        """A socket of this machine in this process."""
        made = []

        def make():
            _setns(self._pidfd, CLONE_NEWNET)
            made.append(socket.socket(*kind))
        thread = threading.Thread(target=make)  # setns is per thread, a socket keeps the namespace it was born in
        thread.start()
        thread.join()
        return made[0]

    def stop(self):
        self._holder.kill()
        self._holder.wait()
        os.close(self._pidfd)


    def cable(self, link, other, other_link):
        """A veth pair between two machines."""
        self.run(f"ip link add {link} type veth peer name {other_link} netns {other._holder.pid}")
