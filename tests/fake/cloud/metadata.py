"""The instance metadata services of AWS (version 2 only) and of Azure."""

import datetime
import json
import urllib.parse

INTERFACES = {"0a:00:00:00:00:01": "eni-own-wan", "0a:00:00:00:00:02": "eni-own-lan"}
BASE = "/latest/meta-data/"
AZURE_TOKENS = {"https://management.azure.com/": "azure-token-1", "https://storage.azure.com/": "storage-token-1"}


class Metadata:
    def __init__(self):
        self.token = "session-token-1"
        self.key_id = "AKIDEXAMPLE"
        self.lifetime = 3600
        self.role = "gateway-role"

    def knows(self, request):
        return request["path"].startswith(("/latest/", "/metadata/"))

    def name_of(self, request):
        return "metadata " + request["path"].split("?")[0].rsplit("/", 1)[-1]

    def answer(self, request, stale):
        if request["path"].startswith("/metadata/"):
            return self.azure(request)
        headers, path = request["headers"], request["path"]
        if path == "/latest/api/token":
            if request["method"] != "PUT" or not headers.get("x-aws-ec2-metadata-token-ttl-seconds", "").isdigit():
                return 400, {}, ""
            return 200, {}, self.token
        if headers.get("x-aws-ec2-metadata-token") != self.token:
            return 401, {}, ""
        if path == BASE + "iam/security-credentials/":
            return (200, {}, self.role) if self.role else (404, {}, "")
        if path == BASE + "iam/security-credentials/" + self.role:
            return 200, {}, json.dumps(self.credentials())
        if path == BASE + "placement/region":
            return 200, {}, "eu-west-1"
        mac = path.removeprefix(BASE + "network/interfaces/macs/").removesuffix("/interface-id")
        return (200, {}, INTERFACES[mac]) if mac in INTERFACES else (404, {}, "")

    def credentials(self):
        from sigv4 import SECRETS
        ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.lifetime)
        return {"Code": "Success", "AccessKeyId": self.key_id, "SecretAccessKey": SECRETS[self.key_id],
                "Token": "token-of-" + self.key_id, "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def azure(self, request):
        if request["headers"].get("metadata") != "true":
            return 400, {}, ""
        if request["path"].startswith("/metadata/identity/oauth2/token?"):
            fields = urllib.parse.parse_qs(request["path"].partition("?")[2])
            token = AZURE_TOKENS.get(fields.get("resource", [""])[0])
            if not token or fields.get("api-version") != ["2018-02-01"]:
                return 400, {}, json.dumps({"error": "invalid_resource", "error_description": "nobody has that name"})
            return 200, {}, json.dumps({"access_token": token, "expires_in": str(self.lifetime), "token_type": "Bearer"})
        return 200, {}, json.dumps({"subscriptionId": "sub-1", "resourceGroupName": "group-1", "name": "gw-a"})
