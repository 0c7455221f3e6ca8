"""What a scenario leaves behind: one directory with every command, log, capture and kernel dump."""

import shlex
import threading
import time


KERNEL_STATE = [
    "ip -d link", "ip -d address", "ip -4 route show table all", "ip -6 route show table all", "ip rule", "ip -6 rule",
    "ip xfrm state list nokeys", "ip -s xfrm policy", "cat /proc/net/xfrm_stat", "cat /proc/net/softnet_stat", "nft list ruleset", "ss -tulpn",
]


class Evidence:
    def __init__(self, directory):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._commands = (directory / "commands.log").open("w")

    def log(self, name):
        """A file for a program's output."""
        return (self.directory / name).open("ab", buffering=0)

    def note(self, text):
        with self._lock:
            self._commands.write(f"[{time.monotonic() - self._begun:8.3f}] {text}\n")
            self._commands.flush()

    def command(self, machine, argv, status, output):
        words = list(map(str, argv))
        line = words[2] if words[:2] == ["sh", "-ec"] and len(words) == 3 else shlex.join(words)
        self.note(f"{machine}: {line}{f' -> {status}' if status else ''}")
        if output:
            with self._lock:
                self._commands.write("".join(f"    {text}\n" for text in output.splitlines()))

    def dump(self, machine):
        """The kernel's state of a machine; keys are never shown."""
        script = "".join(f"echo '### {part}'; {part} 2>&1\n" for part in KERNEL_STATE)
        process = machine.spawn(["sh", "-c", script], log=(self.directory / f"kernel-{machine.name}.txt").open("wb"))
        process.wait(60)
