package topology

// TransitGatewayRecord is an AWS::EC2::TransitGateway.
type TransitGatewayRecord struct {
	Meta
	ARN                                                string
	AutoAccept, DefaultAssociation, DefaultPropagation bool
	// DefaultAssociationTable and DefaultPropagationTable are the tables' ids; of a template, what GetAtt gives.
	DefaultAssociationTable, DefaultPropagationTable string
}

// TransitGatewayRouteTableRecord is an AWS::EC2::TransitGatewayRouteTable.
type TransitGatewayRouteTableRecord struct {
	Meta
	TransitGateway string
}

// TransitGatewayAttachmentRecord is an AWS::EC2::TransitGatewayAttachment or …VpcAttachment. The VPC's owner knows the
// subnets, the gateway's owner the state and the kind: records of both with one id are put together. Meta.Account is the
// account of what is attached.
type TransitGatewayAttachmentRecord struct {
	Meta
	TransitGateway string
	// Kind of what is attached, as EC2 names it: "vpc", "vpn", "peering", "direct-connect-gateway", "connect"… "" is "vpc".
	Kind string
	// VPC is the id of what is attached, a VPC or not.
	VPC     string
	Subnets []string
	// State of a live one.
	State string
	// ApplianceMode keeps both directions of a flow in one availability zone.
	ApplianceMode bool
	// DNSSupport and IPv6Support as written, "" where nothing is said.
	DNSSupport, IPv6Support, SecurityGroupReferencing string
}

// TransitGatewayRouteTableAssociationRecord is an AWS::EC2::TransitGatewayRouteTableAssociation.
type TransitGatewayRouteTableAssociationRecord struct {
	Meta
	Attachment, Table string
}

// TransitGatewayRouteTablePropagationRecord is an AWS::EC2::TransitGatewayRouteTablePropagation.
type TransitGatewayRouteTablePropagationRecord struct {
	Meta
	Attachment, Table string
}

// TransitGatewayRouteRecord is an AWS::EC2::TransitGatewayRoute.
type TransitGatewayRouteRecord struct {
	Meta
	Table, CIDR string
	// Attachment it leads to; "" for a blackhole.
	Attachment string
	Blackhole  bool
}
