"""EC2's query API, as much of it as moves addresses. Last writer wins, as there; every call has to be signed."""

from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from sigv4 import is_signed

XMLNS = 'xmlns="http' + '://ec2.amazonaws.com/doc/2016-11-15/"'


class Ec2:
    def __init__(self):
        self.elastic = {"eipalloc-1": ["eni-peer-wan", "10.0.0.5"], "eipalloc-2": ["eni-peer-wan", "10.0.0.6"]}
        self.primary = {"eni-own-wan": "10.0.0.4", "eni-own-lan": "10.0.1.4", "eni-peer-wan": "10.0.0.5"}
        self.secondary = {"10.0.0.10": "eni-peer-wan"}
        self.routes = {"rtb-1": {"0.0.0.0/0": "eni-peer-lan", "10.9.0.0/16": "eni-peer-lan"},
                       "rtb-2": {"0.0.0.0/0": "eni-peer-lan"}}
        self.tags = {}

    def knows(self, request):
        return "Action=" in request["body"]

    def name_of(self, request):
        return parse_qs(request["body"])["Action"][0]

    def answer(self, request, stale):
        if not is_signed(request, "ec2"):
            return self.error(403, "SignatureDoesNotMatch", "the signature is another")
        if "x-amz-security-token" not in request["headers"]:
            return self.error(401, "AuthFailure", "credentials of a role come with a token")
        form = {key: values[0] for key, values in parse_qs(request["body"]).items()}
        before = self.tags, self.elastic, self.secondary, self.routes
        if stale:  # as it was before anything came here
            fresh = Ec2()
            self.tags, self.elastic, self.secondary, self.routes = {}, fresh.elastic, fresh.secondary, fresh.routes
        try:
            return getattr(self, form["Action"])(form)
        finally:
            if stale:
                self.tags, self.elastic, self.secondary, self.routes = before

    def error(self, status, code, message):
        return status, {}, (f"<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}"
                            "</Message></Error></Errors><RequestID>1</RequestID></Response>")

    def success(self, action, text):
        return 200, {"content-type": "text/xml"}, (f'<?xml version="1.0" encoding="UTF-8"?>\n<{action}Response {XMLNS}>'
                                                   f"<requestId>1</requestId>{text}</{action}Response>")

    def AssociateAddress(self, form):
        allocation, interface = form["AllocationId"], form["NetworkInterfaceId"]
        if allocation not in self.elastic:
            return self.error(400, "InvalidAllocationID.NotFound", allocation)
        if self.elastic[allocation] and form.get("AllowReassociation") != "true":
            return self.error(400, "Resource.AlreadyAssociated", allocation)
        address = form.get("PrivateIpAddress", self.primary[interface])
        if address != self.primary[interface] and self.secondary.get(address) != interface:
            return self.error(400, "InvalidParameterValue", f"{address} is not on {interface}")
        self.elastic[allocation] = [interface, address]
        return self.success("AssociateAddress", "<return>true</return><associationId>eipassoc-1</associationId>")

    def DescribeAddresses(self, form):
        allocation = form["AllocationId.1"]
        interface, address = self.elastic[allocation]
        return self.success("DescribeAddresses", f"""<addressesSet><item><allocationId>{allocation}</allocationId>
            <networkInterfaceId>{interface}</networkInterfaceId><privateIpAddress>{address}</privateIpAddress></item>
            </addressesSet>""")

    def AssignPrivateIpAddresses(self, form):
        address = form["PrivateIpAddress.1"]
        if address in self.secondary and form.get("AllowReassignment") != "true":
            return self.error(400, "InvalidParameterValue", address)
        self.secondary[address] = form["NetworkInterfaceId"]
        for allocation, (_, private) in self.elastic.items():
            if private == address:  # an elastic address goes with the one it stands for
                self.elastic[allocation] = [form["NetworkInterfaceId"], address]
        return self.success("AssignPrivateIpAddresses", "<return>true</return>")

    def DescribeNetworkInterfaces(self, form):
        interface = form["NetworkInterfaceId.1"]
        held = [self.primary.get(interface, "")] + [address for address, at in self.secondary.items() if at == interface]
        items = "".join(f"<item><privateIpAddress>{address}</privateIpAddress></item>" for address in held)
        return self.success("DescribeNetworkInterfaces", f"""<networkInterfaceSet><item><networkInterfaceId>{interface}
            </networkInterfaceId><privateIpAddressesSet>{items}</privateIpAddressesSet></item></networkInterfaceSet>"""
                            .replace("\n            ", ""))

    def ReplaceRoute(self, form):
        table, prefix = self.routes[form["RouteTableId"]], form["DestinationCidrBlock"]
        if prefix not in table:
            return self.error(400, "InvalidRoute.NotFound", f"no route {prefix}")
        table[prefix] = form["NetworkInterfaceId"]
        return self.success("ReplaceRoute", "<return>true</return>")

    def CreateRoute(self, form):
        table, prefix = self.routes[form["RouteTableId"]], form["DestinationCidrBlock"]
        if prefix in table:
            return self.error(400, "RouteAlreadyExists", f"there is a route {prefix}")
        table[prefix] = form["NetworkInterfaceId"]
        return self.success("CreateRoute", "<return>true</return>")

    def DescribeRouteTables(self, form):
        table = form["RouteTableId.1"]
        items = "".join(f"<item><destinationCidrBlock>{prefix}</destinationCidrBlock><networkInterfaceId>{interface}"
                        "</networkInterfaceId><state>active</state></item>"
                        for prefix, interface in self.routes[table].items())
        return self.success("DescribeRouteTables", f"<routeTableSet><item><routeTableId>{table}</routeTableId><routeSet>"
                            f"{items}</routeSet></item></routeTableSet>")

    def CreateTags(self, form):
        for key, resource in form.items():
            if key.startswith("ResourceId."):
                self.tags[resource] = [form["Tag.1.Key"], form["Tag.1.Value"]]
        return self.success("CreateTags", "<return>true</return>")

    def DescribeTags(self, form):
        wanted = [value for key, value in form.items() if key.startswith("Filter.1.Value.")]
        items = "".join(f"<item><resourceId>{resource}</resourceId><key>{key}</key><value>{value}</value></item>"
                        for resource, (key, value) in self.tags.items() if resource in wanted)
        return self.success("DescribeTags", f"<tagSet>{items}</tagSet>")
