"""Azure: Resource Manager's networkInterfaces and routes with etags and long-running operations, and Blob storage."""

import copy
import datetime
import json
from email.utils import parsedate_to_datetime

NIC = "/subscriptions/sub-1/resourceGroups/group-1/providers/Microsoft.Network/networkInterfaces/"
ROUTE = "/subscriptions/sub-1/resourceGroups/group-1/providers/Microsoft.Network/routeTables/"
PUBLIC = "/subscriptions/sub-1/resourceGroups/group-1/providers/Microsoft.Network/publicIPAddresses/"
SUBNET = "/subscriptions/sub-1/resourceGroups/group-1/providers/Microsoft.Network/virtualNetworks/net/subnets/one"


def configuration(name, address, public=None, primary=True):
    properties = {"privateIPAddress": address, "privateIPAllocationMethod": "Static", "primary": primary,
                  "subnet": {"id": SUBNET}, "provisioningState": "Succeeded"}
    if public:
        properties["publicIPAddress"] = {"id": PUBLIC + public}
    return {"name": name, "id": NIC + "x/ipConfigurations/" + name, "etag": 'W/"1"', "properties": properties}


def interface(name, mac, configurations):
    return {"name": name, "id": NIC + name, "location": "westeurope", "tags": {"owner": "netops"},
            "properties": {"macAddress": mac, "ipConfigurations": configurations, "enableIPForwarding": True,
                           "provisioningState": "Succeeded"}}


class ResourceManager:
    def __init__(self):
        self.nics = {"gw-a": interface("gw-a", "00-0D-3A-00-00-01", [configuration("main", "10.0.0.4")]),
                     "gw-b": interface("gw-b", "00-0D-3A-00-00-02", [configuration("main", "10.0.0.5", "front"),
                                                configuration("shared-1", "10.0.0.10", None, False)])}
        self.tables = {"table": {"all": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance",
                                         "nextHopIpAddress": "10.0.0.5"}}}
        self.versions = {}
        self.operations = {}  # number: polls until it is over
        self.polls = 0        # that an operation takes; 0 = an answer of 200 at once
        self.tokens = ["azure-token-1"]

    def knows(self, request):
        return request["path"].startswith(("/subscriptions/", "/operations/"))

    def name_of(self, request):
        path = request["path"].split("?")[0]
        return request["method"] + " " + ("operation" if path.startswith("/operations/") else path.rsplit("/", 1)[-1])

    def answer(self, request, stale):
        path, _, query = request["path"].partition("?")
        token = request["headers"].get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return 401, {}, json.dumps({"error": {"code": "ExpiredAuthenticationToken", "message": "old"}})
        if path.startswith("/operations/"):
            return self.operation(path.rsplit("/", 1)[-1])
        if "api-version=" not in query:
            return 400, {}, json.dumps({"error": {"code": "MissingApiVersionParameter", "message": "no"}})
        if path == NIC.rstrip("/"):
            listed = [{**nic, "etag": self.etag(name)} for name, nic in self.nics.items()]
            return 200, {}, json.dumps({"value": listed})
        if path.startswith(NIC):
            return self.nic(path.removeprefix(NIC), request)
        if path.startswith(ROUTE):
            return self.route(path.removeprefix(ROUTE), request)
        return 404, {}, json.dumps({"error": {"code": "ResourceNotFound", "message": path}})

    def operation(self, number):
        self.operations[number] -= 1
        status = "InProgress" if self.operations[number] > 0 else "Succeeded"
        return 200, {"retry-after": "0"}, json.dumps({"status": status})

    def etag(self, key):
        return f'W/"{self.versions.get(key, 1)}"'

    def done(self, key, body, request):
        """The answer to a PUT: over at once, or an operation to be polled."""
        self.versions[key] = self.versions.get(key, 1) + 1
        if not self.polls:
            return 200, {"etag": self.etag(key)}, json.dumps(body)
        number = str(len(self.operations) + 1)
        self.operations[number] = self.polls
        where = f"http://{request['headers']['host']}/operations/{number}"
        return 201, {"azure-asyncoperation": where, "retry-after": "0"}, json.dumps(body)

    def nic(self, name, request):
        if name not in self.nics:
            return 404, {}, json.dumps({"error": {"code": "ResourceNotFound", "message": name}})
        if request["method"] == "GET":
            return 200, {"etag": self.etag(name)}, json.dumps({**self.nics[name], "etag": self.etag(name)})
        if request["headers"].get("if-match", self.etag(name)) != self.etag(name):
            return 412, {}, json.dumps({"error": {"code": "PreconditionFailed", "message": "etag"}})
        wanted = json.loads(request["body"])
        if code := self.taken(name, wanted):
            return 400, {}, json.dumps({"error": {"code": code, "message": "it is on the other one"}})
        self.nics[name] = copy.deepcopy(wanted)
        return self.done(name, wanted, request)

    def taken(self, name, wanted):
        for other, nic in self.nics.items():
            for theirs in nic["properties"]["ipConfigurations"] if other != name else []:
                for ours in wanted["properties"]["ipConfigurations"]:
                    if theirs["properties"]["privateIPAddress"] == ours["properties"].get("privateIPAddress"):
                        return "PrivateIPAddressInUse"
                    public = ours["properties"].get("publicIPAddress", {}).get("id")
                    if public and public == theirs["properties"].get("publicIPAddress", {}).get("id"):
                        return "PublicIPAddressInUse"
        return None

    def route(self, name, request):
        table, _, route = name.partition("/routes/")
        if table not in self.tables:
            return 404, {}, json.dumps({"error": {"code": "ResourceNotFound", "message": table}})
        routes = self.tables[table]
        if request["method"] == "GET":
            listed = [{"name": each, "properties": properties} for each, properties in routes.items()]
            return 200, {}, json.dumps({"name": table, "properties": {"routes": listed}})
        routes[route] = json.loads(request["body"])["properties"]
        return self.done(name, {"properties": routes[route]}, request)


VERSION_WITH_TOKENS = "2017-11-09"  # of the service: before it Bearer is no scheme


class Blobs:
    """Blob storage as its reference has it: a date and a version with every request, conditions on every write, ETags in quotes."""

    def __init__(self):
        self.blobs = {}  # path: [text, number of the version]
        self.version = 0x8DD000000000000
        self.containers = ["container"]
        self.leased = []  # paths
        self.tokens = ["storage-token-1"]
        self.rights = True

    def knows(self, request):
        return request["headers"].get("x-ms-version") is not None

    def name_of(self, request):
        return "blob " + request["method"]

    def answer(self, request, stale):
        headers, path = request["headers"], request["path"]
        if code := self.stranger(headers):
            return self.error(401 if code == "InvalidAuthenticationInfo" else 403, code)
        if not self.rights:
            return self.error(403, "AuthorizationPermissionMismatch")
        if path.split("/")[1] not in self.containers:
            return self.error(404, "ContainerNotFound")
        text, version = self.blobs.get(path, (None, None))
        etag = f'"0x{version:X}"' if version else None
        if request["method"] == "GET":
            return (200, {"etag": etag}, text) if version else self.error(404, "BlobNotFound")
        return self.put(path, request, etag)

    def stranger(self, headers):
        scheme, _, token = headers.get("authorization", "").partition(" ")
        date = headers.get("x-ms-date") or headers.get("date") or ""
        try:
            now = datetime.datetime.now(datetime.timezone.utc)
            is_now = abs(parsedate_to_datetime(date) - now) < datetime.timedelta(minutes=15)
        except (TypeError, ValueError):
            is_now = False
        if scheme != "Bearer" or headers["x-ms-version"] < VERSION_WITH_TOKENS or not is_now or not date.endswith(" GMT"):
            return "AuthenticationFailed"
        return None if token in self.tokens else "InvalidAuthenticationInfo"

    def put(self, path, request, etag):
        headers = request["headers"]
        if headers.get("x-ms-blob-type") != "BlockBlob":
            return self.error(400, "MissingRequiredHeader")
        if headers.get("if-none-match") == "*" and etag:
            return self.error(409, "BlobAlreadyExists")
        if "if-match" in headers and headers["if-match"] != etag:
            return self.error(412, "ConditionNotMet")
        if "if-match" not in headers and "if-none-match" not in headers:
            return self.error(400, "TheTestWantsACondition")
        if path in self.leased:
            return self.error(412, "LeaseIdMissing")
        self.version += 0x1001
        self.blobs[path] = (request["body"], self.version)
        return 201, {"etag": f'"0x{self.version:X}"'}, ""

    def error(self, status, code):
        text = f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>As the test wants it.</Message></Error>'
        return status, {"x-ms-error-code": code, "content-type": "application/xml"}, text
