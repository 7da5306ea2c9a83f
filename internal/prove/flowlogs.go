package prove

import (
	"slices"

	"sharedhub/internal/config"
	"sharedhub/internal/topology"
)

// spokeFlowLogs checks those of a spoke. A VPC that exists may have others beside the configured one.
func (p *prover) spokeFlowLogs(m *member) {
	if m.spoke.Existing == nil {
		p.vpcFlowLogs(m.subject, m.vpc, m.spoke.FlowLogs)
	} else {
		p.logsAmongOthers(m.subject, m.vpc, m.spoke.FlowLogs)
	}
}

// logsAmongOthers checks that a VPC that exists has the configured flow log.
func (p *prover) logsAmongOthers(subject string, v *topology.VPC, want config.FlowLogs) {
	if have := p.net.FlowLogs[v.ID]; !want.Off() && !slices.ContainsFunc(have, func(l topology.FlowLog) bool { return asWanted(l, want) }) {
		p.add(codeLogs, subject, v.Source, "no flow log of the VPC records ALL packets to %s, kept %d days", logPlace(want.Bucket),
			want.RetentionDays)
	}
}

func asWanted(l topology.FlowLog, want config.FlowLogs) bool {
	return l.Traffic == "ALL" && l.Bucket == want.Bucket && l.RetentionDays == want.RetentionDays && l.KMSKey == want.KMSKey
}

// vpcFlowLogs checks those of a VPC, and that its subnets have none of their own.
func (p *prover) vpcFlowLogs(subject string, v *topology.VPC, want config.FlowLogs) {
	for _, s := range v.Subnets {
		for _, l := range p.net.FlowLogs[s.ID] {
			p.add(codeLogs, subject, l.Source, "expected no flow log of %s, found one: flow logs are of whole VPCs", describe(s))
		}
	}
	p.flowLogs(subject, "", v.ID, v.Source, want)
}

// logPlace is where packets are recorded, for people.
func logPlace(bucket string) string {
	if bucket == "" {
		return "CloudWatch Logs"
	}
	return "bucket " + topology.Plain(bucket)
}

// flowLogs checks that packets of a VPC or a Transit Gateway are recorded as configured: all of them, to the configured place.
func (p *prover) flowLogs(subject, of, id string, at topology.Source, want config.FlowLogs) {
	have := p.net.FlowLogs[id]
	switch {
	case want.Off() && len(have) > 0:
		p.add(codeLogs, subject, have[0].Source, "expected no flow log%s, found %d", of, len(have))
	case !want.Off() && len(have) != 1:
		p.add(codeLogs, subject, at, "expected one flow log%s, found %d", of, len(have))
	case !want.Off():
		if l := have[0]; l.KMSKey != want.KMSKey {
			p.add(codeLogs, subject, l.Source, "flow log: expected a log group with key %q, found %q", want.KMSKey, topology.Plain(l.KMSKey))
		}
		if l := have[0]; l.Traffic != "ALL" || l.Bucket != want.Bucket || l.RetentionDays != want.RetentionDays {
			p.add(codeLogs, subject, l.Source, "flow log%s: expected ALL packets to %s, kept %d days; found %s packets to %s, kept %d days",
				of, logPlace(want.Bucket), want.RetentionDays, l.Traffic, logPlace(l.Bucket), l.RetentionDays)
		}
	}
}

// strayLogs refuses flow logs that no file names: those that the hubs' stacks make of anything but what they make whole, VPCs and
// Transit Gateways, whose logs are judged with them; and anybody's of an attachment or an interface that the hubs' stacks make. What an
// owner records of a VPC that exists is not judged.
func (p *prover) strayLogs() {
	for _, id := range sortedKeys(p.net.FlowLogs) {
		if p.logsJudged(id) {
			continue
		}
		for _, l := range p.net.FlowLogs[id] {
			made := slices.IndexFunc(p.scenes, func(sc *scene) bool { return p.stackOf(sc.hub, l.Source.Stack) })
			of := slices.IndexFunc(p.scenes, func(sc *scene) bool { return p.madeBy(sc, id) })
			i := max(made, of)
			if i < 0 {
				continue
			}
			subject, want := p.recorded(p.scenes[i], id)
			switch {
			case want.Off():
				p.add(codeLogs, subject, l.Source, "expected no flow log of %s, found one: %s packets to %s", topology.Plain(id), l.Traffic,
					logPlace(l.Bucket))
			case !asWanted(l, want):
				p.add(codeLogs, subject, l.Source, "a stack makes a flow log of %s: expected ALL packets to %s, kept %d days; found %s packets to "+
					"%s, kept %d days", topology.Plain(id), logPlace(want.Bucket), want.RetentionDays, l.Traffic, logPlace(l.Bucket), l.RetentionDays)
			}
		}
	}
}

// logsJudged is true for what all flow logs are judged of: a hub's Transit Gateway, a VPC that a stack makes, and its subnets.
func (p *prover) logsJudged(id string) bool {
	return slices.ContainsFunc(p.scenes, func(sc *scene) bool {
		whole := func(v *topology.VPC) bool {
			return !p.standing[v] && (v.ID == id || slices.ContainsFunc(v.Subnets, func(s *topology.Subnet) bool { return s.ID == id }))
		}
		return sc.transitGateway.ID == id || whole(sc.vpc) || slices.ContainsFunc(sc.spokes, func(m *member) bool { return whole(m.vpc) })
	})
}

// madeBy is true for a part that a hub's stacks make: an attachment, or an interface, which an attribute of its endpoint names.
func (p *prover) madeBy(sc *scene, id string) bool {
	if a := p.net.Attachments[id]; a != nil {
		return p.stackOf(sc.hub, a.Source.Stack)
	}
	return p.stackOf(sc.hub, topology.StackOf(id))
}

// recorded says whose a part is, and which flow logs the files ask of it.
func (p *prover) recorded(sc *scene, id string) (string, config.FlowLogs) {
	none := config.FlowLogs{To: config.FlowLogsToNone}
	for _, sc := range p.scenes {
		if sc.vpc.ID == id {
			return sc.subject, sc.hub.FlowLogs
		}
		for _, m := range sc.spokes {
			if m.vpc.ID == id {
				return m.subject, m.spoke.FlowLogs
			}
		}
	}
	if a := p.net.Attachments[id]; a != nil && sc.byVPC[a.VPC] != nil {
		return sc.byVPC[a.VPC].subject, none
	}
	return sc.subject, none
}
