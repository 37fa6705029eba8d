package load

import (
	"bytes"
	"encoding/json"
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
// library.
type Embedded struct {
	Catalog model.Catalog
	Library model.Library

	ctx   *cue.Context
	built map[string]cue.Value // packages of schema/ that were needed, by folder
}

// LoadEmbedded reads the catalogue and the library in the form they were compiled
// to; the tests keep it the same as the CUE. An error here is a fault of the
// compiler's own files, which its tests rule out.
func LoadEmbedded() (*Embedded, error) {
	e := newEmbedded()
	compiled := struct {
		Catalog *model.Catalog `json:"catalog"`
		Library *model.Library `json:"library"`
	}{&e.Catalog, &e.Library}
	if err := json.Unmarshal(schema.Compiled, &compiled); err != nil {
		return nil, fmt.Errorf("compiled schema: %w", err)
	}
	return e, nil
}

func newEmbedded() *Embedded {
	return &Embedded{ctx: cuecontext.New(), built: map[string]cue.Value{}}
}

// Compile makes what LoadEmbedded reads from the CUE of the catalogue and the
// library.
func Compile() ([]byte, error) {
	e := newEmbedded()
	for dir, to := range map[string]any{"catalog": &e.Catalog, "library": &e.Library} {
		v, err := e.compile(schema.Files, dir)
		if err != nil {
			return nil, err
		}
		if err := v.Decode(to); err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(map[string]any{"catalog": e.Catalog, "library": e.Library})
	return b.Bytes(), err
}

// definitions are those of a package of schema/: "." is what a user may write.
// They are built when they are first needed; the catalogue's take a second.
func (e *Embedded) definitions(dir string) (cue.Value, error) {
	if v, ok := e.built[dir]; ok {
		return v, nil
	}
	v, err := e.compile(schema.Files, dir)
	if err != nil {
		return v, err
	}
	e.built[dir] = v
	return v, nil
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
