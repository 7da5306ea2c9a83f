package assembly

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sharedhub/internal/topology"
)

// What is decoded, or refused, is as encoding/json has it.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		`{}`, `null`, `[]`, `"a"`, ` { "a" : [ 1 , -2.5e3 , true , false , null , "b" ] , "a" : { } } `, `{"a":1}x`, `{"a":}`, ``, `{`,
		`{"\u00e9\ud83d\ude00\"\\\/\n":"\ud800","x":"` + "\xff" + `é"}`, `{"a":1e999}`, `{"a":[[[[{"b":[{}]}]]]]}`, "\t{\r\n}",
		`{"a":{"b":"}"},"c":{"b":"}"},"d":{"b":"}","e":1}}`, `{"a":[1,[2]],"b":[1,[2]],"c":[1,[2],3]}`, `{"a":01}`, `{"a":nul}`, `{"a":1,}`,
		`{"a":[1,]}`, `{"a" 1}`, `{"a":"\q"}`, "{\"a\":\"\x01\"}", `{"a":tru`, `{"a":1}{`,
		strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300),
	} {
		f.Add([]byte(text))
	}
	files, _ := filepath.Glob("testdata/*/*.json")
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var want map[string]any
		wantErr := json.Unmarshal(b, &want)
		var d decoder
		for range 4 { // later with the words of the first time, and what was met again
			got, err := d.object(b)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("%q: expected the error %v, found %v", b, wantErr, err)
			}
			if err == nil && !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: expected %v, found %v", b, want, got)
			}
		}
	})
}

// What several templates share is as their texts have it after all of them were resolved and translated.
func TestSharedStays(t *testing.T) {
	const dir = "../live/testdata/everything"
	r, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.root.Close()
	for range 3 {
		a, err := ReadWith(dir, r.json)
		if err != nil {
			t.Fatal(err)
		}
		topology.Link(a.Records())
	}
	shared := 0
	for _, alike := range (<-r.idle).again {
		for _, s := range alike {
			var want any
			if err := json.Unmarshal(s.text, &want); err != nil || !reflect.DeepEqual(s.value, want) {
				t.Errorf("expected %s, found %v (%v)", s.text, s.value, err)
			}
			shared++
		}
	}
	if shared < 100 {
		t.Errorf("%d objects and lists were shared, expected more", shared)
	}
}
