package analysis_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// order is the order of the files of this package by what they are: a file uses
// names of its own kind and of those before it. A file of no kind comes last.
var order = []string{
	"doc sentence sentences choices window observation", // what is chosen, said and observed
	"engine", "pool", "test", "result", "study",
}

// upwards are the names that a file of an earlier kind uses, each with its reason.
var upwards = map[string]string{
	"choices Test":         "a study is told which tests to perform",
	"choices Versus":       "and which groups to contrast",
	"engine scratch":       "a worker's memory holds that of the pools it makes",
	"engine Result":        "observations are entered, and other news found, in the result that keeps them",
	"pool Test":            "a pool keeps the test that placebo places",
	"pool Draws":           "and what it drew, which several windows share",
	"pool hotelling":       "and the inverse that the windows of the joint test share",
	"pool ByProduct":       "memory for what results keep is cut from blocks",
	"pool TestResult":      "the same",
	"pool Average":         "the same",
	"pool GroupWindow":     "the same",
	"pool seer":            "quantiles are kept from one group to the next",
	"pool ledger":          "a pool that is computed in shares keeps what they add up to",
	"pool partial":         "the same",
	"pool blockItems":      "the same",
	"pool items":           "the same",
	"test items":           "draws are cut as they are",
	"test ledger":          "and so do draws",
	"result share":         "shares are cut as parts are",
	"result ledgerOf":      "a merged result knows the shares of its groups",
	"result joined":        "a merged result keeps what its parts found",
	"result placedAt":      "and asks them for placebo",
	"test Result":          "placebo answers hypotheses about a finished study",
	"test placeboInterval": "an interval by inversion is of a test's draws",
	"test seenBy":          "what an estimate could have shown is a result's figure and a by-product of tests",
	"result Run":           "a contrast within one event takes a study of its own",
	"result sweepGroups":   "and names its groups as a sweep does",
	"result explainer":     "what explained moves keeps its figures",
	"result span":          "the same",
}

// kind is the place of a file in order.
func kind(file string) int {
	file = strings.TrimSuffix(file, ".go")
	head, _, _ := strings.Cut(file, "_")
	for k, names := range order {
		if slices.Contains(strings.Fields(names), head) {
			return k
		}
	}
	return len(order)
}

// nothing imports packages without any names: what is asked for is in this one.
type nothing struct{}

func (nothing) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, path[strings.LastIndexByte(path, '/')+1:])
	p.MarkComplete()
	return p, nil
}

// TestFilesRunOneWay holds the files of the package to their order, by the names
// that they use of each other.
func TestFilesRunOneWay(t *testing.T) {
	set := token.NewFileSet()
	var files []*ast.File
	list, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := types.Info{Uses: make(map[*ast.Ident]types.Object)}
	check := types.Config{Importer: nothing{}, Error: func(error) {}} // of names of other packages
	pkg, _ := check.Check("analysis", set, files, &info)

	used := make(map[string]bool)
	across := 0
	for id, obj := range info.Uses {
		if obj.Pkg() != pkg || obj.Parent() != pkg.Scope() && !isMethod(obj) {
			continue
		}
		from, of := set.Position(id.Pos()).Filename, set.Position(obj.Pos()).Filename
		if from != of {
			across++
		}
		if kind(of) <= kind(from) {
			continue
		}
		use, _, _ := strings.Cut(strings.TrimSuffix(from, ".go"), "_")
		use += " " + obj.Name()
		if upwards[use] == "" {
			t.Errorf("%s: %q, declared in %s, which comes after it: move what it needs, or give a reason in upwards", set.Position(id.Pos()), use, of)
		}
		used[use] = true
	}
	for use := range upwards {
		if !used[use] {
			t.Errorf("nothing uses %q upwards any more: delete it", use)
		}
	}
	if across < 1000 {
		t.Errorf("found %d uses across files: the test looks at nothing", across)
	}
}

func isMethod(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.Signature().Recv() != nil
}
