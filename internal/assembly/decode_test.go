package assembly

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// What is decoded, or refused, is as encoding/json has it.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		`{}`, `null`, `[]`, `"a"`, ` { "a" : [ 1 , -2.5e3 , true , false , null , "b" ] , "a" : { } } `, `{"a":1}x`, `{"a":}`, ``, `{`,
		`{"\u00e9\ud83d\ude00\"\\\/\n":"\ud800","x":"` + "\xff" + `é"}`, `{"a":1e999}`, `{"a":[[[[{"b":[{}]}]]]]}`, "\t{\r\n}",
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
		for range 2 { // the second time with the words of the first
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
