package load

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// node is a struct or a leaf of what was written, with its places.
type node struct {
	fields map[string]*node // nil for a leaf
	leaf   any              // string, bool, int64, float64, []any, []byte or nil
	items  []*node          // the elements of a list, for their places
	label  diag.Pos         // where its name stands
	value  diag.Pos         // where its value stands
	raw    string           // the literal of a string, as it was written
}

func newStruct() *node { return &node{fields: map[string]*node{}} }

// at returns the node at a path, or nil.
func (n *node) at(path ...string) *node {
	for _, p := range path {
		if n == nil {
			return nil
		}
		n = n.child(p)
	}
	return n
}

// child is a field of a struct, or an element of a list by its index.
func (n *node) child(name string) *node {
	if i, err := strconv.Atoi(name); err == nil && 0 <= i && i < len(n.items) {
		return n.items[i]
	}
	return n.fields[name]
}

// nearest returns the node at a path or its nearest ancestor that was written.
func (n *node) nearest(path []string) *node {
	for _, p := range path {
		next := n.child(p)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

func (n *node) keys() []string { return slices.Sorted(maps.Keys(n.fields)) }

// text returns the node's string, or "".
func (n *node) text() string {
	if n == nil {
		return ""
	}
	s, _ := n.leaf.(string)
	return s
}

// strings returns the strings of a list with their texts.
func (n *node) strings() []string {
	if n == nil {
		return nil
	}
	list, _ := n.leaf.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// overlay returns base with the leaves of over laid on it: over's leaf wins.
func overlay(base, over *node) *node {
	switch {
	case over == nil:
		return base
	case base == nil || base.fields == nil || over.fields == nil:
		return over
	}
	out := &node{fields: maps.Clone(base.fields), label: base.label, value: base.value}
	for k, v := range over.fields {
		out.fields[k] = overlay(base.fields[k], v)
	}
	return out
}

// data returns the tree as plain Go values.
func (n *node) data() any {
	if n.fields == nil {
		return n.leaf
	}
	out := make(map[string]any, len(n.fields))
	for k, v := range n.fields {
		out[k] = v.data()
	}
	return out
}

// places finds labels in the user's files by path: CUE reports the place of a
// value, and an unknown field is wrong at its name.
type places map[string]diag.Pos

func (p places) index(f *ast.File, pos func(token.Pos, int) diag.Pos) {
	var walk func(prefix string, decls []ast.Decl)
	walk = func(prefix string, decls []ast.Decl) {
		for _, d := range decls {
			f, ok := d.(*ast.Field)
			if !ok {
				if e, ok := d.(*ast.EmbedDecl); ok {
					if s, ok := e.Expr.(*ast.StructLit); ok {
						walk(prefix, s.Elts)
					}
				}
				continue
			}
			name, _, err := ast.LabelName(f.Label)
			if err != nil {
				continue
			}
			path := prefix + "\x00" + name
			if _, ok := p[path]; !ok {
				p[path] = pos(f.Label.Pos(), int(f.Label.End().Offset()-f.Label.Pos().Offset()))
			}
			if s, ok := f.Value.(*ast.StructLit); ok {
				walk(path, s.Elts)
			}
		}
	}
	walk("", f.Decls)
}

// reader turns evaluated CUE into nodes.
type reader struct {
	places places
	pos    func(token.Pos, int) diag.Pos
	diags  *diag.List
	// overlay: what is read is a profile.
	overlay bool
}

// read converts v, which stands at path. What is not concrete is an error.
func (r *reader) read(v cue.Value, path []string) *node {
	n := &node{label: r.places["\x00"+strings.Join(path, "\x00")]}
	source := v.Pos()
	if f, ok := v.Source().(*ast.Field); ok {
		source = f.Value.Pos()
		if !n.label.IsValid() {
			n.label = r.pos(f.Label.Pos(), int(f.Label.End().Offset()-f.Label.Pos().Offset()))
		}
	}
	lit := literalOf(v)
	if lit != nil {
		n.value = r.pos(source, len(lit.Value))
		n.raw = lit.Value
	} else {
		n.value = r.pos(source, 1)
	}
	if !n.label.IsValid() {
		n.label = n.value
	}
	switch v.IncompleteKind() {
	case cue.StructKind:
		n.fields = map[string]*node{}
		it, err := v.Fields()
		if err != nil {
			r.notConcrete(n, path) // one struct or another
			return n
		}
		if r.overlay && v.LookupPath(cue.MakePath(cue.AnyString)).Exists() {
			r.diags.Add(diag.Diagnostic{Code: codeNotConcrete, Pos: n.value,
				Message: where(path) + ": a pattern has no effect in a profile, which is laid over the spec entry by entry",
				Hint:    "name the entries; slo sets targets for all workloads of a kind"})
		}
		for it.Next() {
			name := it.Selector().Unquoted()
			n.fields[name] = r.read(it.Value(), append(slices.Clone(path), name))
		}
		return n
	case cue.ListKind:
		list := []any{}
		it, err := v.List()
		if err != nil {
			r.notConcrete(n, path)
			return n
		}
		for it.Next() {
			var e any
			if it.Value().Validate(cue.Concrete(true)) != nil || it.Value().Decode(&e) != nil {
				r.diags.Errorf(codeNotConcrete, n.value, "%s: an element of the list has no concrete value", where(path))
				continue
			}
			n.items = append(n.items, r.read(it.Value(), append(slices.Clone(path), strconv.Itoa(len(list)))))
			list = append(list, e)
		}
		n.leaf = list
		return n
	}
	if d, ok := v.Default(); ok {
		v = d
	}
	if !v.IsConcrete() || v.Decode(&n.leaf) != nil {
		r.notConcrete(n, path)
	}
	switch n.leaf.(type) {
	case *big.Int, *big.Float:
		r.diags.Errorf(codeNotAllowed, n.value, "%s: found a number that does not fit 64 bits", where(path))
	}
	return n
}

func (r *reader) notConcrete(n *node, path []string) {
	r.diags.Add(diag.Diagnostic{
		Code: codeNotConcrete, Pos: n.value,
		Message: "found a constraint at " + where(path) + ", want a value",
		Hint:    "write one value; defaults come from the schema",
	})
}

func where(path []string) string {
	if len(path) == 0 {
		return "the top"
	}
	return strings.Join(path, ".")
}

// literalOf is the literal that a leaf was written as, if it is one.
func literalOf(v cue.Value) *ast.BasicLit {
	switch s := v.Source().(type) {
	case *ast.BasicLit:
		return s
	case *ast.Field:
		if l, ok := s.Value.(*ast.BasicLit); ok {
			return l
		}
	}
	return nil
}

// literal formats a leaf for a message as the user would write it.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		return "a list"
	case []byte:
		return "bytes"
	}
	return "null"
}
