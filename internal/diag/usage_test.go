package diag_test

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

// Every code that a layer declares by a name is said by the layer; that no other is said is for the compiler.
func TestEveryCodeIsUsed(t *testing.T) {
	const mode = packages.NeedName | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedImports
	layers, err := packages.Load(&packages.Config{Mode: mode, Dir: ".."}, "./assembly", "./config/...", "./drift", "./live", "./prove")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, l := range layers {
		for _, e := range l.Errors {
			t.Fatal(e)
		}
		for _, o := range l.TypesInfo.Uses {
			if isCode(o) {
				said[o.Pkg().Path()+"."+o.Name()] = true
			}
		}
	}
	n := 0
	for _, l := range layers {
		for _, name := range l.Types.Scope().Names() {
			if o := l.Types.Scope().Lookup(name); isCode(o) {
				if n++; !said[l.PkgPath+"."+name] {
					t.Errorf("%s declares %s and does not say it", l.PkgPath, name)
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d codes were found", n)
	}
}

func isCode(o types.Object) bool {
	v, ok := o.(*types.Var)
	if !ok {
		return false
	}
	named, ok := v.Type().(*types.Named)
	return ok && named.Obj().Name() == "Code" && named.Obj().Pkg().Name() == "diag"
}
