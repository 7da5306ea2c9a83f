package reach

import (
	"fmt"
	"testing"
	"time"

	"sharedhub/internal/assembly"
	"sharedhub/internal/topology"
)

// large is n VPCs of three zones on one gateway, each with a table for each subnet, as the CDK's L2 VPC writes them.
func large(n int) *app {
	a := &app{}
	hub := a.stack("Hub").gateway("Tgw", true)
	gateway := hub.export("Tgw")
	for i := range n {
		s := a.stack(fmt.Sprintf("S%d", i))
		id := fmt.Sprintf("V%d", i)
		s.add(id, "AWS::EC2::VPC", m{"CidrBlock": fmt.Sprintf("10.%d.%d.0/24", i/256, i%256), "Tags": list(m{"Key": "Name", "Value": id})})
		var subnets []any
		for j, z := range []string{zoneA, zoneB, "us-east-1c"} {
			name := fmt.Sprintf("%sN%d", id, j)
			s.table(name+"T", id).subnet(name, id, fmt.Sprintf("10.%d.%d.%d/26", i/256, i%256, j*64), z, name+"T")
			s.route(name+"T", "10.0.0.0/8", toTGW, gateway)
			subnets = append(subnets, ref(name))
		}
		s.add(id+"At", "AWS::EC2::TransitGatewayAttachment", m{"VpcId": ref(id), "SubnetIds": subnets, "TransitGatewayId": gateway})
	}
	return a
}

// All pairs of 300 VPCs are judged in a moment.
func TestThreeHundred(t *testing.T) {
	a, err := assembly.Read(large(300).write(t))
	if err != nil {
		t.Fatal(err)
	}
	net := topology.Link(a.Records())
	began := time.Now()
	r := Of(net)
	took := time.Since(began)
	t.Logf("300 VPCs in %s", took)
	if len(r.VPCs) != 300 || len(r.VPCs[7].Reaches) != 299 {
		t.Errorf("expected each VPC to reach all others, found %d", len(r.VPCs[7].Reaches))
	}
	if took > 20*time.Second { // about a second alone
		t.Errorf("expected less than 20 s, found %s", took)
	}
}
