#!/usr/bin/env python3
"""Breaks the pair's decisions on purpose, one line at a time, and shows that the model notices. Each mutant is a copy of
one source with one place changed; the place must be there exactly once, so a mutant cannot outlive what it breaks."""

import pathlib
import subprocess
import sys
import tempfile

# name: (source, what stands there, what stands there instead, how the model is asked)
MUTANTS = {
    "carries before the silence is over": (
        "claim.cpp", "if (turn.silence() < turn.timing().detect()) return false;",
        "if (turn.silence() < turn.timing().interval) return false;"),
    "active before anybody gave way": (
        "claim.cpp", "beat.epoch >= turn.state.claim.epoch && hears_us(turn);", "true;"),
    "takes an old word for a grant": (
        "claim.cpp", "beat.epoch >= turn.state.claim.epoch && hears_us(turn);", "hears_us(turn);"),
    "claims without the arbiter": (
        "claim.cpp", "return !turn.settings.arbiter || turn.state.vote.granted + turn.timing().lease() > turn.now;",
        "return true;"),
    "does not wait until the arbiter's last word has run out": (
        "claim.cpp", "return !turn.settings.arbiter || turn.now >= turn.state.claim.clear;", "return true;"),
    "renews its epoch past the arbiter": (
        "claim.cpp", "epoch == state.renewing && !turn.settings.arbiter) adopt_renewed(turn);",
        "epoch == state.renewing) adopt_renewed(turn);"),
    "keeps against a higher epoch": (
        "tenure.cpp", "may_emit(beat.role) && beat.epoch > turn.state.epoch;", "false;"),
    "arms the fence for longer than it is sure": (
        "tenure.cpp", "std::min<std::chrono::nanoseconds>(left, turn.timing().fence())", "turn.timing().fence()"),
    "counts on the lease beyond its end": (
        "tenure.cpp", "if (is_there && may_claim) return peer.acked + timing.lease();",
        "if (is_there && may_claim) return peer.certain + timing.lease();"),
    "goes on after it stood still": (
        "tenure.cpp", "if (turn.now >= sure_until(turn.settings, state, turn.now))", "if (false)"),
    "counts silence while it was not listening": (
        "step.cpp", "if (late <= std::chrono::nanoseconds{0}) return;", "return;"),
    "does not put away what a killed active one left": (
        "step.cpp", "turn.act(DisarmFence{});", ""),
    "forgets the epoch on disk": (
        "step.cpp", "state.known = state.on_disk = persisted;", "(void)persisted;"),
    "claims though the disk refused": (
        "claim.cpp", "if (state.role == Role::Claim && epoch == state.claim.epoch) return enter_fault(turn, Cause::EpochNotWritten);",
        "if (state.role == Role::Claim && epoch == state.claim.epoch) return epoch_persisted(turn, epoch);"),
    "hands over its counters before it is mute": (
        "tenure.cpp", "turn.act(DisarmFence{});", ""),
    "carries though unfit": (
        "tenure.cpp", "if (!state.health.fit) return begin_release(turn, Role::Fault, Cause::Unfit);", ""),
    "claims the epoch it already had": (
        "claim.cpp", "state.claim = {next_epoch(turn.settings.self, state.known),",
        "state.claim = {owner_of(state.known) == turn.settings.self && state.known.value ? state.known : next_epoch(turn.settings.self, state.known),"),
    "says old words as a standby after it stood still": (
        "claim.cpp", "if (just_woke(turn)) return enter_fault(turn, Cause::StoodStill);", ""),
    "says old words as a standby after it stood still and gave way": (
        "tenure.cpp", "} else if (just_woke(turn)) {", "} else if (false) {"),
    "counts switchovers that a person asked for as flaps": (
        "claim.cpp", "return cause != Cause::PeerAsked || turn.state.preempts;", "return true;"),
    "does not count what it takes back by itself": (
        "claim.cpp", "return cause != Cause::PeerAsked || turn.state.preempts;", "return cause != Cause::PeerAsked;"),
    "claims as often as it likes": (
        "claim.cpp", "if (recent_claims(turn) < turn.timing().flap_limit) return true;", "return true;"),
    "hands over to and fro where neither can take the addresses": (
        "tenure.cpp", "const bool in_vain = peer_failed_too(state);", "const bool in_vain = false;"),
    "gives the other one no chance to take the addresses": (
        "tenure.cpp", "const bool in_vain = peer_failed_too(state);", "const bool in_vain = true;"),
    "takes back by itself what it could not take": (
        "claim.cpp", "state.fault != Cause::AddressesNotTaken &&", ""),
    "never claims where the peer is there": (
        "claim.cpp", "if (owner_of(state.known) == turn.settings.self) return true;", ""),
}


def main(root, compiler, objects, *archives):
    survivors = []
    for name, (source, old, new) in MUTANTS.items():
        text = " ".join((root / "ha" / source).read_text().split())
        if text.count(old) != 1:
            survivors.append(f"{name}: its place in {source} is there {text.count(old)} times")
            continue
        verdict = try_out(root, compiler, objects, archives, source, mutated(root / "ha" / source, old, new))
        print(f"{'caught' if verdict else 'SURVIVED'}: {name}{': ' + verdict if verdict else ''}", flush=True)
        if not verdict:
            survivors.append(f"{name}: nothing noticed it")
    print("\n".join(survivors) or f"{len(MUTANTS)} mutants, all caught")
    return 1 if survivors else 0


def mutated(path, old, new):
    """The source with the place changed, however its lines are broken."""
    lines = path.read_text().splitlines()
    for length in range(1, 6):
        for first in range(len(lines) - length + 1):
            last = first + length - 1
            joined = " ".join(" ".join(lines[first:last + 1]).split())
            if joined.count(old) == 1:
                return "\n".join(lines[:first] + [joined.replace(old, new)] + lines[last + 1:]) + "\n"
    raise ValueError(f"{path}: {old} is not within five lines")


def try_out(root, compiler, model, archives, source, text):
    """What the model says of it; empty where it finds nothing."""
    with tempfile.TemporaryDirectory() as directory:
        copy = pathlib.Path(directory) / source
        copy.write_text(text)
        program = pathlib.Path(directory) / "mutant"
        subprocess.run([compiler, "-std=c++23", "-O1", "-w", "-D_GNU_SOURCE", f"-I{root}", str(copy), model, *archives,
                        "-o", str(program)], check=True)
        for question in (["schedules", "400000", "1000000"], ["explore", "1"]):
            done = subprocess.run([str(program), *question], stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode != 0:
                return done.stdout.strip().splitlines()[0 if question[0] == "schedules" else -1]
    return ""


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), *sys.argv[2:]))
