"""A piece of the Internet for hosts that may only reach names: servers, and a resolver that knows them."""

import errno
import re
import socket
import ssl
import struct

from lab.wait import wait_until

A, AAAA, HTTPS = 1, 28, 65

RESOLVER = "198.51.100.7"
ZONE = "names.lab"

# Whatever a client says is answered: HTTP, TLS where it begins like TLS, and datagrams. X-Seen is who it seems to be.
WEB = """
import http.server, socket, socketserver, ssl, sys, threading

KEYS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("X-Seen", self.client_address[0].removeprefix("::ffff:"))
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\\n")
    def log_message(self, *arguments):
        pass

class Server(socketserver.ThreadingTCPServer):  # http.server's own looks up its name, and waits for a resolver
    request_queue_size, allow_reuse_address, daemon_threads = 1024, True, True
    address_family = socket.AF_INET6
    def finish_request(self, request, client_address):
        if request.recv(1, socket.MSG_PEEK) == b"\\x16":
            request = KEYS.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)
    def handle_error(self, *arguments):
        pass

def echo_at(family, level, option, port):
    replies = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        replies.setsockopt(level, socket.IPV6_V6ONLY, 1)
    replies.setsockopt(level, option, 1)  # the address it came to, from which the reply goes
    replies.bind(("", port))
    threading.Thread(target=echo, args=(replies,)).start()

def echo(replies):
    while True:
        data, hints, _, sender = replies.recvmsg(2048, 256)
        replies.sendmsg([data], hints, 0, sender)

KEYS.load_cert_chain(sys.argv[1])
for word in sys.argv[2:]:
    port, protocol = word.split("/")
    if protocol == "tcp":
        threading.Thread(target=Server(("::", int(port)), Page).serve_forever).start()
    else:
        echo_at(socket.AF_INET, socket.IPPROTO_IP, 8, int(port))
        echo_at(socket.AF_INET6, socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, int(port))
print("ready", flush=True)
"""


def question(name, kind=A, number=0x1234):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)


def client_hello(name):
    """What OpenSSL sends first to a server called so; None: to one without a name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    sent = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return sent.read()


def outcome_of(error):
    """ "silence", or "refused" where somebody said so: a reset or ICMP's "prohibited"."""
    told = (errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPIPE)
    if isinstance(error, TimeoutError):
        return "silence"
    return "refused" if error.errno in told else f"{error}"


class Client:
    """A host that asks and connects, without a process for each: quick enough for hundreds of cases."""

    def __init__(self, machine, address=None, resolver=RESOLVER):
        self._machine, self._address, self._resolver = machine, address, resolver
        self._family = socket.AF_INET6 if address and ":" in address else socket.AF_INET

    def _socket(self, kind, patience):
        made = self._machine.socket(self._family, kind)
        made.settimeout(patience)
        if self._address:
            made.bind((self._address, 0))
        return made

    def _datagrams(self, patience):
        """From anybody, and told of ICMP: a connected socket would hear the one it is connected to alone."""
        made = self._socket(socket.SOCK_DGRAM, patience)
        if self._family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, 25, 1)  # IPV6_RECVERR
        else:
            made.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
        return made

    def ask(self, name, kind=A, resolver=None, patience=20, port=53):
        """By UDP: the answer's rcode, or None where nothing comes back, or "refused"."""
        with self._datagrams(patience) as made:
            try:
                made.sendto(question(name, kind), (resolver or self._resolver, port))
                return made.recv(4096)[3] & 15
            except OSError as error:
                return None if isinstance(error, TimeoutError) else "refused"

    def ask_by_tcp(self, name, kind=A, resolver=None, patience=20):
        """The answer's rcode, or what outcome_of says."""
        with self._socket(socket.SOCK_STREAM, patience) as made:
            try:
                made.connect((resolver or self._resolver, 53))
                asked = question(name, kind)
                made.sendall(struct.pack("!H", len(asked)) + asked)
                received = b""
                while len(received) < 2 or len(received) < 2 + struct.unpack("!H", received[:2])[0]:
                    part = made.recv(4096)
                    if not part:
                        return "refused"
                    received += part
                return received[5] & 15
            except OSError as error:
                return outcome_of(error)

    def connect(self, address, port, say=(), patience=30):
        """"reached" (with `say`, pieces that are sent as segments of their own: answered), "refused" (told so) or "silence"."""
        with self._socket(socket.SOCK_STREAM, patience) as made:
            try:
                made.connect((address, port))
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for piece in say:
                    made.sendall(piece)
                return "reached" if not say or made.recv(16) else "refused"
            except OSError as error:
                return outcome_of(error)

    def send(self, address, port, patience=30):
        """A datagram to a port that sends it back."""
        with self._datagrams(patience) as made:
            try:
                made.sendto(b"echo", (address, port))
                return "reached" if made.recv(16) == b"echo" else "something else"
            except OSError as error:
                return outcome_of(error)

    def ping(self, address):
        source = ["-I", self._address] if self._address else []
        text = self._machine.call("ping", "-n", "-c", "1", "-W", "30", *source, address)[1]
        if " 0% packet loss" in text:
            return "reached"
        return "refused" if "filtered" in text or "prohibited" in text else "silence"

    def seen_as(self, address, port):
        """The address that the server sees."""
        with self._socket(socket.SOCK_STREAM, 30) as made:
            made.connect((address, port))
            made.sendall(b"GET / HTTP/1.1\r\nHost: any\r\n\r\n")
            received = b""
            while b"\r\n\r\n" not in received:
                received += made.recv(4096)
            return re.search(rb"X-Seen: (\S+)", received)[1].decode()


class Session:
    """A connection that is kept, and asks now and then."""

    def __init__(self, machine, address, port, name="any"):
        self._name = name
        self._socket = machine.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.settimeout(60)
        self._socket.connect((address, port))

    def answers(self):
        """Asks once more; False where the session is over."""
        try:
            self._socket.sendall(f"GET / HTTP/1.1\r\nHost: {self._name}\r\n\r\n".encode())
            received = b""
            while not received.endswith(b"ok\n"):
                part = self._socket.recv(4096)
                if not part:
                    return False
                received += part
            return True
        except OSError:
            return False

    def stop(self):
        self._socket.close()


class Internet:
    """Web servers on every address of the machine, and dnsmasq, which maps names to them."""

    def __init__(self, machine, addresses, ports=("80/tcp", "443/tcp", "8080/tcp")):
        self.machine = machine
        self.names = {}
        machine.ip("".join(f"address add {address}/{64 if ':' in address else 24} dev wan0{' nodad' if ':' in address else ''}\n" for address in addresses))
        machine.write("/etc/linkspan/web.py", WEB, quiet=True)
        pem = "/etc/linkspan/web.pem"
        machine.run(f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=web -keyout {pem} -out {pem}.crt 2>&1 && cat {pem}.crt >> {pem}")
        log = machine.evidence.log("web.log")
        self._web = machine.spawn(["python3", "/etc/linkspan/web.py", pem, *ports], log=log)
        self._dns = None
        wait_until(lambda: "ready" in (machine.evidence.directory / "web.log").read_text(), "the web servers listen")

    def serve(self, names, ttl=3600, more=()):
        """`names`: name -> addresses; asked anew, for dnsmasq reads its command line once."""
        self.stop_resolver()
        self.names = names
        hosts = [f"--host-record={name},{address}" for name, addresses in names.items() for address in addresses]
        self._dns = self.machine.spawn(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", f"--local-ttl={ttl}",
             f"--listen-address={RESOLVER}", "--bind-interfaces", "--pid-file=", "--log-facility=-", *hosts, *more],
            log=self.machine.evidence.log("dnsmasq.log"))
        wait_until(lambda: f"{RESOLVER}:53 " in self.machine.run("ss -lntu"), "the resolver listens")

    def stop_resolver(self):
        if self._dns:
            self._dns.terminate()
            self._dns.wait()
            self._dns = None

    def stop(self):
        self.stop_resolver()
        self._web.kill()
        self._web.wait()
