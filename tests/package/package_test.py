#!/usr/bin/python3
"""package_test.py DIRECTORY [TEST...]: what is inside the deb and the rpm that DIRECTORY holds."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = ["/usr/libexec/linkspan/linkspand", "/usr/sbin/linkspan"]
EXPECTED = PROGRAMS + [
    "/usr/libexec/linkspan/end-charon",
    "/etc/linkspan",
    "/etc/linkspan/linkspan.d",
    "/usr/lib/systemd/networkd.conf.d/50-linkspan.conf",
    "/usr/lib/systemd/system/linkspan-ike.service",
    "/usr/lib/systemd/system/linkspand.service",
    "/usr/lib/tmpfiles.d/linkspan.conf",
    "/usr/share/bash-completion/completions/linkspan",
    "/usr/share/dbus-1/interfaces/org.linkspan.Gateway1.xml",
    "/usr/share/dbus-1/system.d/org.linkspan.Gateway1.conf",
    "/usr/share/doc/linkspan/README.md",
    "/usr/share/doc/linkspan/changelog.gz",
    "/usr/share/doc/linkspan/copyright",
    "/usr/share/linkspan/linkspan.schema.json",
    "/usr/share/linkspan/strongswan.conf",
    "/usr/share/man/man5/linkspan.toml.5.gz",
    "/usr/share/man/man8/linkspan.8.gz",
    "/usr/share/man/man8/linkspand.8.gz",
]


def output(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def only(directory, pattern):
    found = list(pathlib.Path(directory).glob(pattern))
    assert len(found) == 1, f"one {pattern} expected in {directory}: {found}"
    return found[0]


class Packages(unittest.TestCase):
    directory = None

    @classmethod
    def setUpClass(cls):
        cls.deb, cls.rpm = only(cls.directory, "*.deb"), only(cls.directory, "*.rpm")

    def deb_entries(self):
        """path -> mode string, of everything in the deb."""
        entries = {}
        for line in output("dpkg-deb", "-c", self.deb).splitlines():
            mode, _, _, _, _, path = line.split(None, 5)
            entries[path.split(" -> ")[0].removeprefix(".").rstrip("/")] = mode
        return entries

    def unpacked(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        subprocess.run(["dpkg-deb", "-R", self.deb, folder.name], check=True)
        return pathlib.Path(folder.name)

    def test_same_content(self):
        """Files and their permissions; folders too where the rpm owns them."""
        in_rpm = {}
        for line in output("rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]", self.rpm).splitlines():
            mode, path = line.split(None, 1)
            if not path.startswith("/usr/lib/.build-id"):
                in_rpm[path] = mode
        in_deb = {path: mode for path, mode in self.deb_entries().items() if mode[0] != "d" or path in in_rpm}
        self.assertEqual(in_deb, in_rpm)

    def test_layout(self):
        entries = self.deb_entries()
        self.assertEqual([path for path in EXPECTED if path not in entries], [])
        self.assertEqual(entries["/etc/linkspan"], "drwxr-x---")
        self.assertEqual([path for path in PROGRAMS if entries[path] != "-rwxr-xr-x"], [])
        examples = [path for path in entries if path.startswith("/usr/share/doc/linkspan/examples/") and path.endswith(".toml")]
        self.assertTrue(examples)
        strange = [path for path in entries if path and not path.startswith(("/usr", "/etc"))]
        self.assertEqual(strange, [])

    def test_scripts(self):
        control = self.unpacked() / "DEBIAN"
        for name in ["postinst", "prerm", "postrm"]:
            script = control / name
            subprocess.run(["sh", "-n", script], check=True)
            self.assertEqual(script.stat().st_mode & 0o777, 0o755, name)
        self.assertNotRegex((control / "postinst").read_text(), r"\b(enable|start) linkspand?\.service")
        self.assertNotRegex((control / "postinst").read_text(), r"restart.*linkspan-ike")

    def test_dependencies(self):
        depends = output("dpkg-deb", "-f", self.deb, "Depends")
        for package in ["charon-systemd", "strongswan-swanctl", "libstrongswan-standard-plugins", "libc6", "libmnl0",
                        "libnftables1", "libsystemd0"]:
            self.assertRegex(depends, rf"(^|, ){re.escape(package)}\b")
        self.assertIn("strongswan", output("rpm", "-qpR", self.rpm).split())

    def test_no_build_paths(self):
        here = str(pathlib.Path(__file__).resolve().parents[2]).encode()
        root = self.unpacked()
        guilty = [str(path) for path in root.rglob("*") if path.is_file() and here in path.read_bytes()]
        self.assertEqual(guilty, [])


if __name__ == "__main__":
    Packages.directory = sys.argv.pop(1)
    unittest.main()
