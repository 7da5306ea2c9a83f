package hub

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/awsfacts"
	"sharedhub/constructs/sharing"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/stackname"
)

// reads are what the stacks of a hub read of each other: a stack looks up each of the others at most once, in a carrier, and
// everything else in it refers to that.
type reads struct {
	joined map[string]stack.Joined // by the stack that has the outputs
	// carriers of a stack, in the order in which they are made.
	carriers map[string][]awsssm.CfnParameter
	// values are references within a stack, which are the same in every stack: carriers have one id for one purpose.
	values map[string]*string
}

// A source is a stack whose outputs others read.
type source struct{ stack, account, role string }

func (b *Hub) own(name string) source {
	return source{name, b.config.Account, stackname.HubReader(b.config.Name)}
}

// gateway has the Transit Gateway's tables. All who read them are in its account, so it has no role.
func (b *Hub) gateway() source {
	if h := b.config; h.GatewayElsewhere() {
		return source{stack: stackname.Gateway(h.Name), account: h.GatewayAccount()}
	}
	return b.own(stackname.Network(b.config.Name))
}

func (b *Hub) spoke(name, account string) source {
	return source{stackname.Spoke(b.config.Name, name), account, stackname.SpokeReader(b.config.Name, name)}
}

// Reader is a stack that reads outputs of others.
type Reader struct {
	Stack         awscdk.Stack
	Name, Account string
}

// ReadNetwork is an output of the hub's network stack, and ReadProfile one of its Profile's: the only one that the reader needs of it.
func (b *Hub) ReadNetwork(r Reader, output string) *string {
	return b.one(r, b.own(stackname.Network(b.config.Name)), output)
}

func (b *Hub) ReadProfile(r Reader, output string) *string {
	return b.one(r, b.own(stackname.Profile(b.config.Name)), output)
}

// one is an output of a stack, the only one that the reader needs of it.
func (b *Hub) one(r Reader, from source, output string) *string {
	if id := b.fixed[from.stack][output]; id != "" {
		return &id
	}
	return b.carry(r, from, output, "", output+" of "+from.stack)
}

// several are outputs of a hub's own stack by their names. The carrier's text says which, so that it is read again where another
// comes in: CloudFormation does not look at what stays as it was.
func (b *Hub) several(r Reader, from source, names []string) func(name string) *string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return b.fixed[from.stack][n] != "" })
	sum := sha256.Sum256([]byte(strings.Join(names, ",")))
	joined := map[string]*string{}
	for _, n := range names {
		in := b.reads.joined[from.stack][n]
		if in == "" {
			panic(fmt.Sprintf("stack %s has no output %s", from.stack, n))
		}
		if joined[in] == nil {
			joined[in] = b.carry(r, from, in, strings.TrimPrefix(in, stackname.Joined(0)),
				fmt.Sprintf("%d outputs of %s, in all %x", len(names), from.stack, sum[:4]))
		}
	}
	return func(name string) *string {
		if id := b.fixed[from.stack][name]; id != "" {
			return &id
		}
		in := b.reads.joined[from.stack][name]
		key := stackname.Carrier(b.config.Name, from.stack) + "/" + in + "/" + name
		if b.reads.values[key] == nil {
			b.reads.values[key] = stack.Part(joined[in], name)
		}
		return b.reads.values[key]
	}
}

// atOnce is how many carriers CloudFormation makes at a time: it looks their outputs up with DescribeStacks, one call a second
// or so an account (github.com/aws/aws-cdk/issues/38010), and Systems Manager takes three PutParameter a second.
const atOnce = 3

// carry makes the one resource of a stack that looks up an output of another.
func (b *Hub) carry(r Reader, from source, output, suffix, what string) *string {
	h, role := b.config, ""
	partition := awsfacts.MustPartition(h.Region).Name
	if r.Account != from.account {
		role = sharing.ReaderARN(partition, from.account, from.role)
	}
	if h.Revision > 0 {
		what = fmt.Sprintf("%s, revision %d", what, h.Revision)
	}
	id := stackname.Carrier(h.Name, from.stack) + suffix
	c := sharing.NewCarrier(r.Stack, id, &sharing.CarrierProps{
		ParameterName: fmt.Sprintf("/sharedhub/%s/outputs/%s/%s%s", h.Name, r.Name, from.stack, suffix), Description: what,
		Stack: from.stack, Output: output, Region: h.Region, RoleARN: role,
	})
	made := b.reads.carriers[r.Name]
	if i := len(made); i >= atOnce {
		c.Resource.AddResourceDependency(made[i-atOnce], nil)
	}
	b.reads.carriers[r.Name] = append(made, c.Resource)
	if b.reads.values[id] == nil { // Fn::GetAtt by name: what the construct gives belongs to its own stack
		b.reads.values[id] = awscdk.Token_AsString(awscdk.Fn_GetAtt(jsii.String(id), jsii.String("Value")), nil)
	}
	return b.reads.values[id]
}
