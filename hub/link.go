package hub

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"sharedhub/constructs/transit"
	"sharedhub/internal/app/stack"
	"sharedhub/internal/config"
	"sharedhub/internal/stackname"
)

// Link makes the stack that gives a spoke's attachment its place in the gateway's tables. A detached spoke keeps the
// stack, with nothing in it, so that a deployment takes its routes away.
func (b *Hub) Link(spoke *config.Spoke) awscdk.Stack {
	h := b.config
	s := stack.New(b.app, h, &stack.Props{
		Name:        stackname.Link(h.Name, spoke.Name),
		Description: fmt.Sprintf("Routing of spoke %s at the shared-services hub %s", spoke.Name, h.Name),
		Account:     h.GatewayAccount(), Protect: spoke.Protect, Tags: map[string]string{"spoke": spoke.Name, "segment": spoke.Segment},
	})
	if !spoke.Attached() {
		b.placeholder(s, spoke.Name, "Left by a detached spoke; it goes with its stack")
		return s
	}
	peers := append([]string{stackname.HubTable}, h.Peers(spoke.Segment)...)
	var ids []string
	for _, t := range append([]string{spoke.Segment}, peers...) {
		ids = append(ids, stackname.Table(t))
	}
	slices.Sort(ids)
	reader := Reader{s, stackname.Link(h.Name, spoke.Name), h.GatewayAccount()}
	gateway := b.several(reader, b.gateway(), slices.Compact(ids))
	table := func(name string) *string { return gateway(stackname.Table(name)) }
	tables := map[string]*string{}
	for _, name := range peers {
		tables[name] = table(name)
	}
	attachment := b.one(reader, b.spoke(spoke.Name, spoke.Account), stackname.AttachmentID)
	transit.NewRouting(s, "Routing", routing(spoke.Routing(), attachment, table(spoke.Segment), tables, spoke.Ranges()...))
	return s
}

// placeholder stands in a stack that has been emptied: CloudFormation wants at least one resource. A standard SSM
// parameter is free, and says what happened to whoever looks.
func (b *Hub) placeholder(s awscdk.Stack, of, why string) {
	awsssm.NewCfnParameter(s, jsii.String("Detached"), &awsssm.CfnParameterProps{
		Type: jsii.String("String"), Name: jsii.String(fmt.Sprintf("/sharedhub/%s/%s/state", b.config.Name, of)), Value: jsii.String("detached"),
		Description: jsii.String(why),
	})
}
