package topology

// ShareRecord is an AWS::RAM::ResourceShare.
type ShareRecord struct {
	Meta
	Resources, Principals, Permissions []string
	// External is true where accounts outside the organization may be principals.
	External bool
}
