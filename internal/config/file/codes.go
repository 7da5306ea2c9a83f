package file

import "sharedhub/internal/diag"

// Example is a configuration to look at: in the repository, and printed by the program.
const Example = "examples/01-one-spoke"

var declare = diag.Declare("config")

// The codes of what can be wrong in the configuration's files.
var (
	Unreadable = declare("config-file", diag.Error,
		"a file or folder cannot be read, or its name cannot be used",
		"rename, move or save it as the message says")
	Syntax = declare("config-syntax", diag.Error,
		"the file is not one plain YAML document",
		"correct the line")
	Key = declare("config-key", diag.Error,
		"a key is unknown, missing, given twice, or does not go with another key",
		"add it or take it out")
	Value = declare("config-value", diag.Error,
		"a value is not of the form or among the values that its key takes",
		"write one that is")
	Reference = declare("config-reference", diag.Error,
		"a name refers to a hub, segment, availability zone or bundle that does not exist",
		"name one that does")
	Range = declare("config-range", diag.Error,
		"address ranges overlap, lie outside their pools, or do not fit",
		"take another range")
	Service = declare("config-service", diag.Error,
		"an endpoint's service is unknown, not offered, lacks another that it needs, or claims another's name",
		"name another, or run catalog refresh")
	Policy = declare("config-policy", diag.Error,
		"an endpoint policy cannot be read, or EC2 would refuse it",
		"correct the policy")
	Quota = declare("config-quota", diag.Warning,
		"the configuration needs more than AWS gives by default, or at all",
		"ask AWS for a higher quota first, or split it")
	Right = declare("config-right", diag.Error,
		"the file of a spoke does what the hub's file does not allow it",
		"take it out, or have the hub's owners allow it")
	Change = declare("config-change", diag.Error,
		"the change from the configuration before cannot be deployed in one step",
		"go by the step that the message names")
)
