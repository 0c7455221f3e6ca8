"""A QEMU guest with a stock Debian kernel on this machine's own root file system.

The root is shared read-only over 9p under a tmpfs overlay: every program of the host is there, and nothing the guest
writes reaches the host but what it writes to OUT. Emulation only (TCG): nested KVM may exist and hang.
Two serial ports: the first is the kernel's console (a file, its tail is shown when things go wrong), the second is the
command's output, clean of kernel messages.
"""

import dataclasses
import lzma
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading

from lab.process import die_with_parent

OUT = "/lab-out"  # where the guest sees Guest.out
TIMED_OUT, DIED = 124, 125
BOOT_MODULES = ["virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_rng"]
# Crawl over 9p for minutes, or make the network theirs, and are never what is tested.
MASKED = ["systemd-tmpfiles-setup", "systemd-udev-trigger", "systemd-udevd", "systemd-resolved", "systemd-timesyncd",
          "apt-daily.timer", "e2scrub_all.timer", "fstrim.timer"]

# Without what is slow to emulate and no test is about: strings moved byte by byte (erms), two instructions around every access to
# a program's memory (smap), a fifth level of page tables (la57), registers saved at every switch (avx, xsave). A quarter of the time.
CPU = "max,-erms,-smap,-smep,-la57,-pku,-umip,-avx,-avx2,-f16c,-fma,-vaes,-xsave,-xsaveopt,-mpx"
# no_timer_check: on a busy host the check fails. norandmaps: qemu translates code by its address, and with random ones would do so
# again at every start of a program; that was two thirds of the time. The rest guards a kernel against its programs: a sixth.
KERNEL_LINE = ["console=ttyS0", "quiet", "loglevel=4", "panic=-1", "no_timer_check", "norandmaps", "nowatchdog", "mitigations=off", "init_on_alloc=0",
               "hardened_usercopy=off", "randomize_kstack_offset=off"]
SYSTEMD_LINE = ["systemd.unit=guest.target", "systemd.show_status=no"]
BARE_LINE = ["audit=0", "apparmor=0", "cgroup_disable=memory"]  # with systemd, units and profiles are as on a real machine

INITRAMFS_INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin; export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done < /modules/order
share=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o $share,cache=loose,ro root /lower || { echo "guest: no root over 9p"; poweroff -f; }
mount -t tmpfs tmpfs /upper; mkdir -p /upper/data /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work root /new || { echo "guest: no overlay"; poweroff -f; }
rm -f /new/.dockerenv   # systemd would take itself for a container and ignore its kernel command line
mkdir -p /new@OUT@; mount -t 9p -o $share out /new@OUT@ || { echo "guest: no out share"; poweroff -f; }
mkdir -p /new/run; mount -t tmpfs tmpfs /new/run
[ -z "@MODULES@" ] || { mkdir -p /new/lib/modules; mount -o bind "/new@MODULES@" /new/lib/modules; }  # a machine without a kernel has no such directory
for d in proc sys dev; do mkdir -p /new/$d; mount -o move /$d /new/$d; done
exec switch_root /new /bin/bash @OUT@/.guest/@INIT@
"""

BARE_INIT = """
mkdir -p /run/lock /dev/shm /dev/pts
mount -t devpts devpts /dev/pts; mount -t tmpfs tmpfs /dev/shm; mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up; hostname guest
bash @OUT@/.guest/command
sync; echo o > /proc/sysrq-trigger; sleep 60
"""

SYSTEMD_INIT = """
units=/etc/systemd/system
cp @OUT@/.guest/guest.service @OUT@/.guest/guest.target $units/
for unit in @MASKED@; do ln -sf /dev/null $units/$unit; done
exec /lib/systemd/systemd
"""

COMMAND = """
stty -F /dev/ttyS1 raw -echo
exec < /dev/null > /dev/ttyS1 2>&1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LAB_OUT=@OUT@ @ENVIRONMENT@
cd @DIRECTORY@ || cd /
@COMMAND@
echo $? > @OUT@/.guest/status; sync
"""

SERVICE = """[Unit]
After=dbus.socket systemd-journald.service
[Service]
Type=oneshot
ExecStart=/bin/bash @OUT@/.guest/command
ExecStopPost=/bin/systemctl poweroff -ff
"""

TARGET = """[Unit]
Requires=sysinit.target dbus.socket
After=sysinit.target dbus.socket
Wants=guest.service
AllowIsolate=yes
"""


@dataclasses.dataclass
class Guest:
    kernel: object                 # kernels.Kernel
    out: pathlib.Path              # shared read-write, seen as OUT
    systemd: bool = False          # systemd as init, else the command is all there is
    memory: int = 2048             # MiB
    steady: bool = False           # its time is what its processor does: a nanosecond an instruction, however busy this machine is
    cpus: int = 1                  # emulated, a second one costs more than it brings: what one does in 24 s takes two 65 s of this machine's
    timeout: int = 900             # s, the whole life of the guest
    environment: dict = dataclasses.field(default_factory=dict)

    @property
    def console(self):
        return self.out / "console.log"

    def run(self, command, output=sys.stdout.buffer):
        """Boots, runs `command` (argv), powers off. Its exit status, TIMED_OUT, or DIED when none came back."""
        shutil.rmtree(self.out / ".guest", ignore_errors=True)
        (self.out / ".guest").mkdir(parents=True)
        self._write_scripts(command)
        with tempfile.TemporaryDirectory() as work:
            timed_out = self._qemu(self._initramfs(pathlib.Path(work)), output)
        status = self.out / ".guest" / "status"
        if status.exists() and status.read_text().strip():
            return int(status.read_text())
        return TIMED_OUT if timed_out else DIED

    def console_tail(self, lines=40):
        text = self.console.read_text(errors="replace") if self.console.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _fill(self, text, **more):
        values = {"OUT": OUT, "MASKED": " ".join(u if "." in u else u + ".service" for u in MASKED), **more}
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        return text

    def _write_scripts(self, command):
        environment = " ".join(f"{k}={shlex.quote(str(v))}" for k, v in self.environment.items())
        scripts = {
            "init": SYSTEMD_INIT if self.systemd else BARE_INIT,
            "command": self._fill(COMMAND, COMMAND=shlex.join(map(str, command)), ENVIRONMENT=environment,
                                  DIRECTORY=shlex.quote(os.getcwd())),
            "guest.service": SERVICE,
            "guest.target": TARGET,
        }
        for name, text in scripts.items():
            (self.out / ".guest" / name).write_text(self._fill(text))

    def _initramfs(self, work):
        tree = work / "initramfs"
        for directory in ["bin", "dev", "proc", "sys", "modules", "lower", "upper", "new"]:
            (tree / directory).mkdir(parents=True)
        shutil.copy("/bin/busybox", tree / "bin" / "busybox")
        order = [_copy_module(path, tree / "modules") for path in self._boot_modules()]
        (tree / "modules" / "order").write_text("".join(name + "\n" for name in order))
        installed = self.kernel.tree == pathlib.Path("/")
        (tree / "init").write_text(self._fill(INITRAMFS_INIT, INIT="init",
                                              MODULES="" if installed else str(self.kernel.modules.parent.resolve())))
        (tree / "init").chmod(0o755)
        names = "\n".join(str(p.relative_to(tree)) for p in sorted(tree.rglob("*")))
        image = work / "initrd"
        with image.open("wb") as file:
            subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=tree, input=names.encode(), stdout=file, check=True)
        return image

    def _boot_modules(self):
        """Paths of the module files that reach the root file system, in the order they load."""
        paths = {}
        for module in BOOT_MODULES:
            listing = subprocess.run(["/sbin/modprobe", "-d", self.kernel.tree, "-S", self.kernel.version, "-D", module],
                                     capture_output=True, text=True, check=False).stdout
            paths |= {line.split()[1]: None for line in listing.splitlines() if line.startswith("insmod")}
        return [pathlib.Path(path) for path in paths]

    def _qemu(self, initrd, output):
        line = [*KERNEL_LINE, *(SYSTEMD_LINE if self.systemd else BARE_LINE)]
        share = "local,security_model=none"
        pace = ["-accel", "tcg,thread=single", "-icount", "shift=0"] if self.steady else ["-accel", "tcg,thread=multi"]
        process = subprocess.Popen(
            ["qemu-system-x86_64", *pace, "-cpu", CPU, "-smp", str(self.cpus), "-m", str(self.memory),
             "-nodefaults", "-display", "none", "-no-reboot", "-serial", f"file:{self.console}", "-serial", "stdio",
             "-kernel", str(self.kernel.image), "-initrd", str(initrd), "-append", " ".join(line),
             "-fsdev", f"{share},id=root,path=/,readonly=on,multidevs=remap",
             "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
             "-fsdev", f"{share},id=out,path={self.out}", "-device", "virtio-9p-pci,fsdev=out,mount_tag=out",
             "-device", "virtio-rng-pci"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        copier = threading.Thread(target=_copy, args=(process.stdout, output))
        copier.start()
        try:
            process.wait(self.timeout)
            return False
        except subprocess.TimeoutExpired:
            return True
        finally:
            process.kill()
            process.wait()
            copier.join()


def _copy_module(path, directory):
    """Busybox loads plain modules only, so a compressed one is unpacked on the way."""
    name = path.name.removesuffix(".xz")
    data = path.read_bytes()
    (directory / name).write_bytes(lzma.decompress(data) if path.suffix == ".xz" else data)
    return name


def _copy(source, sink):
    while chunk := source.read1(65536):
        sink.write(chunk)
        sink.flush()
