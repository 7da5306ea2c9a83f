package stamp

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// Ids that aws-cdk-lib 2.270.0 gave.
func TestLogicalID(t *testing.T) {
	for path, want := range map[string]string{
		"Network/transit-a":            "Networktransita04D6F701",
		"Network/endpoints-a":          "NetworkendpointsaE345C180",
		"Network/private-c":            "Networkprivatec9E8B054C",
		"FromSpokeOrdersProd/Default":  "FromSpokeOrdersProd",
		"VpcId":                        "VpcId",
		"Attachment/Attachment":        "AttachmentF3CF1181",
		"Reader/Role":                  "ReaderRole0E4DB476",
		"gateway-dynamodb/Endpoint":    "gatewaydynamodbEndpointE35AC8F9",
		"Network/data-to-10.0.0.0--20": "Networkdatato100002094AE361D",
	} {
		if got := logicalID(strings.Split(path, "/")); got != want {
			t.Errorf("%s: expected %s, found %s", path, want, got)
		}
	}
}

var standIns = NewStandIns("")

// Where every block but one is taken, that one is drawn.
func TestAvoids(t *testing.T) {
	var taken strings.Builder
	for i := 240; i < 255; i++ {
		for j := range 256 {
			if i != 247 || j&0xF0 != 0x30 {
				fmt.Fprintf(&taken, "%d.%d.1.1 ", i, j)
			}
		}
	}
	if got := NewStandIns(taken.String()).Range(0).String(); got != "247.48.0.0" {
		t.Errorf("expected 247.48.0.0, found %s", got)
	}
}

func standInValues() Values {
	return Values{Names: []string{standIns.Name(0), standIns.Name(1)}, Texts: []string{standIns.Account(), standIns.Text(0)},
		Ranges: []netip.Addr{standIns.Range(0), standIns.Range(1)}}
}

var own = Values{Names: []string{"orders-prod", "x.9"}, Texts: []string{"222222222222", `a "b" <é>` + "\u2028\x01\n"},
	Ranges: []netip.Addr{netip.MustParseAddr("10.1.4.0"), netip.MustParseAddr("172.16.0.0")}}

// Stand-ins are found as they are written, and what is no stand-in stays.
func TestParse(t *testing.T) {
	r := newReader(standInValues())
	at := func(i int, host string) string { return strings.TrimSuffix(standIns.Range(i).String(), "0") + host }
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"hub-spoke-" + standIns.Name(0) + "-reader", "hub-spoke-orders-prod-reader"},
		{"From" + pascal(standIns.Name(0)) + "," + standIns.Name(1), "FromOrdersProd,x.9"},
		{pascal(standIns.Name(1)), "X9"},
		{"arn:aws:iam::" + standIns.Account() + ":root", "arn:aws:iam::222222222222:root"},
		{"route-hub-" + at(0, "0") + "/22", "route-hub-10.1.4.0/22"},
		{at(0, "16") + "/28 and " + at(1, "255") + ".", "10.1.4.16/28 and 172.16.0.255."},
		{"10." + at(0, "0") + " 1" + at(0, "0"), "10." + at(0, "0") + " 1" + at(0, "0")},
		{standIns.Range(0).String() + ".1", standIns.Range(0).String() + ".1"},
		{"239.255.255.255 255.0.0.0 2", "239.255.255.255 255.0.0.0 2"},
		{"222222222222 orders-prod 10.1.4.0", "222222222222 orders-prod 10.1.4.0"},
	} {
		parts, err := r.parse(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		} else if got := fill(parts, &filled{Values: own}); got != c.want {
			t.Errorf("%q: expected %q, found %q", c.text, c.want, got)
		}
	}
}

// What is written in a way that is not known is refused.
func TestParseRefuses(t *testing.T) {
	r := newReader(standInValues())
	name := standIns.Name(0)
	for _, text := range []string{
		strings.ToUpper(name), name[:6], name[7:], strings.ReplaceAll(name, "-", "/"), strings.ReplaceAll(name, "-", ""),
		strings.ToUpper(standIns.Text(0)) + "!",
	} {
		if parts, err := r.parse("x" + text); err == nil {
			t.Errorf("%q: expected an error, found %d parts", text, len(parts))
		}
	}
}

// A JSON text is filled in its strings, keys included, and is written as JavaScript writes it.
func TestJSON(t *testing.T) {
	r := newReader(standInValues())
	text := `{"` + standIns.Name(0) + `": ["\u003c\"` + standIns.Text(0) + `", 12, "` + standIns.Account() + `"]}`
	parts, err := r.json([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := string(fillJSON(parts, &filled{Values: own}))
	want := `{"orders-prod": ["<\"a \"b\" <é>` + "\u2028" + `\u0001\n", 12, "222222222222"]}`
	want = strings.Replace(want, `a "b"`, `a \"b\"`, 1)
	if got != want {
		t.Errorf("expected %s, found %s", want, got)
	}
	var v any
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		t.Error(err)
	}
}

// original is a stack as the CDK writes it, with a resource whose logical id follows from a range.
func original(v Values, id, hash, destination string) Files {
	name := "use1-link-" + v.Names[0]
	file := name + ".template.json"
	return Files{
		Name: name,
		Template: File{file, []byte(`{"Resources":{"` + id + `":{"Cidr":"` + v.Ranges[0].String() + `/22","Hash":"nothing"},` +
			`"Next":{"Ref":"` + id + `"}}}`)},
		Assets: File{name + ".assets.json", []byte(`{"files":{"` + hash + `":{"source":{"path":"` + file + `"},"destinations":{"` +
			v.Texts[0] + `-use1` + destination + `":{"objectKey":"` + hash + `.json"}}}}}`)},
		Metadata: File{name + ".metadata.json", []byte("{\n  \"/" + name + "\": [\n    {\n      \"type\": \"aws:cdk:stack-tags\"\n    }\n  ],\n" +
			"  \"/" + name + "/Routing/route-" + v.Ranges[0].String() + "--22\": [\n    {\n      \"type\": \"aws:cdk:logicalId\",\n" +
			"      \"data\": \"" + id + "\"\n    }\n  ]\n}")},
		Stack:         []byte(`"` + name + `": {"url":"` + hash + `","dependencies": ["` + name + `.assets"]}`),
		AssetManifest: []byte(`"` + name + `.assets": {}`),
	}
}

// as makes such a stack with the hashes that belong to it.
func as(v Values) Files {
	id := logicalID([]string{"Routing", "route-" + v.Ranges[0].String() + "--22"})
	hash := sum(original(v, id, "", "").Template.Text)
	return original(v, id, hash, destinationKey([]byte(`{"objectKey":"`+hash+`.json"}`)))
}

// A pattern makes what the CDK would, hashes and logical ids included, and says where it does not.
func TestPattern(t *testing.T) {
	p, err := NewPattern(as(standInValues()), standInValues())
	if err != nil {
		t.Fatal(err)
	}
	want := as(own)
	if err := p.Matches(&want, own); err != nil {
		t.Error(err)
	}
	other := as(own)
	other.Template.Text = []byte(strings.Replace(string(other.Template.Text), "nothing", "other", 1))
	if err := p.Matches(&other, own); err == nil || !strings.Contains(err.Error(), "template") {
		t.Errorf("expected an error about the template, found %v", err)
	}
}

// A stack that is not as this package knows them gets no pattern.
func TestNewPatternRefuses(t *testing.T) {
	for name, change := range map[string]func(*Files){
		"another logical id": func(f *Files) {
			f.Metadata.Text = []byte(strings.Replace(string(f.Metadata.Text), "Routing/", "Other/", 1))
		},
		"another hash": func(f *Files) {
			f.Assets.Text = []byte(strings.Replace(string(f.Assets.Text), `objectKey":"`, `objectKey":"x`, 1))
		},
		"no metadata":        func(f *Files) { f.Metadata.Text = nil },
		"a name in capitals": func(f *Files) { f.Stack = []byte(strings.ToUpper(string(f.Stack))) },
	} {
		f := as(standInValues())
		change(&f)
		if _, err := NewPattern(f, standInValues()); err == nil {
			t.Errorf("%s: expected an error", name)
		}
	}
}
