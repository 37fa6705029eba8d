package load

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	cueload "cuelang.org/go/cue/load"
	"cuelang.org/go/cue/token"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/profiles"
	"github.com/aiobsgen/aiobsgen/schema"
)

// Result is a spec as every cluster sees it.
type Result struct {
	// Clusters by name, in no order.
	Clusters map[string]*View
	// Fleet lists, for each workload, the clusters it runs in.
	Fleet map[string][]string
}

// View is the spec as one cluster sees it.
type View struct {
	Cluster string
	// Spec holds the workloads of this cluster only.
	Spec model.Spec
	tree *node
}

// Pos returns where the value at a path was written, or the name of the
// nearest thing around it that was.
func (v *View) Pos(path ...string) diag.Pos {
	if n := v.tree.at(path...); n != nil {
		return n.value
	}
	return v.tree.nearest(path).label
}

// Has reports whether a path was written by the user or a profile.
func (v *View) Has(path ...string) bool { return v.tree.at(path...) != nil }

// LabelPos returns where the name at the end of a path was written.
func (v *View) LabelPos(path ...string) diag.Pos { return v.tree.nearest(path).label }

// Loader reads one spec.
type Loader struct {
	Embedded *Embedded
	Diags    *diag.List

	dir      string // as the user named it
	folder   string // the folder of the spec, as the user named it
	absolute string // the same, as CUE names it
	ctx      *cue.Context
	schema   cue.Value
	wants    map[string]string
	sources  map[string][]byte
}

// NewLoader prepares to read the spec in the folder dir, or in the file dir.
func NewLoader(e *Embedded, dir string, diags *diag.List) (*Loader, error) {
	definitions, err := e.definitions(".")
	if err != nil {
		return nil, err
	}
	return &Loader{Embedded: e, Diags: diags, dir: filepath.Clean(dir), ctx: e.ctx, schema: definitions, sources: map[string][]byte{}}, nil
}

// Source returns the text of a file that a diagnostic names.
func (l *Loader) Source(file string) []byte {
	if data, ok := l.sources[file]; ok {
		return data
	}
	if own, ok := strings.CutPrefix(file, "schema/"); ok {
		if data, err := fs.ReadFile(schema.Files, own); err == nil {
			return data
		}
	}
	data, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		return nil
	}
	l.sources[file] = data
	return data
}

// Load reads, overlays and validates. An error is one of I/O: nothing was
// judged. What is wrong with the spec is in Diags, and the result is then nil.
func (l *Loader) Load() (*Result, error) {
	fleet, err := l.readSpec()
	if err != nil || l.Diags.HasErrors() {
		return nil, err
	}
	l.checkTop(fleet)
	clusters := fleet.at("clusters")
	if clusters == nil || len(clusters.fields) == 0 {
		l.Diags.Add(diag.Diagnostic{Code: codeEmpty, Pos: fleet.label,
			Message: "the spec has no clusters: there is nothing to build",
			Hint:    `add one, for example clusters: prod: profiles: ["kube-prometheus-stack"]`})
		return nil, nil
	}
	result := &Result{Clusters: map[string]*View{}, Fleet: l.placement(fleet)}
	for _, name := range clusters.keys() {
		view, err := l.view(fleet, name, result.Fleet)
		if err != nil {
			return nil, err
		}
		result.Clusters[name] = view
	}
	if l.Diags.HasErrors() {
		return nil, nil
	}
	return result, nil
}

// placement reads which clusters each workload runs in: all when it names
// none. Unknown clusters are reported here, once.
func (l *Loader) placement(fleet *node) map[string][]string {
	out := map[string][]string{}
	clusters := fleet.at("clusters").keys()
	workloads := fleet.at("workloads")
	if workloads == nil {
		return out
	}
	for _, name := range workloads.keys() {
		w := workloads.fields[name]
		listed := w.at("clusters")
		if listed == nil {
			out[name] = clusters
			continue
		}
		for _, c := range listed.strings() {
			if !slices.Contains(clusters, c) {
				l.Diags.Add(diag.Diagnostic{Code: codeUnknownName, Pos: listed.value,
					Message: fmt.Sprintf("workload %q runs in cluster %q, which the spec does not have", name, c),
					Hint:    diag.DidYouMean(c, clusters)})
				continue
			}
			if !slices.Contains(out[name], c) {
				out[name] = append(out[name], c)
			}
		}
		slices.Sort(out[name])
	}
	return out
}

// readSpec evaluates the user's files to a tree.
func (l *Loader) readSpec() (*node, error) {
	info, err := os.Stat(l.dir)
	if err != nil {
		return nil, fmt.Errorf("read the spec: %w", err)
	}
	dir, args := l.dir, []string{}
	if info.IsDir() {
		names, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.cue"))
		if err != nil {
			return nil, fmt.Errorf("read the spec: %w", err)
		}
		for _, n := range names {
			if !strings.HasSuffix(n, "_tool.cue") {
				args = append(args, "./"+filepath.Base(n))
			}
		}
		if len(args) == 0 {
			return nil, fmt.Errorf("read the spec: %s has no CUE file; want a folder with a spec, or its file", filepath.ToSlash(l.dir))
		}
	} else {
		dir, args = filepath.Dir(l.dir), []string{"./" + filepath.Base(l.dir)}
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("read the spec: %w", err)
	}
	l.folder, l.absolute = dir, absolute
	// Nothing is fetched: an import that is not in the user's own module fails.
	instances := cueload.Instances(args, &cueload.Config{Dir: absolute, Env: append(os.Environ(), "CUE_REGISTRY=none")})
	inst := instances[0]
	if inst.Err != nil {
		l.cueErrors(inst.Err)
		return nil, nil
	}
	return l.evaluate(inst), nil
}

func (l *Loader) evaluate(inst *build.Instance) *node {
	v := l.ctx.BuildInstance(inst)
	if err := v.Validate(cue.Concrete(false)); err != nil {
		l.cueErrors(err)
		return nil
	}
	r := &reader{places: places{}, pos: l.userPos, diags: l.Diags}
	for _, f := range inst.Files {
		r.places.index(f, l.userPos)
	}
	n := r.read(v, nil)
	// What is missing from the whole is told at the top of the first file.
	if len(inst.Files) > 0 {
		n.label = diag.Pos{File: l.show(inst.Files[0].Filename), Line: 1, Col: 1, Len: 1}
	}
	return n
}

// cueErrors reports errors of CUE itself in the user's files.
func (l *Loader) cueErrors(err error) {
	for _, e := range errors.Errors(err) {
		// Error begins with the path, and tells the cause of a wrapped error.
		d := diag.Diagnostic{Code: codeSyntax, Message: strings.ReplaceAll(e.Error(), l.absolute+string(filepath.Separator), "")}
		for i, p := range errors.Positions(e) {
			if i == 0 {
				d.Pos = l.userPos(p, 1)
				continue
			}
			d.Notes = append(d.Notes, diag.Note{Pos: l.userPos(p, 1), Text: "this is the other value"})
		}
		if !d.Pos.IsValid() {
			d.Pos = diag.Pos{File: filepath.ToSlash(l.dir)}
		}
		l.Diags.Add(d)
	}
}

// userPos names a file as the user would: relative to the folder given.
func (l *Loader) userPos(p token.Pos, length int) diag.Pos {
	if !p.IsValid() {
		return diag.Pos{}
	}
	return diag.Pos{File: l.show(p.Filename()), Line: p.Line(), Col: p.Column(), Len: length}
}

// show names a file as the user would: the folder given, and the path in it.
func (l *Loader) show(file string) string {
	if rel, err := filepath.Rel(l.absolute, file); err == nil && l.absolute != "" && filepath.IsLocal(rel) {
		file = filepath.Join(l.folder, rel)
	}
	return filepath.ToSlash(file)
}

// InSpec is a file of the spec as it is named inside its folder; it does not
// depend on where the compiler was started.
func (l *Loader) InSpec(shown string) string {
	if rel, err := filepath.Rel(l.folder, filepath.FromSlash(shown)); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return shown
}

// profile reads one profile: the user's own beside the spec, or a ready-made one.
func (l *Loader) profile(name string, from diag.Pos) *node {
	own := filepath.Join(l.folder, "profiles", name+".cue")
	ownData, ownErr := os.ReadFile(own)
	readyData, readyErr := fs.ReadFile(profiles.Files, name+".cue")
	valid := l.schema.LookupPath(cue.ParsePath("#Name")).Unify(l.ctx.Encode(name)).Err() == nil
	switch {
	case !valid || ownErr != nil && readyErr != nil:
		l.Diags.Add(diag.Diagnostic{Code: codeUnknownName, Pos: from,
			Message: fmt.Sprintf("there is no profile %q, neither in %s nor ready-made", name, filepath.ToSlash(filepath.Join(l.folder, "profiles"))),
			Hint:    diag.DidYouMean(name, append(readyMade(), l.ownProfiles()...))})
		return nil
	case ownErr == nil && readyErr == nil:
		l.Diags.Add(diag.Diagnostic{Code: codeTwice, Pos: diag.Pos{File: l.show(own), Line: 1, Col: 1},
			Message: fmt.Sprintf("two profiles are named %q: this one and a ready-made one", name),
			Hint:    "rename yours"})
		return nil
	}
	shown, data := l.show(own), ownData
	if ownErr != nil {
		shown, data = "profiles/"+name+".cue", readyData
	}
	l.sources[shown] = data
	v := l.ctx.CompileBytes(data, cue.Filename(shown))
	if err := v.Validate(cue.Concrete(false)); err != nil {
		l.cueErrors(err)
		return nil
	}
	var found diag.List
	r := &reader{places: places{}, pos: l.userPos, diags: &found, overlay: true}
	if f, ok := v.Source().(*ast.File); ok {
		r.places.index(f, l.userPos)
	}
	n := r.read(v, nil)
	for _, d := range found.Sorted() {
		l.Diags.Add(d)
	}
	if found.HasErrors() {
		return nil
	}
	return n
}

func (l *Loader) ownProfiles() []string {
	names, _ := filepath.Glob(filepath.Join(escapeGlob(l.folder), "profiles", "*.cue"))
	var out []string
	for _, n := range names {
		out = append(out, strings.TrimSuffix(filepath.Base(n), ".cue"))
	}
	return out
}

// escapeGlob keeps a folder's name from being read as a pattern.
func escapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}
