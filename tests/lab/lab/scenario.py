"""Scenarios: functions that show one promise each. This module collects and runs them."""

import dataclasses
import gc
import multiprocessing
import multiprocessing.connection
import os
import resource
import shutil
import time
import traceback

from lab import capability
from lab.evidence import Evidence

REGISTRY = {}
FORK = multiprocessing.get_context("fork")


@dataclasses.dataclass
class Scenario:
    name: str
    shows: str       # one sentence
    needs: tuple     # kernel capabilities, names of capability.PROBES
    systemd: bool    # runs in a guest with systemd as init
    soak: bool       # runs as long as it is told, so not among the others
    once: bool       # no kernel could make a difference: where several are tested, one of them is enough
    function: object


def scenario(shows, needs=(), systemd=False, soak=False, once=False):
    """Registers a function of one argument, the Lab."""
    def register(function):
        REGISTRY[function.__name__] = Scenario(function.__name__, shows, tuple(needs), systemd, soak, once, function)
        return function
    return register


def share(entries, which, of):
    """What kernel `which` (from 0) of `of` has to show: everything, but of the scenarios that need one kernel only its part."""
    taken_by = {e.name: i % of for i, e in enumerate(sorted((e for e in entries if e.once), key=lambda e: e.name))}
    return [e for e in entries if taken_by.get(e.name, which) == which]


class Lab:
    """What a scenario is given: makes things and takes them away again."""

    def __init__(self, name, directory):
        self.name = name
        self.evidence = Evidence(directory)
        self._cleanup = []  # (what is checked or stopped), last made first stopped
        self._dumps = []

    def add(self, thing):
        """Something with `stop()`, and perhaps `dump()` and `verify()`, for the end of the scenario."""
        self._cleanup.append(thing)
        return thing

    def step(self, text):
        self.evidence.note(f"=== {text}")

    def _each(self, method):
        for thing in reversed(self._cleanup):
            if hasattr(thing, method):
                getattr(thing, method)()

    def verify(self):
        self._each("verify")

    def dump(self):
        self._each("dump")

    def stop(self):
        self._each("stop")


def run_one(entry, directory, lacking):
    """"passed", "skipped: …" or "FAILED: …"."""
    absent = [need for need in entry.needs if need in lacking]
    if absent and not capability.inside_guest():
        return f"skipped: the kernel lacks {', '.join(absent)}"
    if absent:
        return f"FAILED: the guest's kernel lacks {', '.join(absent)}"
    shutil.rmtree(directory, ignore_errors=True)
    lab = Lab(entry.name, directory)
    try:
        entry.function(lab)
        lab.verify()
        return "passed"
    except Exception as error:  # whatever went wrong, the others still run
        lab.evidence.note(traceback.format_exc())
        _try(lab, lab.dump)
        return f"FAILED: {error}"
    finally:
        _try(lab, lab.stop)


def _try(lab, action):
    try:
        action()
    except Exception:
        lab.evidence.note(traceback.format_exc())


def _work(entry, out, lacking, report):
    begun = time.monotonic()
    outcome = run_one(entry, out / entry.name, lacking)
    report.send((outcome, time.monotonic() - begun, _processor_time()))


def _processor_time():
    """Seconds that this process used, and the programs it started and waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _start(entry, out, lacking):
    """A process of its own: (where it reports, the process)."""
    here, there = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_work, args=(entry, out, lacking, there))
    process.start()
    there.close()
    return here, process


def _reported(connection):
    try:
        return connection.recv()
    except EOFError:
        return "FAILED: its process ended without a word", 0, 0


def run(entries, out, lacking, jobs=1):
    """Runs all, `jobs` at a time, prints a line for each as it ends, and returns (passed, failed, skipped). Without threads:
    a process that is forked while another thread prints inherits that thread's lock, and may wait for it for ever."""
    counts = {"passed": 0, "FAILED": 0, "skipped": 0}
    gc.freeze()  # else each process's first collection writes to, and so copies, all that it has from this one
    waiting, running = list(entries), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            entry = waiting.pop(0)
            connection, process = _start(entry, out, lacking)
            running[connection] = entry.name, process
        for connection in multiprocessing.connection.wait(list(running)):
            name, process = running.pop(connection)
            outcome, *seconds = _reported(connection)
            connection.close()
            process.join()
            counts[outcome.split(":")[0]] += 1
            _tell(name, outcome, *seconds, out)
    return counts["passed"], counts["FAILED"], counts["skipped"]


def _tell(name, outcome, seconds, of_processor, out):
    print(f"{name:<34} {outcome}  ({seconds:.0f} s, {of_processor:.0f} s of processor)", flush=True)
    if outcome.startswith("FAILED"):
        print(f"    evidence: {os.environ.get('LAB_EVIDENCE', out)}/{name}", flush=True)
