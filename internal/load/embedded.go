package load

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/profiles"
	"github.com/aiobsgen/aiobsgen/schema"
)

// Embedded is what the compiler carries: the schema, the catalogue and the
// library, with the place of every string of the library.
type Embedded struct {
	Catalog model.Catalog
	Library model.Library

	ctx     *cue.Context
	schema  cue.Value
	library cue.Value
	sources map[string][]byte
}

// LoadEmbedded compiles the embedded CUE. An error here is a fault of the
// compiler's own files, which its tests rule out.
func LoadEmbedded() (*Embedded, error) {
	e := &Embedded{ctx: cuecontext.New(), sources: map[string][]byte{}}
	var err error
	if e.schema, err = e.compile(schema.Files, "."); err != nil {
		return nil, err
	}
	if e.library, err = e.compile(schema.Files, "library"); err != nil {
		return nil, err
	}
	if err := e.library.Decode(&e.Library); err != nil {
		return nil, fmt.Errorf("library: %w", err)
	}
	catalog, err := e.compile(schema.Files, "catalog")
	if err != nil {
		return nil, err
	}
	if err := catalog.Decode(&e.Catalog); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return e, nil
}

// compile builds the package in a folder of fsys.
func (e *Embedded) compile(fsys fs.FS, dir string) (cue.Value, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.cue"))
	if err != nil {
		return cue.Value{}, err
	}
	slices.Sort(names)
	inst := build.NewContext().NewInstance(dir, nil)
	for _, name := range names {
		f, err := e.parse(fsys, name, "schema/"+name)
		if err != nil {
			return cue.Value{}, err
		}
		if err := inst.AddSyntax(f); err != nil {
			return cue.Value{}, err
		}
	}
	v := e.ctx.BuildInstance(inst)
	if err := v.Validate(cue.Concrete(false)); err != nil {
		return v, fmt.Errorf("schema/%s: %w", dir, err)
	}
	return v, nil
}

func (e *Embedded) parse(fsys fs.FS, name, shown string) (*ast.File, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	e.sources[shown] = data
	return parser.ParseFile(shown, data, parser.ParseComments)
}

// readyMade returns the names of the embedded profiles.
func readyMade() []string {
	names, _ := fs.Glob(profiles.Files, "*.cue")
	var out []string
	for _, n := range names {
		out = append(out, n[:len(n)-len(".cue")])
	}
	return out
}
