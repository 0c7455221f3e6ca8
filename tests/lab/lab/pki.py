"""A certificate authority made for one scenario, with openssl(1)."""

import datetime

from lab.wait import wait_until

CONFIG = """[ca]
default_ca = this
[this]
database = {directory}/index
crlnumber = {directory}/number
new_certs_dir = {directory}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
email_in_dn = no
copy_extensions = copy
crl_extensions = list
[list]
authorityKeyIdentifier = keyid:always
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = dn
[dn]
"""


EC, RSA = "ec -pkeyopt ec_paramgen_curve:P-256", "rsa:2048"  # IKEv1 of Libreswan signs with RSA only


class Pki:
    def __init__(self, machine, directory="/run/pki", authority="Example CA"):
        """The files are the machine's; other machines are given their text."""
        self.machine, self.directory, self.authority = machine, directory, authority
        machine.run(f"mkdir -p {directory} && touch {directory}/index && echo 01 > {directory}/number")
        machine.write(f"{directory}/ca.cnf", CONFIG.format(directory=directory))
        machine.run(f"cd {directory} && openssl req -x509 -newkey {EC} -nodes -keyout ca.key -out ca.pem -days 30 -config ca.cnf"
                    f" -subj '/O=Example/CN={authority}' -addext basicConstraints=critical,CA:true"
                    " -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash")

    def issue(self, name, lifetime=datetime.timedelta(days=20), key=EC, ocsp=None):
        """A certificate for the host name `name`, valid from now for `lifetime`. `ocsp`: the URL that tells its status."""
        def time(moment):
            return moment.strftime("%Y%m%d%H%M%SZ")
        now = datetime.datetime.now(datetime.timezone.utc)
        asks = f" -addext 'authorityInfoAccess=OCSP;URI:{ocsp}'" if ocsp else ""
        self.machine.run(f"cd {self.directory} && openssl req -newkey {key} -nodes -keyout {name}.key -out {name}.req -config ca.cnf"
                         f" -subj '/O=Example/CN={name}' -addext subjectAltName=DNS:{name}{asks}"
                         f" && openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in {name}.req -out {name}.pem"
                         f" -startdate {time(now - datetime.timedelta(hours=1))} -enddate {time(now + lifetime)}")
        return self

    def revoke(self, name):
        """Takes its word back; `crl.pem` says so."""
        self.machine.run(f"cd {self.directory} && openssl ca -config ca.cnf -cert ca.pem -keyfile ca.key -revoke {name}.pem")
        return self.list()

    def answer(self, port):
        """An OCSP responder that knows all it has issued; its URL."""
        self.machine.spawn(["sh", "-c", f"cd {self.directory} && exec openssl ocsp -index index -port {port} -rsigner ca.pem -rkey ca.key -CA ca.pem"],
                           log=self.machine.evidence.log("ocsp.log"))
        said = self.machine.evidence.directory / "ocsp.log"
        wait_until(lambda: "waiting for OCSP client connections" in said.read_text(errors="replace"), "the OCSP responder listens")
        return f"http://127.0.0.1:{port}"

    def list(self):
        """Makes `crl.pem`, the list of what is revoked. It has a number: of two of the same second, the later one is the newer one."""
        self.machine.run(f"cd {self.directory} && openssl ca -config ca.cnf -cert ca.pem -keyfile ca.key -gencrl -crldays 7 -out crl.pem")
        return self

    def text(self, file):
        return self.machine.run("cat", f"{self.directory}/{file}", quiet=True)

    def give(self, machine, name, to="/etc/linkspan/x509"):
        """The CA and a certificate with its key, as the files `ca.pem`, `NAME.pem` and `NAME.key` of another machine."""
        machine.write(f"{to}/ca.pem", self.text("ca.pem"))
        machine.write(f"{to}/{name}.pem", self.text(f"{name}.pem"))
        machine.write(f"{to}/{name}.key", self.text(f"{name}.key"), mode=0o600)

    def give_swanctl(self, machine, name, directory="/run"):
        """The same for swanctl, which loads all that lies in the directories beside its file."""
        machine.write(f"{directory}/x509ca/ca.pem", self.text("ca.pem"))
        machine.write(f"{directory}/x509/{name}.pem", self.text(f"{name}.pem"))
        machine.write(f"{directory}/private/{name}.key", self.text(f"{name}.key"), mode=0o600)
