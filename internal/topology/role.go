package topology

// RoleRecord is an AWS::IAM::Role.
type RoleRecord struct {
	Meta
	ARN string
	// Trust and Policies are documents, as JSON text or decoded.
	Trust    any
	Policies []any
	// ManagedPolicies and Boundary are ARNs.
	ManagedPolicies []string
	Boundary        string
}
