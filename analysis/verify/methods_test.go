package verify

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// TestMethods: docs/methods.md has a section for every model and every test
// and no other, each with what it assumes, when to use it, when not, its
// formula and its paper.
func TestMethods(t *testing.T) {
	data, err := os.ReadFile("../../docs/methods.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	papers := map[string]map[string]string{"Models": {}, "Tests": {}}
	for _, m := range model.Models {
		papers["Models"][m.Name()] = m.Paper()
	}
	for _, x := range analysis.Tests {
		papers["Tests"][x.Name()] = x.Paper()
	}
	heading := regexp.MustCompile("(?m)^### `(.+)`$")
	for chapter, want := range papers {
		_, text, ok := strings.Cut(page, "\n## "+chapter+"\n")
		if !ok {
			t.Fatalf("no chapter %s", chapter)
		}
		text, _, _ = strings.Cut(text, "\n## ")
		var have []string
		at := heading.FindAllStringSubmatchIndex(text, -1)
		for k, m := range at {
			name, end := text[m[2]:m[3]], len(text)
			if k+1 < len(at) {
				end = at[k+1][0]
			}
			section := text[m[1]:end]
			have = append(have, name)
			paper, ok := want[name]
			if !ok {
				t.Errorf("%s: %s is not in the program", chapter, name)
				continue
			}
			author, _, _ := strings.Cut(paper, " ")
			for _, part := range []string{"\n    ", "\n- Assumes: ", "\n- Use it: ", "\n- Not: ", "\n- Source: " + strings.Trim(author, ",")} {
				if !strings.Contains(section, part) {
					t.Errorf("%s: the section of %s has no %q", chapter, name, part)
				}
			}
		}
		for name := range want {
			if !slices.Contains(have, name) {
				t.Errorf("%s: %s has no section", chapter, name)
			}
		}
		if slices.Sort(have); len(slices.Compact(have)) != len(at) {
			t.Errorf("%s: a section is there twice", chapter)
		}
	}
}

// TestMethodsNames: what a configuration can say of designs, families,
// corrections, errors and characteristics stands on the page.
func TestMethodsNames(t *testing.T) {
	data, err := os.ReadFile("../../docs/methods.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	named := func(chapter string, names ...string) {
		t.Helper()
		_, text, ok := strings.Cut(page, "\n## "+chapter+"\n")
		if !ok {
			t.Fatalf("no chapter %s", chapter)
		}
		text, _, _ = strings.Cut(text, "\n## ")
		for _, name := range names {
			if !strings.Contains(text, "`"+name+"`") {
				t.Errorf("%s: nothing about %s", chapter, name)
			}
		}
	}
	for _, s := range analysis.Subjects {
		named("Volume and volatility", string(s))
	}
	for _, f := range analysis.FamilyKinds {
		named("Many hypotheses", string(f))
	}
	for _, c := range analysis.Corrections {
		named("Many hypotheses", string(c))
	}
	named("What explains the differences", append(analysis.CharacteristicNames, string(stat.HC0), string(stat.HC3))...)
}
