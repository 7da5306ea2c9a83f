package reach

import (
	"sharedhub/internal/prove"
	"sharedhub/internal/topology"
)

// Of looks at a network as it is.
func Of(net *topology.Network) *Result {
	r := prove.Reaches(net)
	out := &Result{Undecided: []Part{}, Ignored: r.Ignored}
	for _, v := range r.VPCs {
		vpc := VPC{Name: v.Name, Resource: v.Resource, Account: v.Account, Region: v.Region, CIDRs: v.CIDRs, Reaches: v.VPCs,
			Undecided: []string{}, Internet: v.Internet, InternetUndecided: []string{}, Outside: []string{}, Names: v.Names, Closed: v.Closed,
			NamesUndecided: []string{}}
		for _, to := range v.VPCs {
			vpc.Answers = append(vpc.Answers, Answer{To: to, Verdict: Yes})
		}
		out.VPCs = append(out.VPCs, vpc)
	}
	return out
}
