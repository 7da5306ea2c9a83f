// Package assembly reads a cloud assembly (cdk.out) of any CDK app and resolves its templates: intrinsic functions are
// carried out across stacks, accounts and regions as far as a template can know. What only AWS will know becomes a symbol
// that keeps its identity: the id of one VPC is the same symbol wherever it turns up.
package assembly

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"sharedhub/constructs/awsfacts"
)

// newest is the schema version of cloud assemblies that this package was written for. The CDK raises the major number for
// what a reader must understand, so a newer assembly is refused, as the CDK's own CLI refuses it: a proof of what is half
// understood is none.
const newest = 54

// Assembly is the stacks of a cloud assembly, nested ones included.
type Assembly struct {
	// Dir is the folder it was read from.
	Dir    string
	Stacks []*Stack
	// Reads are the stacks that others read outputs of with Fn::GetStackOutput or Fn::ImportValue, each once.
	Reads []Reference

	undecided map[string]*Undecided // by symbol
	exports   map[string][]export   // by name
	parse     func(file string, into any) error
}

// Reference is a stack that reads outputs of another.
type Reference struct {
	// Consumer is the stack that reads.
	Consumer *Stack
	// Account, Region and Stack are what is read.
	Account, Region, Stack string
	// Role is the ARN of the role it reads through; "" within one account.
	Role string
}

// Stack is one stack, resolved.
type Stack struct {
	// ID is the artifact's id, unique in the assembly; Name the stack's name.
	ID, Name string
	// Account and Region, or "" where the app left them open.
	Account, Region string
	// Tags of the stack, which CloudFormation puts on every resource.
	Tags map[string]string
	// Resources by logical id.
	Resources map[string]*Resource
	// Outputs are the outputs' values.
	Outputs map[string]any
	// Size of the template in bytes.
	Size int
	// ExecutionRole is the ARN of the role that CloudFormation deploys the stack with, DeployRole and LookupRole of those that
	// the CDK CLI deploys and reads its account with, as the app names them; "" where it names none.
	ExecutionRole, DeployRole, LookupRole string
	// Bootstrap is the SSM parameter with the version of the CDK bootstrap that the app needs, and BootstrapVersion that
	// version; "" and 0 where it needs none.
	Bootstrap        string
	BootstrapVersion int
	// After are the ids of the stacks, and of the assemblies in this one, that are deployed before it.
	After []string
	// File is the template's path.
	File string

	assembly *Assembly
	dir      string // of its assembly
	template map[string]any
	// parent is the stack that a nested one stands in, by the resource nested; children are the nested stacks that were read.
	parent    *Stack
	nested    string
	children  map[string]*Stack
	partition awsfacts.Partition // the zero one where the app left the region open
}

// ARN of a resource of the stack's account and region, or of its account alone for a service without regions. What the app
// left open is a symbol.
func (s *Stack) ARN(service string, regional bool, resource string) string {
	region := ""
	if regional {
		region = orSymbol(s.Region, s, "AWS::Region")
	}
	p := awsfacts.Partition{Name: orSymbol(s.partition.Name, s, "AWS::Partition")}
	return p.ARN(service, region, orSymbol(s.Account, s, "AWS::AccountId"), resource)
}

// Resource is one resource with resolved properties.
type Resource struct {
	Stack      *Stack
	LogicalID  string
	Type       string
	Properties map[string]any
	// DependsOn are the logical ids that are made first: the template names them, or says that the resource depends on them.
	DependsOn      []string
	DeletionPolicy string
	// Condition that only AWS decides, and with it whether there is the resource; "" where that is known.
	Condition string
}

// Ref is what {Ref: …} to the resource gives everywhere.
func (r *Resource) Ref() string { return symbol(r.Stack, r.LogicalID) }

// Attr is what {Fn::GetAtt: …} gives everywhere, where only AWS knows it.
func (r *Resource) Attr(name string) string { return symbol(r.Stack, r.LogicalID+"."+name) }

func (r *Resource) String() string { return r.Stack.Name + "/" + r.LogicalID }

// Symbols are marked by two characters of Unicode's private use area, which no template holds.
const symbolOpen, symbolClose = "\ue000", "\ue001"

func symbol(s *Stack, what string) string { return symbolOpen + s.ID + "/" + what + symbolClose }

// Symbolic is true for a value that holds anything only AWS knows.
func Symbolic(s string) bool { return strings.Contains(s, symbolOpen) }

// Plain writes symbols in a way people can read: "use1-network/NetworkVpc".
func Plain(s string) string {
	return strings.NewReplacer(symbolOpen, "", symbolClose, "").Replace(s)
}

// SplitSymbol takes a symbol of an attribute apart: the resource's own symbol, and the attribute with what was done to it,
// such as "DnsEntries[0]|split(:)[1]".
func SplitSymbol(s string) (ref, attribute string, ok bool) {
	inner, ok := strings.CutSuffix(s, symbolClose)
	if !ok || strings.Count(s, symbolOpen) != 1 || !strings.HasPrefix(s, symbolOpen) {
		return "", "", false
	}
	at := strings.LastIndex(inner, "/") // a logical id holds no slash; an attribute's operations hold none here
	id, attribute, ok := strings.Cut(inner[at+1:], ".")
	return inner[:at+1] + id + symbolClose, attribute, ok
}

// Read reads a cloud assembly and resolves all of it.
func Read(dir string) (*Assembly, error) {
	r, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	defer r.root.Close()
	return readWith(dir, r.json, runtime.GOMAXPROCS(0))
}

// ReadWith is Read with the JSON of the files from elsewhere. A test that changes one template of many parses the others
// once: what parse gives is read only.
func ReadWith(dir string, parse func(file string, into any) error) (*Assembly, error) {
	return readWith(dir, parse, 1)
}

// readWith reads so many files at a time.
func readWith(dir string, parse func(file string, into any) error, atOnce int) (*Assembly, error) {
	a := &Assembly{Dir: dir, parse: parse, undecided: map[string]*Undecided{}}
	if err := a.list(dir, "", 0, nil); err != nil {
		return nil, err
	}
	if err := a.readTemplates(atOnce); err != nil {
		return nil, err
	}
	if err := a.resolve(atOnce); err != nil {
		return nil, err
	}
	return a, nil
}

// list lists the stacks of the assembly in a folder, and of those in it.
func (a *Assembly) list(dir, prefix string, depth int, outer []string) error {
	if depth > 8 {
		return fmt.Errorf("%s: assemblies are nested more than 8 deep", dir)
	}
	file := filepath.Join(dir, "manifest.json")
	var m manifest
	if err := a.parse(file, &m); err != nil {
		return noAssembly(dir, err)
	}
	if err := m.checkVersion(file); err != nil {
		return err
	}
	names := make([]string, 0, len(m.Artifacts))
	for name := range m.Artifacts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		art := m.Artifacts[name]
		after := slices.Clone(outer)
		for _, d := range art.Dependencies {
			after = append(after, prefix+d)
		}
		switch art.Type {
		case "aws:cloudformation:stack":
			if err := a.listStack(dir, prefix+name, art, after); err != nil {
				return err
			}
		case "cdk:cloud-assembly":
			sub, err := inside(dir, art.Properties.DirectoryName)
			if err != nil {
				return fmt.Errorf("%s: artifact %s: %w", file, name, err)
			}
			if err := a.list(sub, prefix+name+"/", depth+1, after); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Assembly) listStack(dir, id string, art manifestArtifact, after []string) error {
	file, err := inside(dir, art.Properties.TemplateFile)
	if err != nil {
		return fmt.Errorf("stack %s: template %w", id, err)
	}
	s := &Stack{After: after, ID: id, Name: art.Properties.StackName, Tags: art.Properties.Tags, File: file, Resources: map[string]*Resource{},
		Outputs: map[string]any{}, assembly: a}
	if s.Name == "" {
		s.Name = id[strings.LastIndex(id, "/")+1:]
	}
	env := strings.Split(strings.TrimPrefix(art.Environment, "aws://"), "/")
	if len(env) == 2 {
		s.Account, s.Region = known(env[0]), known(env[1])
	}
	if s.Region != "" {
		if s.partition, err = awsfacts.PartitionOf(s.Region); err != nil {
			return fmt.Errorf("stack %s: %w", id, err)
		}
	}
	fill := strings.NewReplacer("${AWS::Partition}", orSymbol(s.partition.Name, s, "AWS::Partition"),
		"${AWS::AccountId}", orSymbol(s.Account, s, "AWS::AccountId"), "${AWS::Region}", orSymbol(s.Region, s, "AWS::Region"))
	s.DeployRole = fill.Replace(art.Properties.DeployRole)
	s.Bootstrap, s.BootstrapVersion = art.Properties.Bootstrap, art.Properties.BootstrapVersion
	s.ExecutionRole, s.LookupRole = fill.Replace(art.Properties.ExecutionRole), fill.Replace(art.Properties.LookupRole.ARN)
	s.dir = dir
	a.Stacks = append(a.Stacks, s)
	return nil
}

// readTemplates reads the templates of the listed stacks, and of those nested in them.
func (a *Assembly) readTemplates(atOnce int) error {
	listed := a.Stacks
	errs := make([]error, len(listed))
	each(atOnce, len(listed), func(_, i int) bool {
		if info, err := os.Stat(listed[i].File); err == nil {
			listed[i].Size = int(info.Size())
		}
		errs[i] = a.parse(listed[i].File, &listed[i].template)
		return errs[i] == nil
	})
	a.Stacks = make([]*Stack, 0, len(listed))
	for i, s := range listed {
		if errs[i] != nil {
			return errs[i]
		}
		a.Stacks = append(a.Stacks, s)
		if err := a.readNested(s, 1); err != nil {
			return err
		}
	}
	return nil
}

func known(s string) string {
	if strings.HasPrefix(s, "unknown-") || strings.HasPrefix(s, "current_") {
		return ""
	}
	return s
}
