"""What the emulator takes and refuses, asked through boto3 as a client would.  python3 -m unittest"""
import json, os, re, subprocess, sys, time, unittest, urllib.request, uuid
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = os.path.dirname(os.path.abspath(__file__))
REGION = "us-east-1"
LIMITED = "121212121212"     # the account in which IAM is evaluated


class Emulator:
    """An instance of its own, with its switches."""
    def __init__(self, **switches):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "EMULATOR_"))}
        with subprocess.Popen([sys.executable, "-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"], stdout=subprocess.PIPE) as p:
            self.port = p.stdout.read().decode().strip()
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "serve.py"), self.port, "--with-stdin"], env={**env, **switches},
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/moto-api/", timeout=5)
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the emulator did not start")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()

    def client(self, service, account="111111111111", region=REGION):
        c = boto3.client(service, endpoint_url=f"http://127.0.0.1:{self.port}", region_name=region, aws_access_key_id="test", aws_secret_access_key="test",
                         config=Config(retries={"max_attempts": 0}))
        c.meta.events.register("before-sign.*", lambda request, **kw: request.headers.__setitem__("x-moto-account-id", account))
        return c


class Case(unittest.TestCase):
    SWITCHES = {}

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(**cls.SWITCHES)
        cls.addClassCleanup(cls.emulator.stop)

    def client(self, *a):
        return self.emulator.client(*a)

    def deploy(self, name, resources, outputs=None, tags=None, account="111111111111", region=REGION):
        """Deploys a template, through a change set; returns the stack's status and what failed."""
        c = self.client("cloudformation", account, region)
        there = any(s["StackName"] == name for s in c.describe_stacks()["Stacks"])
        body = {"Resources": resources, **({"Outputs": outputs} if outputs else {})}
        made = c.create_change_set(StackName=name, ChangeSetName=f"c{uuid.uuid4().hex}", ChangeSetType="UPDATE" if there else "CREATE", TemplateBody=json.dumps(body),
                                   Tags=[{"Key": k, "Value": v} for k, v in (tags or {}).items()])
        seen = len(c.describe_stack_events(StackName=name)["StackEvents"])
        c.execute_change_set(ChangeSetName=made["Id"], StackName=name)
        events = c.describe_stack_events(StackName=name)["StackEvents"]
        events = events[:len(events) - seen]
        return c.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"], "\n".join(e.get("ResourceStatusReason", "") for e in events if "FAILED" in e["ResourceStatus"] or "ROLLBACK" in e["ResourceStatus"])

    def good(self, name, resources, **kw):
        status, why = self.deploy(name, resources, **kw)
        self.assertIn(status, ("CREATE_COMPLETE", "UPDATE_COMPLETE"), why)
        c = self.client("cloudformation", kw.get("account", "111111111111"), kw.get("region", REGION))
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in c.list_stack_resources(StackName=name)["StackResourceSummaries"]}

    def bad(self, name, resources, words, **kw):
        status, why = self.deploy(name, resources, **kw)
        self.assertIn("ROLLBACK_COMPLETE", status)
        self.assertRegex(why, words)


def r(kind, depends=None, **props):
    return {"Type": kind, "Properties": props, **({"DependsOn": depends} if depends else {})}


def ref(x):
    return {"Ref": x}


def att(x, name):
    return {"Fn::GetAtt": [x, name]}


VPC = {"Vpc": r("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True)}
SUBNET = {**VPC, "Subnet": r("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", AvailabilityZone="us-east-1a")}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}]}
OTHER = "222222222222"


def interface(service, **props):
    return {"Endpoint": r("AWS::EC2::VPCEndpoint", VpcId=ref("Vpc"), VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{service}", SubnetIds=[ref("Subnet")], **props)}


def named(text, **props):
    return {"P": r("AWS::SSM::Parameter", Type="String", Value=text, **props)}


def gateway(**share):
    return {"Gateway": r("AWS::EC2::TransitGateway", AutoAcceptSharedAttachments="enable", DefaultRouteTableAssociation="disable", DefaultRouteTablePropagation="disable"),
            "Table": r("AWS::EC2::TransitGatewayRouteTable", TransitGatewayId=ref("Gateway")),
            "Share": r("AWS::RAM::ResourceShare", Name="s", ResourceArns=[att("Gateway", "TransitGatewayArn")], **share)}


def attachment(tgw):
    return {**SUBNET, "Attachment": r("AWS::EC2::TransitGatewayAttachment", TransitGatewayId=tgw, VpcId=ref("Vpc"), SubnetIds=[ref("Subnet")])}


class Types(Case):
    """What CloudFormation knows."""
    def tags(self, i, account="111111111111"):
        return {t["Key"]: t["Value"] for t in self.client("ec2", account).describe_tags(Filters=[{"Name": "resource-id", "Values": [i]}])["Tags"] if not t["Key"].startswith("aws:")}

    def test_times_of_profiles_are_numbers(self):
        got = self.good("profile", {"P": r("AWS::Route53Profiles::Profile", Name="p")})
        p = self.client("route53profiles").get_profile(ProfileId=got["P"])["Profile"]
        self.assertAlmostEqual(p["CreationTime"].timestamp(), time.time(), delta=600)

    def test_further_range(self):
        more = {"More": r("AWS::EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="10.1.0.0/24")}
        far = {"Far": r("AWS::EC2::Subnet", depends="More", VpcId=ref("Vpc"), CidrBlock="10.1.0.0/25", AvailabilityZone="us-east-1a")}
        self.bad("ranges-none", {**VPC, "Far": r("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.1.0.0/25", AvailabilityZone="us-east-1a")}, "InvalidSubnet.Range")
        before = self.good("ranges", VPC)
        got = self.good("ranges", {**VPC, **more, **far})
        self.assertEqual(got["Vpc"], before["Vpc"])
        self.assertTrue(got["More"].startswith("vpc-cidr-assoc-"))
        with self.assertRaisesRegex(ClientError, "InvalidCidrBlock.InUse"):
            self.client("ec2").disassociate_vpc_cidr_block(AssociationId=got["More"])
        self.good("ranges", VPC)
        self.assertEqual([a["CidrBlock"] for a in self.client("ec2").describe_vpcs(VpcIds=[got["Vpc"]])["Vpcs"][0]["CidrBlockAssociationSet"] if a["CidrBlockState"]["State"] == "associated"], ["10.0.0.0/16"])

    def test_wait_handle_and_parameter(self):
        got = self.good("small", {"W": r("AWS::CloudFormation::WaitConditionHandle"), **named("a", Name="/small", Tags={"x": "y"})}, outputs={"V": {"Value": att("P", "Value")}}, tags={"hub": "h"})
        self.assertTrue(got["W"].startswith("https://"))
        ssm = self.client("ssm")
        self.assertEqual({t["Key"]: t["Value"] for t in ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/small")["TagList"]}, {"x": "y", "hub": "h"})
        self.bad("small-again", named("b", Name="/small"), "already exists")
        self.good("small", {"W": r("AWS::CloudFormation::WaitConditionHandle"), **named("c", Name="/small")}, outputs={"V": {"Value": att("P", "Value")}})
        self.assertEqual(self.client("cloudformation").describe_stacks(StackName="small")["Stacks"][0]["Outputs"][0]["OutputValue"], "c")
        self.assertEqual(ssm.get_parameter(Name="/small")["Parameter"]["Value"], "c")

    def test_tags_alone_are_an_update(self):
        own = {"Vpc": r("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", Tags=[{"Key": "Name", "Value": "v"}, {"Key": "b", "Value": "own"}])}
        zone = {"Zone": r("AWS::Route53::HostedZone", Name="tags.test", VPCs=[{"VPCId": ref("Vpc"), "VPCRegion": REGION}])}
        got = self.good("tags", {**own, **zone}, tags={"a": "1", "b": "stack"})
        self.assertEqual(self.tags(got["Vpc"]), {"Name": "v", "a": "1", "b": "own"})
        self.assertEqual(self.good("tags", {**own, **zone}, tags={"a": "2"}), got)
        self.assertEqual(self.tags(got["Vpc"]), {"Name": "v", "a": "2", "b": "own"})
        zoned = self.client("route53").list_tags_for_resource(ResourceType="hostedzone", ResourceId=got["Zone"])["ResourceTagSet"]["Tags"]
        self.assertEqual(zoned, [{"Key": "a", "Value": "2"}])
        c = self.client("cloudformation")
        update = lambda a: c.update_stack(StackName="tags", Tags=[{"Key": "a", "Value": a}], Parameters=[{"ParameterKey": "Version", "ParameterValue": "1"}],
                                          TemplateBody=json.dumps({"Resources": {**own, **zone}, "Parameters": {"Version": {"Type": "String"}}}))
        update("2")      # the parameter is new
        with self.assertRaisesRegex(ClientError, "No updates are to be performed"):
            update("2")
        update("3")
        self.assertEqual(self.tags(got["Vpc"])["a"], "3")

    def test_service_of_another_region(self):
        self.good("regions", {**SUBNET, **interface("eu-west-1.kms", ServiceRegion="eu-west-1")})
        e = self.client("ec2").describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": ["com.amazonaws.eu-west-1.kms"]}])["VpcEndpoints"][0]
        self.assertEqual(e["ServiceRegion"], "eu-west-1")
        self.bad("regions-2", {**SUBNET, **interface("eu-west-1.kms")}, "does not exist")
        self.bad("regions-3", {**SUBNET, **interface("eu-west-1.sts", ServiceRegion="eu-west-1")}, "not supported in the region")

    def test_one_part_of_dns_options_replaces_nothing(self):
        options = {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": "AllResolvers"}}
        self.bad("s3-inbound", {**SUBNET, **interface("us-east-1.s3", PrivateDnsEnabled=True)}, "must have a Gateway endpoint")
        got = self.good("s3", {**SUBNET, **interface("us-east-1.s3", PrivateDnsEnabled=False)})
        self.assertEqual(self.good("s3", {**SUBNET, **interface("us-east-1.s3", PrivateDnsEnabled=True, **options)}), got)
        e = self.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[got["Endpoint"]])["VpcEndpoints"][0]
        self.assertEqual((e["PrivateDnsEnabled"], e["DnsOptions"]), (True, {"PrivateDnsOnlyForInboundResolverEndpoint": False}))
        self.assertEqual(self.good("s3", {**SUBNET, **interface("us-east-1.s3", PrivateDnsEnabled=False)}), got)

    def test_policies_that_ec2_refuses(self):
        self.bad("policy-none", {**SUBNET, **interface("us-east-1.ebs", PolicyDocument=ALL)}, "only supports the full-access endpoint policy")
        wrong = {"Statement": [{**ALL["Statement"][0], "Condition": {"StringIs": {"aws:PrincipalOrgID": "o-1"}}}]}
        self.bad("policy-wrong", {**SUBNET, **interface("us-east-1.sts", PolicyDocument=wrong)}, "StringIs is no condition operator")
        got = self.good("policy", {**SUBNET, **interface("us-east-1.sts", PolicyDocument=ALL)})
        self.bad("policy", {**SUBNET, **interface("us-east-1.sts", PolicyDocument=wrong)}, "InvalidPolicyDocument")
        self.assertEqual(self.good("policy", {**SUBNET, **interface("us-east-1.sts")}), got)

    def test_what_refers_goes_first(self):
        table = {"Z": r("AWS::EC2::RouteTable", VpcId=ref("Vpc"))}
        endpoint = {"Endpoint": r("AWS::EC2::VPCEndpoint", VpcId=ref("Vpc"), ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[])}
        self.good("order", {**VPC, **endpoint})
        got = self.good("order", {**VPC, **table, "Endpoint": {**endpoint["Endpoint"], "Properties": {**endpoint["Endpoint"]["Properties"], "RouteTableIds": [ref("Z")]}}})
        c = self.client("cloudformation")
        c.delete_stack(StackName="order")
        gone = [e["LogicalResourceId"] for e in reversed(c.describe_stack_events(StackName=self.stack_id(c, "order"))["StackEvents"]) if e["ResourceStatus"] == "DELETE_COMPLETE"]
        self.assertEqual(gone, ["Endpoint", "Z", "Vpc", "order"], got)

    def stack_id(self, c, name):
        return next(s["StackId"] for s in c.list_stacks()["StackSummaries"] if s["StackName"] == name)

    def test_a_failed_replacement_goes_back(self):
        parts = lambda cidr, name: {**VPC, "Subnet": r("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=cidr, AvailabilityZone="us-east-1a"),
                                    "Role": r("AWS::IAM::Role", depends="Subnet", AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[f"arn:aws:iam::aws:policy/{name}"])}
        got = self.good("back", parts("10.0.1.0/24", "ReadOnlyAccess"))
        self.bad("back", parts("10.0.2.0/24", "NoSuchPolicy"), "NoSuch")
        self.assertEqual(self.good("back", {**parts("10.0.1.0/24", "ReadOnlyAccess"), **named("x")})["Subnet"], got["Subnet"])
        self.assertEqual(len(self.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [got["Vpc"]]}])["Subnets"]), 1)


class Networks(Case):
    """What EC2 and RAM refuse."""
    def test_dns_firewall_is_kept(self):
        c, asked = self.client("route53resolver"), {"CreatorRequestId": "x"}
        names = c.create_firewall_domain_list(Name="names", **asked)["FirewallDomainList"]["Id"]
        c.update_firewall_domains(FirewallDomainListId=names, Operation="ADD", Domains=["*.example.com"])
        self.assertEqual(c.list_firewall_domains(FirewallDomainListId=names)["Domains"], ["*.example.com."])
        group = c.create_firewall_rule_group(Name="group", **asked)["FirewallRuleGroup"]["Id"]
        c.create_firewall_rule(FirewallRuleGroupId=group, FirewallDomainListId=names, Priority=1, Action="BLOCK", BlockResponse="NODATA", Name="r", **asked)
        self.assertEqual([r["Action"] for r in c.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"]], ["BLOCK"])
        used = c.associate_firewall_rule_group(FirewallRuleGroupId=group, VpcId="vpc-1", Priority=101, Name="a", **asked)["FirewallRuleGroupAssociation"]["Id"]
        listed = lambda: [a["Id"] for a in c.list_firewall_rule_group_associations()["FirewallRuleGroupAssociations"]]
        self.assertEqual(listed(), [used])
        c.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=used)
        self.assertEqual(listed(), [])

    def test_resolver_rules_are_shared_and_change_in_place(self):
        e = self.client("ec2")
        vpc = e.create_vpc(CidrBlock="10.90.0.0/24")["Vpc"]["VpcId"]
        subnets = [e.create_subnet(VpcId=vpc, CidrBlock=f"10.90.0.{n}/28", AvailabilityZone=f"us-east-1{z}")["Subnet"]["SubnetId"] for n, z in ((0, "a"), (16, "b"))]
        group = e.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]["GroupId"]
        rule = lambda server: {"Out": r("AWS::Route53Resolver::ResolverEndpoint", Direction="OUTBOUND", SecurityGroupIds=[group], IpAddresses=[{"SubnetId": s} for s in subnets]),
                               "Rule": r("AWS::Route53Resolver::ResolverRule", RuleType="FORWARD", DomainName="corp.example.com", TargetIps=[{"Ip": server}],
                                         ResolverEndpointId={"Ref": "Out"}, Name="corp"),
                               "Share": r("AWS::RAM::ResourceShare", Name="rules", ResourceArns=[{"Fn::GetAtt": ["Rule", "Arn"]}], Principals=[OTHER], AllowExternalPrincipals=False)}
        made = self.good("rules", rule("192.0.2.1"))
        far, theirs = self.client("route53resolver", OTHER), self.client("ec2", OTHER).create_vpc(CidrBlock="10.91.0.0/24")["Vpc"]["VpcId"]
        self.assertEqual([x["Id"] for x in far.list_resolver_rules()["ResolverRules"]], [made["Rule"]])
        self.assertEqual(self.client("route53resolver", "333333333333").list_resolver_rules()["ResolverRules"], [])
        far.associate_resolver_rule(ResolverRuleId=made["Rule"], VPCId=theirs, Name="a")
        with self.assertRaises(ClientError):
            far.associate_resolver_rule(ResolverRuleId=made["Rule"], VPCId=theirs, Name="b")
        with self.assertRaises(ClientError):
            far.update_resolver_rule(ResolverRuleId=made["Rule"], Config={"Name": "theirs"})
        self.assertEqual(self.good("rules", rule("192.0.2.2"))["Rule"], made["Rule"])
        self.assertEqual(far.get_resolver_rule(ResolverRuleId=made["Rule"])["ResolverRule"]["TargetIps"][0]["Ip"], "192.0.2.2")
        with self.assertRaises(ClientError):
            self.client("route53resolver").delete_resolver_rule(ResolverRuleId=made["Rule"])
        far.disassociate_resolver_rule(ResolverRuleId=made["Rule"], VPCId=theirs)
        self.good("rules", {"Wait": r("AWS::CloudFormation::WaitConditionHandle")})
        self.assertEqual(far.list_resolver_rules()["ResolverRules"], [])

    def test_shares_change_and_outsiders_are_invited(self):
        got = self.good("shared", gateway(Principals=[OTHER]))
        see = lambda account: [t["TransitGatewayId"] for t in self.client("ec2", account).describe_transit_gateways()["TransitGateways"]]
        self.assertEqual(see(OTHER), [got["Gateway"]])
        self.assertEqual(see("999999999999"), [])
        self.good("shared", gateway(Principals=["999999999999"]))
        self.assertEqual((see(OTHER), see("999999999999")), ([], []))
        self.bad("early", attachment(got["Gateway"]), "InvalidTransitGatewayID.NotFound", account="999999999999")
        ram = self.client("ram", "999999999999")
        invited = ram.get_resource_share_invitations()["resourceShareInvitations"]
        self.assertEqual([i["status"] for i in invited], ["PENDING"])
        ram.accept_resource_share_invitation(resourceShareInvitationArn=invited[0]["resourceShareInvitationArn"])
        self.assertEqual(see("999999999999"), [got["Gateway"]])
        self.good("late", attachment(got["Gateway"]), account="999999999999")

    def test_a_vanished_attachment_is_gone_from_its_tables(self):
        region = "us-west-2"
        near = lambda text: json.loads(json.dumps(text).replace("us-east-1", region))
        got = self.good("hub", near(gateway(Principals=[OTHER])), region=region)
        spoke = self.good("spoke", near(attachment(got["Gateway"])), account=OTHER, region=region)
        both = {"TransitGatewayAttachmentId": spoke["Attachment"], "TransitGatewayRouteTableId": got["Table"]}
        link = {"A": r("AWS::EC2::TransitGatewayRouteTableAssociation", **both), "B": r("AWS::EC2::TransitGatewayRouteTablePropagation", **both),
                "C": r("AWS::EC2::TransitGatewayRoute", DestinationCidrBlock="10.9.0.0/16", **both)}
        self.good("link", {**link, **named("x")}, region=region)
        c = self.client("ec2", OTHER, region)
        with self.assertRaisesRegex(ClientError, "DependencyViolation"):
            c.delete_subnet(SubnetId=spoke["Subnet"])
        c.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=spoke["Attachment"])
        with self.assertRaisesRegex(ClientError, "NotFound"):
            self.client("ec2", "111111111111", region).disable_transit_gateway_route_table_propagation(**both)
        self.good("link", named("x"), region=region)

    def test_a_subnet_in_use_stays_after_the_update(self):
        got = self.good("used", SUBNET)
        e = self.client("ec2").create_vpc_endpoint(VpcId=got["Vpc"], ServiceName="com.amazonaws.us-east-1.sts", VpcEndpointType="Interface", SubnetIds=[got["Subnet"]], PrivateDnsEnabled=False)["VpcEndpoint"]
        self.good("used", VPC)       # complete, and the subnet is nobody's now
        self.assertEqual(len(self.client("ec2").describe_subnets(SubnetIds=[got["Subnet"]])["Subnets"]), 1)
        with self.assertRaisesRegex(ClientError, "DependencyViolation"):
            self.client("ec2").delete_vpc(VpcId=got["Vpc"])
        self.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[e["VpcEndpointId"]])
        self.client("ec2").delete_subnet(SubnetId=got["Subnet"])

    def test_a_protected_stack_that_failed_stays(self):
        c = self.client("cloudformation")
        made = c.create_change_set(StackName="kept", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=json.dumps({"Resources": {"P": r("AWS::SSM::Parameter", Name="/no")}}))
        c.update_termination_protection(StackName="kept", EnableTerminationProtection=True)      # as the CDK CLI does, before it executes
        c.execute_change_set(ChangeSetName=made["Id"], StackName="kept")
        self.assertEqual(c.describe_stacks(StackName="kept")["Stacks"][0]["StackStatus"], "ROLLBACK_COMPLETE")
        with self.assertRaisesRegex(ClientError, "TerminationProtection is enabled"):
            c.delete_stack(StackName="kept")
        c.create_stack(StackName="kept-2", EnableTerminationProtection=True, TemplateBody=json.dumps({"Resources": {"P": r("AWS::SSM::Parameter", Name="/no")}}))
        with self.assertRaisesRegex(ClientError, "TerminationProtection is enabled"):
            c.delete_stack(StackName="kept-2")


class Strict(Case):
    """All that can be switched on."""
    SWITCHES = {"EMULATOR_STRICT": "lookups=3,unread,route53=4,quotas,attachments=2,names,roles", "EMULATOR_SHARING": "off", "EMULATOR_IAM": LIMITED}

    def test_lookups(self):
        self.good("told", named("x"), outputs={"A": {"Value": "a"}})
        look = {"Fn::GetStackOutput": {"StackName": "told", "OutputName": "A"}}
        self.good("asks", {f"P{i}": r("AWS::SSM::Parameter", Type="String", Value=look) for i in range(3)})
        self.bad("asks-more", {f"P{i}": r("AWS::SSM::Parameter", Type="String", Value=look) for i in range(4)}, "Throttling")

    def test_unread(self):
        told = lambda value: self.good("telling", named(value), outputs={"A": {"Value": value}})
        asks = lambda **more: self.good("asking", {"C": r("AWS::SSM::Parameter", Name="/c", Type="String", Value={"Fn::GetStackOutput": {"StackName": "telling", "OutputName": "A"}}, **more),
                                                   **named(att("C", "Value"), Name="/p")})
        value = lambda: self.client("ssm").get_parameter(Name="/p")["Parameter"]["Value"]
        told("a"), asks(), told("b")
        self.good("asking", {"C": r("AWS::SSM::Parameter", Name="/c", Type="String", Value={"Fn::GetStackOutput": {"StackName": "telling", "OutputName": "A"}}),
                             **named(att("C", "Value"), Name="/p"), "Q": r("AWS::SSM::Parameter", Type="String", Value="q")})
        self.assertEqual(value(), "a")      # another resource is new, and the text of C the same
        asks(Description="again")
        self.assertEqual(value(), "b")
        self.bad("large", named("x" * 4097), "4096")

    def test_route53(self):
        vpcs = {**VPC, "V2": r("AWS::EC2::VPC", CidrBlock="10.1.0.0/16"), "V3": r("AWS::EC2::VPC", CidrBlock="10.2.0.0/16")}
        zone = lambda i, after, *v: r("AWS::Route53::HostedZone", after, Name=f"z{i}.test", VPCs=[{"VPCId": ref(x), "VPCRegion": REGION} for x in ("Vpc", *v)])
        waves = lambda *v: {**vpcs, **{f"Z{i}": zone(i, "Z0" if i > 2 else None, *v) for i in range(5)}}
        self.bad("burst", {**vpcs, **{f"Z{i}": zone(i, None) for i in range(5)}}, "Rate exceeded")
        self.good("waves", waves())
        self.good("waves", waves("V2"))
        self.bad("waves", waves("V2", "V3") | {"Z4": zone(4, None, "V3")}, "Rate exceeded")

    def test_quotas(self):
        self.bad("many", {f"V{i}": r("AWS::EC2::VPC", CidrBlock="10.0.0.0/16") for i in range(6)}, "VpcLimitExceeded", region="eu-west-1")
        endpoint = lambda: r("AWS::EC2::VPCEndpoint", VpcId=ref("Vpc"), ServiceName="com.amazonaws.us-west-2.s3")
        self.bad("gateways", {**VPC, **{f"E{i}": endpoint() for i in range(21)}}, "VpcEndpointLimitExceeded", region="us-west-2")

    def test_names(self):
        self.client("ssm").put_parameter(Name="/taken", Type="String", Value="x")
        c = self.client("cloudformation")
        body = json.dumps({"Resources": named("y", Name="/taken")})
        made = c.create_change_set(StackName="named", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body)
        cs = c.describe_change_set(ChangeSetName=made["Id"], StackName="named")
        self.assertEqual(cs["Status"], "FAILED")
        self.assertIn("identifier '/taken' already exists", cs["StatusReason"])
        with self.assertRaisesRegex(ClientError, "EarlyValidation"):
            c.create_stack(StackName="named-2", TemplateBody=body)

    def test_roles(self):
        self.good("boot", {"R": r("AWS::IAM::Role", RoleName="cdk-x-lookup-role", AssumeRolePolicyDocument=TRUST)}, account=OTHER)
        assume = lambda account, role: self.client("sts", account).assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/{role}", RoleSessionName="test")
        assume("111111111111", "cdk-x-lookup-role")
        for account, role in (("333333333333", "cdk-x-lookup-role"), ("111111111111", "cdk-x-deploy-role")):
            with self.assertRaisesRegex(ClientError, "AccessDenied"):
                assume(account, role)

    def test_iam(self):
        """Users and sessions of roles may do what their policies say, in the accounts that are named, within boundaries, as trusted."""
        account, iam = LIMITED, self.client("iam", LIMITED)
        document = lambda *statements: json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        allow = lambda action, on="*", **more: {"Effect": "Allow", "Action": action, "Resource": on, **more}
        arn = lambda name: f"arn:aws:iam::{account}:role/{name}"
        root = {"AWS": account}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": root, "Condition": {"Null": {"sts:ExternalId": "true"}}}
        limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("ec2:Describe*")))["Policy"]["Arn"]
        for name, more in (("works", {"PermissionsBoundary": limit}), ("other", {})):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **more)
        iam.put_role_policy(RoleName="works", PolicyName="p", PolicyDocument=document(allow(["ec2:*", "iam:CreateRole"]), {"Effect": "Deny", "Action": "ec2:DescribeSubnets", "Resource": "*"}))
        iam.create_user(UserName="u")
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=document(
            allow("sts:AssumeRole", arn("works")), allow("iam:CreateRole", arn("hub-*"), Condition={"StringEquals": {"iam:PermissionsBoundary": limit}}),
            allow("ssm:PutParameter", f"arn:aws:ssm:*:{account}:parameter/hub/*")))
        key = iam.create_access_key(UserName="u")["AccessKey"]

        def signed(service, key, secret, token=None):
            return boto3.client(service, endpoint_url=f"http://127.0.0.1:{self.emulator.port}", region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret,
                                aws_session_token=token, config=Config(retries={"max_attempts": 0}))
        user = lambda service: signed(service, key["AccessKeyId"], key["SecretAccessKey"])
        assume = lambda name, **more: user("sts").assume_role(RoleArn=arn(name), RoleSessionName="test", **more)["Credentials"]
        got = assume("works")
        works = lambda service: signed(service, got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
        make = lambda name, **more: user("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **more)
        put = lambda name: user("ssm").put_parameter(Name=name, Value="x", Type="String")
        user("sts").get_caller_identity(), works("ec2").describe_vpcs(), make("hub-reader", PermissionsBoundary=limit), put("/hub/x")
        for refused in (lambda: user("ec2").describe_vpcs(), lambda: assume("other"), lambda: assume("works", ExternalId="ab"), lambda: works("ec2").describe_subnets(),
                        lambda: works("ec2").create_vpc(CidrBlock="10.0.0.0/16"), lambda: make("hub-admin"), lambda: make("admin", PermissionsBoundary=limit),
                        lambda: put("/other/x"), lambda: user("s3").list_buckets(), lambda: works("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document(trust))):
            with self.assertRaisesRegex(ClientError, "AccessDenied"):
                refused()
        self.client("ec2").describe_vpcs()        # another account

    def test_sharing_off_and_attachments_that_take_time(self):
        region = "us-east-2"
        near = lambda text: json.loads(json.dumps(text).replace("us-east-1", region))
        self.bad("org", gateway(Principals=["arn:aws:organizations::111111111111:organization/o-a1b2c3d4e5"]), "have not enabled sharing", region=region)
        got = self.good("hub", gateway(Principals=[OTHER]), region=region)
        ram = self.client("ram", OTHER, region)
        for i in ram.get_resource_share_invitations()["resourceShareInvitations"]:
            ram.accept_resource_share_invitation(resourceShareInvitationArn=i["resourceShareInvitationArn"])
        spoke = self.good("spoke", near(attachment(got["Gateway"])), account=OTHER, region=region)
        link = {"A": r("AWS::EC2::TransitGatewayRouteTableAssociation", TransitGatewayAttachmentId=spoke["Attachment"], TransitGatewayRouteTableId=got["Table"])}
        self.bad("link", link, "IncorrectState", region=region)
        time.sleep(2)
        self.good("link-2", link, region=region)


if __name__ == "__main__":
    unittest.main()
