package topology

// Types that open a way in or out of a network, or use a part of it for others, and that no record follows: a part of
// such a type that names one of a hub's parts is a mistake, whatever else it says. The words complete "the part …".
var (
	_ = opens("lets its clients into the subnet that it is associated with", "AWS::EC2::ClientVpnEndpoint",
		"AWS::EC2::ClientVpnTargetNetworkAssociation", "AWS::EC2::ClientVpnRoute", "AWS::EC2::ClientVpnAuthorizationRule")
	_ = opens("lets people into the subnet from outside", "AWS::EC2::InstanceConnectEndpoint")
	_ = opens("lets people reach hosts in the VPC from outside (Verified Access)", "AWS::EC2::VerifiedAccessEndpoint",
		"AWS::EC2::VerifiedAccessGroup", "AWS::EC2::VerifiedAccessInstance")
	_ = opens("brings in a VPN, and the ranges that its other end announces", "AWS::EC2::VPNConnection", "AWS::EC2::VPNConnectionRoute",
		"AWS::EC2::VPNGateway", "AWS::EC2::VPNConcentrator")
	_ = opens("puts the ranges that a virtual private gateway learns into the route table", "AWS::EC2::VPNGatewayRoutePropagation")
	_ = opens("brings in Direct Connect, and the ranges that its other end announces", "AWS::DirectConnect::DirectConnectGatewayAssociation",
		"AWS::DirectConnect::PrivateVirtualInterface", "AWS::DirectConnect::TransitVirtualInterface")
	_ = opens("writes the routes of a route server into route tables", "AWS::EC2::RouteServer", "AWS::EC2::RouteServerAssociation",
		"AWS::EC2::RouteServerEndpoint", "AWS::EC2::RouteServerPeer", "AWS::EC2::RouteServerPropagation")
	_ = opens("sends what comes in by a gateway through a route table of its own", "AWS::EC2::GatewayRouteTableAssociation")
	_ = opens("joins a Cloud WAN core network, and exchanges routes with it", "AWS::NetworkManager::TransitGatewayPeering",
		"AWS::NetworkManager::TransitGatewayRouteTableAttachment", "AWS::NetworkManager::VpcAttachment",
		"AWS::NetworkManager::ConnectAttachment", "AWS::NetworkManager::ConnectPeer", "AWS::NetworkManager::SiteToSiteVpnAttachment",
		"AWS::NetworkManager::DirectConnectGatewayAttachment", "AWS::NetworkManager::CoreNetwork",
		"AWS::NetworkManager::CoreNetworkPrefixListAssociation")
	_ = opens("joins another Transit Gateway", "AWS::EC2::TransitGatewayPeeringAttachment")
	_ = opens("lets an appliance exchange packets and routes with the Transit Gateway", "AWS::EC2::TransitGatewayConnect",
		"AWS::EC2::TransitGatewayConnectPeer")
	_ = opens("passes multicast packets between the subnets of its members", "AWS::EC2::TransitGatewayMulticastDomain",
		"AWS::EC2::TransitGatewayMulticastDomainAssociation", "AWS::EC2::TransitGatewayMulticastGroupMember",
		"AWS::EC2::TransitGatewayMulticastGroupSource")
	_ = opens("sends packets by policy rules that are not in the templates", "AWS::EC2::TransitGatewayPolicyTable")
	_ = opens("translates the addresses of packets that pass the attachment", "AWS::EC2::TransitGatewayAttachmentNatConfiguration")
	_ = opens("translates the addresses of hosts in other subnets, and leads out of the VPC", "AWS::EC2::NatGateway")
	_ = opens("leads out of the VPC for IPv6", "AWS::EC2::EgressOnlyInternetGateway")
	_ = opens("leads to a mobile carrier's network", "AWS::EC2::CarrierGateway")
	_ = opens("leads to the network beside an Outpost", "AWS::EC2::LocalGatewayRouteTableVPCAssociation", "AWS::EC2::LocalGatewayRoute")
	_ = opens("lets other VPCs reach services by VPC Lattice", "AWS::VpcLattice::ServiceNetworkVpcAssociation",
		"AWS::VpcLattice::ServiceNetwork", "AWS::VpcLattice::TargetGroup", "AWS::VpcLattice::Service")
	_ = opens("lets other VPCs reach addresses in or behind the VPC by VPC Lattice", "AWS::VpcLattice::ResourceGateway",
		"AWS::VpcLattice::ResourceConfiguration", "AWS::VpcLattice::ServiceNetworkResourceAssociation")
	_ = opens("copies the packets of a network interface to another host", "AWS::EC2::TrafficMirrorSession", "AWS::EC2::TrafficMirrorTarget",
		"AWS::EC2::TrafficMirrorFilter", "AWS::EC2::TrafficMirrorFilterRule")
	_ = opens("puts firewall endpoints into subnets, which drop or pass packets by rules that nothing here reads",
		"AWS::NetworkFirewall::Firewall", "AWS::NetworkFirewall::VpcEndpointAssociation")
	_ = opens("puts an interface into the subnet, by which a host of any VPC may pass on packets", "AWS::EC2::NetworkInterface",
		"AWS::EC2::NetworkInterfaceAttachment", "AWS::EC2::NetworkInterfacePermission")
	_ = opens("runs a host in the subnet, which may pass on packets", "AWS::EC2::Instance", "AWS::EC2::EC2Fleet", "AWS::EC2::SpotFleet",
		"AWS::AutoScaling::AutoScalingGroup")
	_ = opens("listens in subnets, and passes packets on to its targets", "AWS::ElasticLoadBalancing::LoadBalancer")
	_ = opens("gives a host a public address", "AWS::EC2::EIP", "AWS::EC2::EIPAssociation")
	_ = opens("lets anybody reach hosts in the VPC by addresses of AWS's edge", "AWS::GlobalAccelerator::EndpointGroup",
		"AWS::GlobalAccelerator::Accelerator")
	_ = opens("puts a security group of one VPC to use in another", "AWS::EC2::SecurityGroupVpcAssociation")
	_ = opens("gives a subnet an IPv6 range", "AWS::EC2::SubnetCidrBlock")
)

func opens(way string, names ...string) bool {
	for _, n := range names {
		declare(Type{Name: n, Opens: way})
	}
	return true
}
