"""What the emulator takes and refuses, asked through boto3 as a client would.  python3 -m unittest"""
import json, os, re, subprocess, sys, time, unittest, urllib.request, uuid
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = os.path.dirname(os.path.abspath(__file__))
REGION = "us-east-1"


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
        c = self.client("cloudformation", *[kw[k] for k in ("account", "region") if k in kw])
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in c.list_stack_resources(StackName=name)["StackResourceSummaries"]}

    def bad(self, name, resources, words, **kw):
        status, why = self.deploy(name, resources, **kw)
        self.assertIn("ROLLBACK_COMPLETE", status)
        self.assertRegex(why, words)


def r(kind, depends=None, **props):
    return {"Type": kind, "Properties": props, **({"DependsOn": depends} if depends else {})}


def ref(x):
    return {"Ref": x}


VPC = {"Vpc": r("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True)}
SUBNET = {"Subnet": r("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", AvailabilityZone="us-east-1a")}


class Tests(Case):
    def test_times_of_profiles_are_numbers(self):
        got = self.good("profile", {"P": r("AWS::Route53Profiles::Profile", Name="p")})
        p = self.client("route53profiles").get_profile(ProfileId=got["P"])["Profile"]
        self.assertAlmostEqual(p["CreationTime"].timestamp(), time.time(), delta=600)


if __name__ == "__main__":
    unittest.main()
