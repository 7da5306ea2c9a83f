package report

import (
	"fmt"
	"slices"
	"strings"
)

// Control is what an auditor asks for, and what this report has to say of it. No report says that a control is met: people and
// procedures are a part of each.
type Control struct {
	Framework string `json:"framework"`
	Number    string `json:"number"`
	// Asks is what it asks for, in our words, and Source where its own are.
	Asks   string `json:"asks"`
	Source string `json:"source"`
	// Status is what this network has to do with it.
	Status Status `json:"status"`
	// Shows is what the report shows of it, and where; DoesNotShow what remains to be shown elsewhere.
	Shows       string `json:"shows"`
	DoesNotShow string `json:"doesNotShow"`
}

// Status of a control.
type Status string

const (
	// Supports: what Shows says is so in this network, and is evidence for a part of what the control asks.
	Supports Status = "supports"
	// Against: this network is not as the control asks.
	Against Status = "against"
	// Unknown: it could not be told.
	Unknown Status = "unknown"
)

// evidence is what a part of the report says: whether it is so, and the numbers.
type evidence func(r *Report) (Status, string)

// framework is a set of controls, with where its text was read.
type framework struct {
	name, source string
	controls     []control
}

type control struct {
	number, asks string
	// source in the framework's own text; default: the framework's.
	source   string
	evidence evidence
	not      string
}

const (
	pci  = "https://www.pcisecuritystandards.org/document_library/ (PCI DSS v4.0.1, June 2024)"
	cfr  = "https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C/section-164."
	gdpr = "https://eur-lex.europa.eu/eli/reg/2016/679/oj (Article 32)"
	fsbp = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-"
)

// frameworks are those that auditors of such networks ask for. Each number and what it asks was compared with a public text:
//
//   - PCI DSS: titles of v4.0 in ComplianceAsCode/content, controls/pcidss_4.yml, and the requirements of v4.0.1 as withpci.com and
//     myctrl.tools print them; 11.4.6 and 12.5.2.1 ask service providers for the same every six months. The standard itself is behind a
//     form of PCI SSC's.
//   - HIPAA: 45 CFR 164.308 and 164.312, as govinfo.gov (2019-10-01) and law.cornell.edu print them.
//   - GDPR: Regulation (EU) 2016/679, Article 32, as gdprhub.eu prints it.
//   - FSBP: the list of controls of the Security Hub user guide.
var frameworks = []framework{
	{"PCI DSS 4.0", pci, []control{
		{"1.2.3", "a current network diagram shows all connections between the cardholder data environment and other networks", "", connections,
			"which segments hold cardholder data; wireless networks; connections of workloads that are no VPC attachment"},
		{"1.2.5", "every allowed service, protocol and port is known, approved and needed", "", services,
			"that somebody approved each, and its business need: the review of the pull request that added it is the place"},
		{"1.2.7", "configurations of network security controls are reviewed at least every six months", "", comparable,
			"that people reviewed them; keep this report with the review's date and names"},
		{"1.2.8", "configuration files are protected, and agree with the active network", "", agrees,
			"who may change the files: the repository's rules and CODEOWNERS say that"},
		{"1.3.1", "traffic into the cardholder data environment is limited to what is needed, and all other is denied", "", segmentation,
			"security groups of the workloads, which decide by port and protocol within what routes allow"},
		{"1.3.2", "traffic out of the cardholder data environment is limited to what is needed, and all other is denied", "", outbound,
			"what applications send to the services that they reach; a policy of an endpoint bounds whose resources, not which data"},
		{"1.4.1", "network security controls stand between trusted and untrusted networks", "", internet,
			"networks that are reached by no VPC, such as offices and partners"},
		{"1.4.2", "traffic from untrusted networks to trusted ones is limited to public services and answers", "", internet,
			"services that are published otherwise, such as a load balancer in a VPC that is not attached here"},
		{"1.4.4", "systems that store cardholder data are not directly accessible from untrusted networks", "", internet,
			"which systems store it, and databases outside any VPC"},
		{"10.5.1", "audit logs are kept for at least 12 months, three of them at hand", "", retention,
			"logs of systems and applications, CloudTrail among them; flow logs are one kind. Of a bucket, its lifecycle decides"},
		{"11.4.5", "segmentation is tested by penetration tests at least once a year, and after changes of it", "", segmentation,
			"a penetration test: this is an analysis of the configuration, and no packet was sent"},
		{"12.5.2", "the scope is documented and confirmed at least once a year, with all segmentation controls in use", "", scope,
			"data flows, and that people confirmed the scope"},
	}},
	{"HIPAA Security Rule", cfr + "308 and section-164.312", []control{
		{"164.308(a)(1)(ii)(D)", "records of information system activity are reviewed regularly", cfr + "308", logged,
			"that anybody reviews them, and any log but flow logs"},
		{"164.308(a)(8)", "technical and nontechnical evaluations are made periodically and after changes", cfr + "308", comparable,
			"the evaluation of anything but the network, and its period"},
		{"164.312(a)(1)", "only persons and programs with granted rights have access to systems with health information", cfr + "312", access,
			"identities, their rights, and systems themselves: the network bounds from where they are reached"},
		{"164.312(b)", "mechanisms record and examine activity in systems with health information", cfr + "312", logged,
			"activity in applications and databases; flow logs hold addresses and ports, and no content"},
		{"164.312(e)(1)", "health information is guarded against unauthorised access while it is transmitted", cfr + "312", private,
			"encryption between workloads, which the network does not enforce"},
		{"164.312(e)(2)(ii)", "health information is encrypted where that is appropriate (addressable)", cfr + "312", encryption,
			"that applications use TLS, and encryption of stored data other than flow logs"},
	}},
	{"GDPR", gdpr, []control{
		{"Art. 32(1)(a)", "personal data is pseudonymised and encrypted as appropriate", "", encryption,
			"pseudonymisation, and encryption by applications"},
		{"Art. 32(1)(b)", "confidentiality, integrity, availability and resilience are ensured", "", segmentation,
			"integrity of data, and availability beyond the availability zones of the endpoints"},
		{"Art. 32(1)(d)", "measures are tested, assessed and evaluated regularly", "", comparable,
			"measures other than the network, and how often this is done"},
		{"Art. 32(2)", "the risks of unauthorised disclosure of and access to transmitted data are accounted for", "", private,
			"the assessment of the risk, which is the controller's and the processor's"},
	}},
	{"AWS Foundational Security Best Practices", "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html", []control{
		{"EC2.2", "default security groups of VPCs allow no traffic", fsbp + "2", defaultGroups,
			"default groups of VPCs that are not in this configuration"},
		{"EC2.6", "every VPC has flow logs", fsbp + "6", logged,
			"VPCs of the accounts that are not in this configuration, such as default VPCs"},
		{"EC2.10", "every VPC has an endpoint for Amazon EC2", fsbp + "10", endpointOf("ec2"),
			"Security Hub looks for an endpoint in each VPC, and knows no central ones: it reports FAILED for spokes that use the hub's"},
		{"EC2.15", "subnets assign no public addresses", fsbp + "15", unread(internet),
			"the setting MapPublicIpOnLaunch, which is not read: without an internet gateway such an address carries nothing"},
		{"EC2.18", "security groups admit unrestricted traffic on authorised ports only", fsbp + "18", unrestricted,
			"security groups of the workloads"},
		{"EC2.19", "security groups do not open ports with high risk to everybody", fsbp + "19", unrestricted,
			"security groups of the workloads"},
		{"EC2.23", "Transit Gateways do not accept attachments by themselves", fsbp + "23", autoAccept,
			"who may attach within the accounts that the gateway is shared with: their IAM policies say that"},
		{"EC2.55", "every VPC has an endpoint for ECR's API", fsbp + "55", endpointOf("ecr.api"), "as of EC2.10"},
		{"EC2.56", "every VPC has an endpoint for ECR's Docker registry", fsbp + "56", endpointOf("ecr.dkr"), "as of EC2.10"},
		{"EC2.57", "every VPC has an endpoint for Systems Manager", fsbp + "57", endpointOf("ssm"), "as of EC2.10"},
		{"EC2.58", "every VPC has an endpoint for Systems Manager Incident Manager Contacts", fsbp + "58", endpointOf("ssm-contacts"),
			"as of EC2.10"},
		{"EC2.60", "every VPC has an endpoint for Systems Manager Incident Manager", fsbp + "60", endpointOf("ssm-incidents"), "as of EC2.10"},
		{"EC2.172", "VPC Block Public Access blocks internet gateway traffic", fsbp + "172", unread(internet),
			"the account's setting of Block Public Access, which is not read"},
	}},
}

// controls answers all of them.
func controls(r *Report) []Control {
	var out []Control
	for _, f := range frameworks {
		for _, c := range f.controls {
			status, shows := c.evidence(r)
			source := c.source
			if source == "" {
				source = f.source
			}
			out = append(out, Control{f.name, c.number, c.asks, source, status, shows, c.not})
		}
	}
	return out
}

// of is the status where what is asked for is so, unless it is not.
func of(holds bool) Status {
	if holds {
		return Supports
	}
	return Against
}

// vpcs counts those that were found: hubs and spokes.
func vpcs(r *Report) (n int) {
	for _, h := range r.Hubs {
		if h.Found {
			n++
		}
		for _, s := range h.Spokes {
			if s.Group != "" {
				n++
			}
		}
	}
	return n
}

func connections(r *Report) (Status, string) {
	return proved(r), fmt.Sprintf("all attachments, routes and shares of %s, as a matrix of segments and a list of what each spoke reaches: "+
		"sections Segments, Spokes, Exposure and Shares", count(vpcs(r), "VPC"))
}

func services(r *Report) (Status, string) {
	n, ports := 0, map[int]bool{}
	for _, h := range r.Hubs {
		for _, s := range h.Services {
			n++
			for _, p := range s.Ports {
				ports[p] = true
			}
		}
	}
	var list []int
	for p := range ports {
		list = append(list, p)
	}
	slices.Sort(list)
	return proved(r), fmt.Sprintf("%s with their names, TCP ports (%s), the ranges that they admit and their policies: section Endpoints",
		count(n, "endpoint"), strings.Trim(fmt.Sprint(list), "[]"))
}

func proved(r *Report) Status { return of(r.Holds) }

// comparable is evidence that can be made again, and compared.
func comparable(r *Report) (Status, string) {
	return Supports, "this report is made anew by one command, and equal networks have equal reports; configuration " +
		short(r.Evidence.Digest)
}

func short(digest string) string {
	if len(digest) > 19 {
		return digest[:19] + "…"
	}
	return digest
}

func agrees(r *Report) (Status, string) {
	if r.Live == nil {
		return Unknown, "the templates agree with the files; the live network was not looked at: make the report with --live"
	}
	n := len(r.Live.Differences)
	if len(r.Live.Unseen) > 0 {
		return Unknown, fmt.Sprintf("%s could not be read; %s in the rest", count(len(r.Live.Unseen), "account or region"),
			count(n, "difference"))
	}
	return of(n == 0), fmt.Sprintf("%s between the live network and the files", count(n, "difference"))
}

// cells counts those of the matrix that are as configured.
func cells(r *Report, with func(Cell) bool) (good, all int) {
	for _, h := range r.Hubs {
		for _, c := range h.Matrix {
			if with(c) {
				all++
				if c.AsExpected {
					good++
				}
			}
		}
	}
	return good, all
}

func segmentation(r *Report) (Status, string) {
	good, all := cells(r, func(Cell) bool { return true })
	return of(good == all && r.Holds), fmt.Sprintf("%d of %d pairs of segments and other networks are as configured, and what is not "+
		"configured is not reached: section Segments", good, all)
}

func outbound(r *Report) (Status, string) {
	good, all := cells(r, func(c Cell) bool { return c.To == toInternet || c.To == toOutside || c.To == toOthers })
	bounded, endpoints := bounded(r)
	return of(good == all), fmt.Sprintf("no segment reaches the internet or networks elsewhere in %d of %d cases; %d of %d endpoints have a "+
		"policy of their own", good, all, bounded, endpoints)
}

// bounded counts endpoints with a policy of their own.
func bounded(r *Report) (n, all int) {
	for _, h := range r.Hubs {
		for _, s := range h.Services {
			all++
			if s.Policy != openPolicy {
				n++
			}
		}
	}
	return n, all
}

func internet(r *Report) (Status, string) {
	var open []string
	for _, h := range r.Hubs {
		for _, e := range h.Exposure {
			open = append(open, e.What)
		}
	}
	if len(open) > 0 {
		return Against, count(len(open), "way") + " in or out beside the hub: " + few(open, 3) + ": section Exposure"
	}
	return proved(r), fmt.Sprintf("%s have no internet gateway, no NAT gateway, no route to the internet, no VPN, no peering and no IPv6 "+
		"range: section Exposure", count(vpcs(r), "VPC"))
}

// unread is what a part of the report says for a control about a setting that is not read.
func unread(e evidence) evidence {
	return func(r *Report) (Status, string) {
		status, text := e(r)
		if status == Supports {
			status = Unknown
		}
		return status, text
	}
}

func private(r *Report) (Status, string) {
	status, text := internet(r)
	if status == Against {
		return status, text
	}
	return status, "services of AWS are reached through endpoints by private addresses; " + text
}

func logged(r *Report) (Status, string) {
	with, without := 0, 0
	for _, h := range r.Hubs {
		for _, l := range h.Logs {
			switch {
			case l.Gateway:
			case l.To == "":
				without += len(l.Of)
			default:
				with += len(l.Of)
			}
		}
	}
	return of(without == 0 && with > 0), fmt.Sprintf("%d of %d VPCs have flow logs: section Flow logs", with, with+without)
}

func retention(r *Report) (Status, string) {
	short, bucket, none, enough := 0, 0, 0, 0
	for _, h := range r.Hubs {
		for _, l := range h.Logs {
			n := len(l.Of)
			switch {
			case l.Gateway:
			case l.To == "":
				none += n
			case !l.Group:
				bucket += n
			case l.RetentionDays > 0 && l.RetentionDays < 365:
				short += n
			default:
				enough += n
			}
		}
	}
	text := fmt.Sprintf("flow logs of %d VPCs are kept 365 days or more, of %d fewer, of %d in a bucket; %d have none", enough, short, bucket,
		none)
	switch {
	case short+none > 0:
		return Against, text
	case bucket > 0:
		return Unknown, text
	}
	return Supports, text
}

func encryption(r *Report) (Status, string) {
	own, aws, bucket := 0, 0, 0
	for _, h := range r.Hubs {
		for _, l := range h.Logs {
			switch {
			case l.To == "":
			case !l.Group:
				bucket += len(l.Of)
			case l.Key != "":
				own += len(l.Of)
			default:
				aws += len(l.Of)
			}
		}
	}
	return Unknown, fmt.Sprintf("log groups of flow logs: %d with a key of the customer's, %d with CloudWatch's own; %d in buckets, whose "+
		"settings are not read. AWS's endpoints take TLS on the ports that section Endpoints lists", own, aws, bucket)
}

func access(r *Report) (Status, string) {
	n, all := bounded(r)
	none := len(r.Proof.NoPolicyPossible)
	return proved(r), fmt.Sprintf("which networks reach which: section Segments; %d of %d endpoints have a policy, %d services take none: "+
		"section Endpoints", n, all, none)
}

func scope(r *Report) (Status, string) {
	segments := 0
	for _, h := range r.Hubs {
		segments += len(h.Segments)
	}
	return proved(r), fmt.Sprintf("%s as separate route tables, their ranges, accounts and spokes: sections Segments and Spokes",
		count(segments, "segment"))
}

func defaultGroups(r *Report) (Status, string) {
	if r.Live == nil {
		return Unknown, "templates do not show default security groups: make the report with --live"
	}
	n := len(r.Proof.DefaultGroups())
	return of(n == 0), fmt.Sprintf("%s with rules: section Findings", count(n, "default security group"))
}

// endpointOf says whether spokes reach a service's endpoint in the hub.
func endpointOf(service string) evidence {
	return func(r *Report) (Status, string) {
		with, all := 0, 0
		for _, h := range r.Hubs {
			groups := map[string]bool{}
			for _, g := range h.Groups {
				groups[g.ID] = slices.Contains(g.Services, service)
			}
			for _, s := range h.Spokes {
				all++
				if groups[s.Group] {
					with++
				}
			}
		}
		return of(with == all && all > 0), fmt.Sprintf("%d of %d spokes reach the hub's endpoint of %s by its private names", with, all, service)
	}
}

var anywhere = []string{"0.0.0.0/0", "::/0"}

func unrestricted(r *Report) (Status, string) {
	var open []string
	n := 0
	for _, h := range r.Hubs {
		for _, s := range h.Services {
			n++
			for _, a := range s.Admits {
				if slices.ContainsFunc(strings.Fields(a), func(w string) bool { return slices.Contains(anywhere, strings.Trim(w, ",")) }) {
					open = append(open, s.Name)
				}
			}
		}
	}
	if len(open) > 0 {
		return Against, "endpoints that admit everybody: " + few(open, 5)
	}
	return Supports, fmt.Sprintf("security groups of %s admit ranges that are named, and none that is everybody's", count(n, "endpoint"))
}

func autoAccept(r *Report) (Status, string) {
	var text []string
	status := Supports
	for _, h := range r.Hubs {
		t := h.Transit
		switch {
		case !h.Found:
		case t.External:
			status = Unknown
			text = append(text, "hub "+h.Name+" uses a Transit Gateway that it does not make, whose options are not read")
		case t.AutoAccept:
			status = Against
			effect := "no route table is associated or propagated by itself, so that a new attachment reaches nothing"
			if t.DefaultTables {
				effect = "and gives it routes by itself"
			}
			text = append(text, "the Transit Gateway of hub "+h.Name+" accepts attachments of the accounts that it is shared with; "+effect)
		default:
			text = append(text, "the Transit Gateway of hub "+h.Name+" accepts none by itself")
		}
	}
	return status, strings.Join(text, ". ")
}

// count is a number of things.
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if strings.HasSuffix(word, "y") && !strings.HasSuffix(word, "ay") {
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(word, "y"))
	}
	return fmt.Sprintf("%d %ss", n, word)
}
