"""A machine: network, mount and UTS namespaces, held open by a thread of this process that lives in them.

/run and /var/lib are private tmpfs, so every machine has its own sockets, pid files and state; what it writes to /etc stays
with it; /sys shows its own links. Everything else is the real root file system.

On an emulated processor the start of a program takes longer than most of what one is asked for. So the thread does itself
whatever a system call can do, and starts the programs (a child is born in the namespaces of the thread that starts it).
"""

import concurrent.futures
import ctypes
import fcntl
import os
import pathlib
import shlex
import socket
import struct
import subprocess
import threading

from lab.process import die_with_parent, libc
from lab.wait import wait_until

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWNET = 0x00020000, 0x04000000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


class CommandFailed(Exception):
    """A command ended with a status nobody expected; the text holds what it printed."""


def _checked(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def _mount(source, target, kind, flags=0, data=""):
    _checked(libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def _write(value, *paths):
    for path in paths:
        pathlib.Path("/proc/sys/net", path).write_text(f"{value}\n")


def _set_flags(name, flags):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", name.encode(), flags))


def _move_in(name, forwards):
    """Takes the calling thread into namespaces of its own, for good."""
    _checked(libc.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET), f"machine {name}: its namespaces")
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    _mount("run", "/run", "tmpfs")
    _mount("state", "/var/lib", "tmpfs")
    _mount("sys", "/sys", "sysfs")
    for directory in ("lock", "etc/new", "etc/work"):
        os.makedirs(f"/run/{directory}")
    _mount("etc", "/etc", "overlay", data="lowerdir=/etc,upperdir=/run/etc/new,workdir=/run/etc/work")
    socket.sethostname(name)
    _set_flags("lo", IFF_UP)
    _write(0, "ipv6/conf/default/dad_transmits", "ipv6/conf/default/accept_dad")
    _write(int(forwards), "ipv4/ip_forward", "ipv6/conf/all/forwarding")


class Machine:
    def __init__(self, name, evidence, forwards=False):
        """`evidence`: the evidence.Evidence that takes down what is run here."""
        self._live(name, evidence, lambda: _move_in(name, forwards))

    def _live(self, name, evidence, begin):
        self.name, self.evidence = name, evidence
        self._thread = concurrent.futures.ThreadPoolExecutor(max_workers=1)
        self.inside(begin)
        self._tid = self.inside(threading.get_native_id)

    def inside(self, function, *arguments, **options):
        """What `function` returns, called by the thread that lives here: it sees this machine's network and files, and has to be quick."""
        return self._thread.submit(function, *arguments, **options).result()

    def spawn(self, argv, log=None, **options):
        """Starts a program here; it ends with the machine at the latest. Output goes to the file `log`."""
        if log is not None:
            options |= {"stdout": log, "stderr": subprocess.STDOUT}
        return self._popen(argv, preexec_fn=die_with_parent, **options)

    def _popen(self, argv, stdin=subprocess.DEVNULL, **options):
        return self.inside(subprocess.Popen, [str(a) for a in argv], stdin=stdin, **options)

    def call(self, *argv, timeout=600, stdin=None, quiet=False):
        """Runs a command to its end: (exit status, stdout and stderr as one text). `quiet`: its output is not kept."""
        process = self._popen(argv, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)  # no preexec_fn: Python then need not copy itself to start it
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

    def wait_for_links(self, *names, of_dummies=()):
        """A new link gets its carrier and its link-local address a little later, and its operational state up to a second after that."""
        def ready():
            local = {fields[5] for fields in map(str.split, self.proc_net("if_inet6").splitlines()) if fields[3] == "20"}
            return local >= {*names, *of_dummies} and all(self._state_of(name) == "up" for name in names)
        wait_until(ready, f"links {', '.join([*names, *of_dummies])} of {self.name} carry")

    def _state_of(self, link):
        """That of a dummy is "unknown" for ever."""
        return pathlib.Path(self.path(f"/sys/class/net/{link}/operstate")).read_text().strip()

    def proc_net(self, name):
        """The text of a file of this machine's /proc/net."""
        return pathlib.Path(f"/proc/{os.getpid()}/task/{self._tid}/net/{name}").read_text()

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
        return f"/proc/{os.getpid()}/task/{self._tid}/root{inside}"

    def socket(self, *kind):
        """A socket of this machine in this process."""
        return self.inside(socket.socket, *kind)  # a socket keeps the namespace it was born in

    def cut(self, link):
        """Takes a link down, at once: no program is started for it."""
        self.inside(_set_flags, link, 0)

    def stop(self):
        self._thread.shutdown()

    def cable(self, link, other, other_link):
        """A veth pair between two machines."""
        self.ip(self.cable_line(link, other, other_link))

    def cable_line(self, link, other, other_link):
        """That, for a batch of more."""
        return f"link add {link} type veth peer name {other_link} netns {other._tid}\n"
