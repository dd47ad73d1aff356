package report

import (
	"bytes"
	"testing"
)

// Every change of one bit of a manifest shows.
func TestManifestSeal(t *testing.T) {
	m := &Manifest{Program: "aftershock", Notes: []string{`a "seal": "" in a note`}, Outputs: []File{{Name: "cars.csv", Bytes: 7, SHA256: "ab"}}}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	read, sealed, err := ReadManifest(b.Bytes())
	if err != nil || !sealed || read.Outputs[0] != m.Outputs[0] {
		t.Fatalf("read %+v, sealed %v, %v", read, sealed, err)
	}
	for i := range b.Len() {
		for bit := range 8 {
			data := bytes.Clone(b.Bytes())
			data[i] ^= 1 << bit
			if _, sealed, err := ReadManifest(data); err == nil && sealed {
				t.Errorf("bit %d of byte %d (%q) can be flipped", bit, i, b.Bytes()[i])
			}
		}
	}
	for _, other := range []string{"null", "{}", `{"program":"other"}`, "", "[]"} {
		if _, _, err := ReadManifest([]byte(other)); err == nil {
			t.Errorf("%s is read", other)
		}
	}
}
