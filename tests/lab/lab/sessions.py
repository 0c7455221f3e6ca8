"""Sessions that go on for as long as they are watched, of many hosts with the same ports: behind one address only what connection
tracking remembers tells them apart."""

import hashlib
import os
import socket
import threading
import time

from lab.mapped import Udp
from lab.wait import expect, expect_equal, wait_until

ASKS, CALLS = 7000, 7001  # UDP, TCP
OWN_ASKS, OWN_CALLS = 4000, 4001


class Sessions:
    """Each of the hosts asks the server by UDP, and has called it by TCP, where the server speaks and the host only listens."""

    def __init__(self, machine, hosts, server_machine, server):
        self._running = True
        self.seen = {host: set() for host in hosts}  # from where its questions came
        self.answers = {host: 0 for host in hosts}
        self._server = Udp(server_machine, 4, server, ASKS, timeout=0.2)
        self._asking = {host: Udp(machine, 4, host, OWN_ASKS, timeout=0.2) for host in hosts}
        self._pushed, self._threads = {}, []
        self._begin(self._answer)
        for host in hosts:
            self._begin(self._ask, host, server)
        with server_machine.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.bind((server, CALLS))
            listener.listen(len(hosts))
            listener.settimeout(300)
            for host in hosts:
                self._pushed[host] = Pushed(machine, host, listener, (server, CALLS))
        self.go_on("from the beginning")

    def _begin(self, what, *arguments):
        self._threads.append(threading.Thread(target=what, args=arguments, daemon=True))
        self._threads[-1].start()

    def _answer(self):
        while self._running:
            try:
                data, address, port = self._server.receive()
            except TimeoutError:
                continue
            self.seen[data.decode()].add((address, port))
            self._server.send(data, address, port)

    def _ask(self, host, server):
        asking = self._asking[host]
        while self._running:
            try:
                asking.send(host.encode(), server, ASKS)
                data, _, _ = asking.receive()
                expect_equal(data.decode(), host, "an answer is of who gets it")
                self.answers[host] += 1
                time.sleep(0.1)
            except OSError:  # none in time, or there is no way at present: the next question
                time.sleep(0.05)

    def counts(self):
        return [*self.answers.values(), *(pushed.received for pushed in self._pushed.values())]

    def go_on(self, when):
        """Every one of them carries something new."""
        before = self.counts()
        wait_until(lambda: all(now > then + 2 for now, then in zip(self.counts(), before)),
                   f"every session goes on {when}: {before}", deadline=150, every=0.2)
        for host, seen in self.seen.items():
            expect_equal(len(seen), 1, f"addresses and ports by which the server knows {host}, {when}: {seen}")

    def stop_whole(self):
        self._running = False
        for thread in self._threads:
            thread.join()
        for pushed in self._pushed.values():
            pushed.stop_whole()
        for one in (self._server, *self._asking.values()):
            one.close()


class Pushed:
    """A TCP connection on which the server speaks, 1 kB every 100 ms, and the host says nothing after its SYN."""

    def __init__(self, machine, host, listener, server):
        self.received, self._running = 0, True
        self._sent, self._heard = hashlib.sha256(), hashlib.sha256()
        self._caller = machine.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._caller.settimeout(300)
        self._caller.bind((host, OWN_CALLS))
        self._caller.connect(server)
        self._speaker, _ = listener.accept()
        self._speaker.settimeout(300)
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._speak, self._listen)]
        for thread in self._threads:
            thread.start()

    def _speak(self):
        with self._speaker:
            while self._running:
                chunk = os.urandom(1000)
                self._sent.update(chunk)
                self._speaker.sendall(chunk)
                time.sleep(0.1)

    def _listen(self):
        with self._caller:
            while chunk := self._caller.recv(65536):
                self._heard.update(chunk)
                self.received += len(chunk)

    def stop_whole(self):
        self._running = False
        for thread in self._threads:
            thread.join(300)
        expect(self.received > 0, "something came by the TCP connection")
        expect_equal(self._heard.hexdigest(), self._sent.hexdigest(), "what came by the TCP connection")
