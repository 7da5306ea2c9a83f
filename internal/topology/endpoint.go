package topology

// VPCEndpointRecord is an AWS::EC2::VPCEndpoint.
type VPCEndpointRecord struct {
	Meta
	VPC, ServiceName string
	// ServiceRegion is the region of the service; "" is the endpoint's own.
	ServiceRegion string
	// Kind as EC2 names it: "Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork". "" is "Gateway".
	Kind string
	// State of a live one, in lower case.
	State                   string
	Subnets, Groups, Tables []string
	PrivateDNS              bool
	// Policy is the document, as JSON text or decoded; nil where there is none.
	Policy any
	// DNS are its names as AWS gives them, in order: the regional one comes first.
	DNS []EndpointName
	// IPAddressType and DNSRecordIPType are "ipv4", "dualstack", "ipv6" or "service-defined"; "" where nothing is said.
	IPAddressType, DNSRecordIPType string
	// PrivateDNSOnlyForInbound is the option of that name, as written; PrivateDNSPreference and PrivateDNSDomains likewise.
	PrivateDNSOnlyForInbound, PrivateDNSPreference string
	PrivateDNSDomains                              []string
}

// EndpointName is one entry of DnsEntries.
type EndpointName struct{ Name, HostedZone string }
