package topology

// R53ProfileRecord is an AWS::Route53Profiles::Profile.
type R53ProfileRecord struct {
	Meta
	ARN string
}

// R53ProfileResourceAssociationRecord is an AWS::Route53Profiles::ProfileResourceAssociation.
type R53ProfileResourceAssociationRecord struct {
	Meta
	Profile, ResourceARN string
}

// R53ProfileAssociationRecord is an AWS::Route53Profiles::ProfileAssociation. Both sides list it; records with one id are
// one. Meta.Account is the account that made it.
type R53ProfileAssociationRecord struct {
	Meta
	Profile, VPC string
}
