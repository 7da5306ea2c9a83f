package iam

import (
	"encoding/json"
	"testing"
)

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	if text == "" {
		return nil
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return doc
}

// one is a document of one statement that allows s3:GetObject, and what is given besides.
func one(rest string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow",` + rest + `}]}`
}

func TestSame(t *testing.T) {
	const open = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
	for _, c := range []struct {
		name, a, b string
		same       bool
	}{
		{"nothing and nothing", "", "", true},
		{"nothing and EC2's default", "", open, true},
		{"EC2's default of another version", "", `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},` +
			`"Action":["*"],"Resource":["*"]}]}`, true},
		{"nothing and a document", "", one(`"Principal":"*","Action":"s3:*","Resource":"*"`), false},
		{"nothing and a default with a condition", "", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*",` +
			`"Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`, false},
		{"nothing and a default that denies", "", `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`, false},
		{"nothing and no statement", "", `{"Statement":[]}`, false},

		{"a list of one", one(`"Principal":"*","Action":"s3:GetObject","Resource":"*"`),
			one(`"Principal":"*","Action":["s3:GetObject"],"Resource":["*"]`), true},
		{"a statement outside a list", one(`"Principal":"*","Action":"*","Resource":"*"`),
			`{"Version":"2012-10-17","Statement":{"Sid":"A","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`, true},
		{"another order", one(`"Principal":"*","Action":["a:B","c:D"],"Resource":["x","y"]`),
			one(`"Principal":"*","Action":["c:D","a:B"],"Resource":["y","x"]`), true},
		{"an action twice", one(`"Principal":"*","Action":["a:B","a:B"],"Resource":"*"`), one(`"Principal":"*","Action":"a:B","Resource":"*"`),
			true},
		{"everybody", one(`"Principal":"*","Action":"*","Resource":"*"`), one(`"Principal":{"AWS":"*"},"Action":"*","Resource":"*"`), true},
		{"an account", one(`"Principal":{"AWS":["111111111111","222222222222"]},"Action":"*","Resource":"*"`),
			one(`"Principal":{"AWS":["arn:aws:iam::222222222222:root","arn:aws:iam::111111111111:root"]},"Action":"*","Resource":"*"`), true},
		{"truth and numbers as text", one(`"Principal":"*","Action":"*","Resource":"*",` +
			`"Condition":{"Bool":{"aws:PrincipalIsAWSService":true},"NumericLessThan":{"s3:max-keys":1000000000}}`),
			one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":["1000000000"]},` +
				`"Bool":{"aws:principalisawsservice":["true"]}}`), true},

		{"another Sid", one(`"Principal":"*","Action":"*","Resource":"*"`),
			`{"Version":"2012-10-17","Statement":[{"Sid":"B","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`, true},
		{"EC2's default with a Sid", "", `{"Version":"2012-10-17","Statement":[{"Sid":"B","Effect":"Allow","Principal":"*","Action":"*",` +
			`"Resource":"*"}]}`, true},
		{"an action in another case", one(`"Principal":"*","Action":"S3:getobject","Resource":"*"`),
			one(`"Principal":"*","Action":"s3:GetObject","Resource":"*"`), true},
		{"an empty condition", one(`"Principal":"*","Action":"*","Resource":"*","Condition":{}`),
			one(`"Principal":"*","Action":"*","Resource":"*"`), true},

		{"a key in two spellings", one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1",` +
			`"aws:principalorgid":"o-2"}}`),
			one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), false},
		{"another key in two spellings", one(`"Principal":"*","Action":"*","Resource":"*",` +
			`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1","aws:principalorgid":"o-2"}}`),
			one(`"Principal":"*","Action":"*","Resource":"*",` +
				`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-2","aws:principalorgid":"o-1"}}`), false},
		{"another account", one(`"Principal":{"AWS":"111111111111"},"Action":"*","Resource":"*"`),
			one(`"Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"*","Resource":"*"`), false},
		{"a user of the account", one(`"Principal":{"AWS":"111111111111"},"Action":"*","Resource":"*"`),
			one(`"Principal":{"AWS":"arn:aws:iam::111111111111:user/root"},"Action":"*","Resource":"*"`), false},
		{"another kind of principal", one(`"Principal":{"AWS":"x"},"Action":"*","Resource":"*"`),
			one(`"Principal":{"Federated":"x"},"Action":"*","Resource":"*"`), false},
		{"everybody federated", one(`"Principal":{"Federated":"*"},"Action":"*","Resource":"*"`),
			one(`"Principal":"*","Action":"*","Resource":"*"`), false},
		{"no principal", one(`"Principal":"*","Action":"*","Resource":"*"`), one(`"Action":"*","Resource":"*"`), false},
		{"a wider action", one(`"Principal":"*","Action":"s3:GetObject","Resource":"*"`), one(`"Principal":"*","Action":"s3:*","Resource":"*"`),
			false},
		{"all but", one(`"Principal":"*","Action":"s3:GetObject","Resource":"*"`),
			one(`"Principal":"*","NotAction":"s3:GetObject","Resource":"*"`), false},
		{"all but another", one(`"Principal":"*","NotAction":"s3:GetObject","Resource":"*"`),
			one(`"Principal":"*","NotAction":"s3:PutObject","Resource":"*"`), false},
		{"all but somebody", one(`"NotPrincipal":{"AWS":"111111111111"},"Action":"*","Resource":"*"`),
			one(`"NotPrincipal":{"AWS":"222222222222"},"Action":"*","Resource":"*"`), false},
		{"no condition", one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`),
			one(`"Principal":"*","Action":"*","Resource":"*"`), false},
		{"another operator", one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`),
			one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`), false},
		{"a further value", one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`),
			one(`"Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":["o-1","o-2"]}}`), false},
		{"another effect", one(`"Principal":"*","Action":"*","Resource":"*"`),
			`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`, false},
		{"a statement more", one(`"Principal":"*","Action":"a:B","Resource":"*"`),
			`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":"*","Action":"a:B","Resource":"*"},{"Effect":"Allow",` +
				`"Principal":"*","Action":"a:C","Resource":"*"}]}`, false},
		{"another version of the language", one(`"Principal":"*","Action":"a:B","Resource":"*"`),
			`{"Statement":[{"Sid":"A","Effect":"Allow","Principal":"*","Action":"a:B","Resource":"*"}]}`, false},
	} {
		a, b := parse(t, c.a), parse(t, c.b)
		if Same(a, b) != c.same || Same(b, a) != c.same {
			t.Errorf("%s: %v and %v, want %v", c.name, Same(a, b), Same(b, a), c.same)
		}
	}
}

// Documents come from accounts, where anything may stand in them.
func FuzzSame(f *testing.F) {
	f.Add(one(`"Principal":"*","Action":"*","Resource":"*"`), `{"Statement":[1,"x",null,{"Action":{"a":[null]},"Principal":[3],`+
		`"Condition":[]}]}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		var x, y map[string]any
		if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
			return
		}
		if !Same(x, x) || Same(x, y) != Same(y, x) {
			t.Errorf("Same is no equivalence for %s and %s", a, b)
		}
	})
}
