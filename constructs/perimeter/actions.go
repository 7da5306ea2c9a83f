package perimeter

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// What statements say of actions and their resources. IAM takes any name, and one that it does not have stands for nothing. All of
// this is a warning: AWS adds actions every week.

// operations are names of API operations that are not those of the action (S3 guide, "Required permissions for Amazon S3 API
// operations"; SQS guide, "Amazon SQS API permissions"; Lambda API, "Invoke"; SNS API, "PublishBatch").
var operations = map[string]string{
	"s3:headobject": "s3:GetObject", "s3:headbucket": "s3:ListBucket", "s3:listobjects": "s3:ListBucket", "s3:listobjectsv2": "s3:ListBucket",
	"s3:listbuckets": "s3:ListAllMyBuckets", "s3:copyobject": "s3:GetObject and s3:PutObject", "s3:deleteobjects": "s3:DeleteObject",
	"s3:createmultipartupload": "s3:PutObject", "s3:uploadpart": "s3:PutObject", "s3:completemultipartupload": "s3:PutObject",
	"sqs:sendmessagebatch": "sqs:SendMessage", "sqs:deletemessagebatch": "sqs:DeleteMessage",
	"sqs:changemessagevisibilitybatch": "sqs:ChangeMessageVisibility",
	"lambda:invoke":                    "lambda:InvokeFunction", "sns:publishbatch": "sns:Publish",
}

// actions warns of names that are no actions.
func (j *judge) actions(s statementOf) {
	for _, key := range []string{"Action", "NotAction"} {
		for i, name := range texts(s.m[key]) {
			prefix, action, ok := strings.Cut(name, ":")
			if !ok || strings.ContainsAny(prefix, "*?") {
				continue
			}
			at := fmt.Sprintf("%s/%s/%d", s.path, key, i)
			group, known := awsfacts.ActionsOf(prefix)
			if !known {
				fix := "write a prefix of AWS's Service Authorization Reference, unless the service is newer than this program"
				if near := nearest(prefix, awsfacts.ActionPrefixes()); near != "" {
					fix = "did you mean " + near + ":" + action + "?"
				}
				j.warn(at, fix, "%s names %s, and %q begins no action of IAM's that this program knows: it %s", s.name, name, prefix,
					s.nothing(key))
			} else if !slices.ContainsFunc(group.Actions, func(a string) bool { return matches(action, a) }) {
				j.warn(at, actionFix(group, name, action), "%s names %s, which is no action of IAM's that this program knows: it %s", s.name,
					name, s.nothing(key))
			}
		}
	}
}

// nothing is what a name that stands for no action does to a statement.
func (s statementOf) nothing(key string) string {
	switch {
	case key == "NotAction":
		return "excepts nothing"
	case s.allow:
		return "allows nothing"
	}
	return "denies nothing"
}

func actionFix(group awsfacts.ActionGroup, name, action string) string {
	if meant := operations[strings.ToLower(name)]; meant != "" {
		return "write " + meant + ", which allows it"
	}
	if near := nearest(action, group.Actions); near != "" {
		return "did you mean " + group.Prefix + ":" + near + "?"
	}
	return "write an action of AWS's Service Authorization Reference, unless it is newer than this program"
}

// matches is true for an action that a pattern with * and ? stands for; neither has a slash or a bracket.
func matches(pattern, action string) bool {
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(action))
	return ok && err == nil
}

// ofOthers warns of resources that none of a statement's actions is about.
func (j *judge) ofOthers(s statementOf) {
	var about, prefixes []string
	for _, name := range texts(s.m["Action"]) {
		prefix, _, _ := strings.Cut(name, ":")
		group, known := awsfacts.ActionsOf(prefix)
		if !known || group.AnyResource {
			return
		}
		about, prefixes = append(about, group.Resources...), append(prefixes, group.Prefix)
	}
	slices.Sort(prefixes)
	prefixes = slices.Compact(prefixes)
	for i, resource := range texts(s.m["Resource"]) {
		parts := strings.SplitN(resource, ":", 6)
		if len(prefixes) == 0 || len(parts) < 6 || strings.ContainsAny(parts[2], "*?$") || slices.Contains(about, parts[2]) {
			continue
		}
		at, whose := fmt.Sprintf("%s/Resource/%d", s.path, i), strings.Join(prefixes, ", ")
		if len(about) == 0 {
			j.warn(at, `write "*"`, "%s names %s, and actions of %s are about no resource but \"*\"", s.name, resource, whose)
			continue
		}
		j.warn(at, "name a resource of the actions, or actions of the resource", "%s names %s, and no action of %s is about a resource of %s",
			s.name, resource, whose, parts[2])
	}
}
