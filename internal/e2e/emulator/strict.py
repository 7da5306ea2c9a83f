"""Where AWS is stricter than what the configuration in config/ meets today, or than tests of another thing can pay for.

EMULATOR_STRICT   what to switch on, comma-separated: NAME, NAME=NUMBER, or all

What is always on is not listed here. Each line says what, with its source.
"""
import os

KNOWN = {
    # Fn::GetStackOutput is looked up once an occurrence, a DescribeStacks call each; 75 of them failed a deployment with
    # Throttling (github.com/aws/aws-cdk/issues/38010). The number is of one stack operation: the emulator is faster than AWS.
    "lookups": 60,
    # CloudFormation compares the text of a resource to see whether it changed, and nothing says that it looks Fn::GetStackOutput up
    # where the text is the same (template reference, Fn::GetStackOutput: a weak reference). The value then stays as it was.
    "unread": None,
    # Route 53 takes five requests a second of an account, over all regions (Route 53 developer guide, "Quotas"), and the
    # CloudFormation handlers do not try again (github.com/awslabs/landing-zone-accelerator-on-aws/issues/656). CloudFormation
    # starts at once what waits for nothing: the number is of the requests for resources of one step of the dependencies.
    "route53": 5,
    # VPCs, gateway endpoints, Transit Gateways a region; interface endpoints a VPC; hosted zones an account
    # (Amazon VPC user guide, "Amazon VPC quotas"; AWS PrivateLink guide; Transit Gateway guide; Route 53 guide).
    "quotas": None,
    # An association needs an attachment that is available (CloudFormation, AWS::EC2::TransitGatewayRouteTableAssociation).
    # The number is the seconds that an attachment of another account takes.
    "attachments": 5,
    # Names that exist already are refused when the change set is made, and nothing is begun
    # (github.com/aws/aws-cdk-cli/issues/1000; CloudFormation user guide, "Validate stack deployments").
    "names": None,
    # The roles of `cdk bootstrap` let in only whom they trust (STS API, AssumeRole).
    "roles": None,
}


def _read(text):
    on = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, number = part.partition("=")
        if name == "all":
            on.update(KNOWN)
        elif name in KNOWN and (not number or KNOWN[name] is not None and number.isdigit()):
            on[name] = int(number) if number else KNOWN[name]
        else:
            raise SystemExit(f"EMULATOR_STRICT: {part!r} is none of {', '.join(KNOWN)}, all")
    return on


_on = _read(os.environ.get("EMULATOR_STRICT", ""))


def on(name):
    assert name in KNOWN, name
    return name in _on


def limit(name):
    return _on[name]
