"""The gateway under test: linkspan's charon, with the configuration it ships, and the agent."""

import json
import os
import pathlib
import signal

from lab import agent
from lab.charon import Charon
from lab.foreign import Foreign
from lab.kernels import ROOT
from lab.tunnel import file_of
from lab.wait import expect, wait_until

CONFIG = "/etc/linkspan/linkspan.toml"
VICI = "/run/linkspan-ike/charon.vici"


def program(name):
    """A binary of the build under test."""
    path = pathlib.Path(os.environ.get("LINKSPAN_BUILD") or ROOT / "build" / "dev") / name
    expect(path.exists(), f"{path} is not built (make dev, or LINKSPAN_BUILD=DIRECTORY)")
    return path


class Gateway:
    def __init__(self, machine, *tunnels):
        self.machine = machine
        self.foreign = Foreign(machine)
        self.charon = Charon(machine, ROOT / "systemd" / "strongswan.conf", VICI)
        self._agent = self._journal = None
        self._environment = dict(os.environ)
        self.configure(*tunnels)

    def configure(self, *tunnels, text=None):
        """Writes the file and the secrets; nothing reads them until `start` or `reload`."""
        for tunnel in tunnels:
            self.machine.write(tunnel.psk_file, tunnel.psk + "\n", mode=0o600)
        self.machine.write(CONFIG, text if text is not None else file_of(*tunnels))

    # --- the programs ---

    def start(self):
        self.charon.start()
        self.start_agent()

    def keep_journal(self):
        """The machine gets a journal of its own, and agents that are started from now on log to it."""
        self.machine.write("/etc/systemd/journald.conf", "[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\n")
        self.machine.run("mount -t cgroup2 cgroup2 /sys/fs/cgroup")  # of this mount namespace, whose /sys is fresh; journald will not run without
        self._journal = self.machine.spawn(["/lib/systemd/systemd-journald"], log=self.machine.evidence.log("journald.log"))
        wait_until(lambda: "Journal started" in self.machine.call("journalctl", "--no-pager", "-n", "5")[1], "the journal is written")
        self._environment["JOURNAL_STREAM"] = "1:1"

    def start_agent(self, wait=True):
        self._agent = self.machine.spawn([program("linkspand"), "--config", CONFIG], log=self.machine.evidence.log("agent.log"),
                                         env=self._environment)
        if wait:
            self.wait_for_agent()

    def wait_for_agent(self):
        def answers():
            expect(self._agent.poll() is None, f"the agent ended with {self._agent.returncode}; see agent.log")
            return bool(self.status())
        wait_until(answers, "the agent answers", every=0.2)

    def kill_agent(self, number=signal.SIGKILL):
        self._agent.send_signal(number)
        self._agent.wait()

    def stop_the_world(self, stopped):
        """Suspends the agent, or lets it go on."""
        self._agent.send_signal(signal.SIGSTOP if stopped else signal.SIGCONT)

    def reload(self):
        self._agent.send_signal(signal.SIGHUP)

    def linkspan(self, *arguments):
        """The command: (exit status, output)."""
        return self.machine.call(program("linkspan"), *arguments)

    def check(self):
        return self.linkspan("check")

    def done(self, *arguments):
        status, output = self.linkspan(*arguments)
        expect(status == 0, f"linkspan {' '.join(arguments)}: status {status}: {output}")
        return output

    # --- what they say ---

    def status(self):
        """What `linkspan status --json` prints, or {} while the agent does not answer."""
        return self.asked("Describe")

    def asked(self, method):
        """What the agent answers on its private socket, or {}."""
        text = agent.ask(self.machine, method)
        self.machine.evidence.command(self.machine.name, ["agent", method], 0 if text else 3, text or "")
        return json.loads(text) if text else {}

    def connection(self, name="cloud"):
        return next((c for c in self.status().get("connections", []) if c["name"] == name), {})

    def wait_up(self, *names):
        for name in names or ("cloud",):
            wait_until(lambda name=name: self.connection(name).get("state") == "up", f"connection {name} is up", every=0.2)

    def wait_in_sync(self):
        wait_until(lambda: self.status().get("in_sync"), "everything is in sync", every=0.2)

    def sas(self, name="cloud"):
        """The connection's CHILD_SAs, as `status` tells them."""
        return [child for ike in self.connection(name).get("sas", []) for child in ike["children"]]

    def log_text(self):
        return (self.machine.evidence.directory / "agent.log").read_text(errors="replace")

    def edit(self, *tunnels):
        """Writes another file and has the agent take it; returns when all of it is in force."""
        self.configure(*tunnels)
        self.done("apply")

    def expect_nothing_to_do(self, without_peer=""):
        """`without_peer`: a tunnel whose peer is away. Between two attempts the next one is to be begun, and that alone."""
        status, output = self.linkspan("plan", *["--json"] * bool(without_peer))
        if status == 2 and without_peer:
            steps = json.loads(output)["steps"]
            status = 2 * any((step["verb"], step["connection"]) != ("initiate", without_peer) for step in steps)
        expect(status == 0, f"linkspan plan: status {status}, there should be nothing to do:\n{output}")

    # --- the scenario's end ---

    def verify(self):
        self.foreign.expect_untouched()

    def dump(self):
        if self._agent and self._agent.poll() is None:
            self._note_threads()
            self.linkspan("status")
            self.linkspan("plan")

    def _note_threads(self):
        """What each of the agent's threads waits for: it may be why it does not answer."""
        for task in sorted(pathlib.Path(f"/proc/{self._agent.pid}/task").iterdir()):
            told = [(task / name).read_text().strip() for name in ("comm", "syscall", "stack")]
            self.machine.evidence.note(f"{self.machine.name}: thread {task.name}: " + "; ".join(told))

    def stop(self):
        if self._agent and self._agent.poll() is None:
            self.kill_agent()
        if self._journal:
            self._journal.kill()
            self._journal.wait()
        self.charon.stop()
