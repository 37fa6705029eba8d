package load

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// apply unifies a tree with a definition. Each complaint of CUE is looked up
// by its path and told at the user's line, in our words; path is where the
// tree stands in the spec. It reports whether the tree passed.
func (l *Loader) apply(definition cue.Value, n *node, path []string) (cue.Value, bool) {
	v := definition.Unify(l.ctx.Encode(n.data()))
	err := v.Validate(cue.Concrete(true), cue.Final(), cue.All())
	if err == nil {
		return v, true
	}
	complaints := map[string][]errors.Error{}
	var order []string
	for _, e := range errors.Errors(err) {
		p := "" // each name behind a zero: a name may be empty
		for _, name := range relative(e.Path()) {
			p += "\x00" + name
		}
		if _, ok := complaints[p]; !ok {
			order = append(order, p)
		}
		complaints[p] = append(complaints[p], e)
	}
	for _, p := range order {
		// A struct is at fault only if nothing below it is.
		if slices.ContainsFunc(order, func(o string) bool { return o != p && strings.HasPrefix(o, p+"\x00") }) {
			continue
		}
		var at []string
		if p != "" {
			at = strings.Split(p, "\x00")[1:]
		}
		l.explain(definition, n, at, path, complaints[p])
	}
	return v, false
}

// relative drops the definition from an error's path and unquotes the rest.
func relative(path []string) []string {
	var out []string
	for i, p := range path {
		if i == 0 && strings.HasPrefix(p, "#") {
			continue
		}
		if u, err := strconv.Unquote(p); err == nil {
			p = u
		}
		out = append(out, p)
	}
	return out
}

// explain turns the complaints about one place into one diagnostic.
func (l *Loader) explain(definition cue.Value, root *node, at, prefix []string, list []errors.Error) {
	// What is wrong with an element is wrong with its list.
	if len(at) > 0 && root.at(at...) == nil {
		if parent := root.at(at[:len(at)-1]...); parent != nil && isList(parent.leaf) {
			at = at[:len(at)-1]
		}
	}
	full := strings.Join(append(slices.Clone(prefix), at...), ".")
	n := root.at(at...)
	if n == nil {
		l.missing(definition, root, at, prefix, list)
		return
	}
	format, _ := list[0].Msg()
	if strings.HasPrefix(format, "field not allowed") {
		at = l.outermost(definition, at)
		l.notAField(definition, root.at(at...), at, prefix)
		return
	}
	want := l.lookup(definition, at)
	found := literal(n.leaf)
	if n.fields != nil {
		found = "a struct"
	}
	d := diag.Diagnostic{Pos: n.value}
	words := elements(want)
	switch options := enum(want); {
	case n.fields == nil && slices.Equal(fieldNames(want), fieldNames(l.schema.LookupPath(cue.ParsePath("#SecretRef")))):
		// Not a word of what was found: it may be the secret.
		d.Code = codeWrongType
		d.Message = full + `: found a value, want a reference to a Secret: {secret: "NAME", key: "KEY"}`
		d.Hint = "what is secret belongs into a Secret in Alertmanager's namespace; renew it if this file has left your machine"
	case len(words) > 0:
		d.Code = codeNotAllowed
		if !isList(n.leaf) {
			d.Code = codeWrongType
		}
		d.Message = fmt.Sprintf("%s: found %s, want a list of at least one of %s", full, found, quoted(words))
	case len(options) > 0:
		d.Code = codeNotAllowed
		d.Message = fmt.Sprintf("%s: found %s, want one of %s", full, found, quoted(options))
		if near := diag.Nearest(n.text(), options); near != "" {
			d.Hint = fmt.Sprintf("did you mean %q?", near)
		}
	case l.wantsInWords(want) != "" && n.text() != "":
		d.Code = codeNotAllowed
		if isName(want) {
			d.Code = codeBadName
		}
		d.Message = fmt.Sprintf("%s: found %s, want %s", full, found, l.wantsInWords(want))
	case want.Exists() && !kindFits(want.IncompleteKind(), n):
		d.Code = codeWrongType
		d.Message = fmt.Sprintf("%s: found %s, want %s", full, found, kindInWords(want, l.wantsInWords(want)))
	default:
		d.Code = codeNotAllowed
		d.Message = fmt.Sprintf("%s: found %s, want %s", full, found, constraint(want))
	}
	l.Diags.Add(d)
}

// outermost cuts a path to a field that is not allowed after the first name
// that the definition lacks: beside other errors, CUE tells of what is inside.
func (l *Loader) outermost(definition cue.Value, at []string) []string {
	for i, name := range at {
		if known := fieldNames(l.lookup(definition, at[:i])); len(known) > 0 && !slices.Contains(known, name) ||
			len(known) == 0 && !l.lookup(definition, at[:i+1]).Exists() {
			return at[:i+1]
		}
	}
	return at
}

// notAField reports a name that the schema does not know. In a map of free
// names it is the name itself that is refused.
func (l *Loader) notAField(definition cue.Value, n *node, at, prefix []string) {
	name := at[len(at)-1]
	parent := l.lookup(definition, at[:len(at)-1])
	known := fieldNames(parent)
	full := append(slices.Clone(prefix), at...)
	if len(known) == 0 {
		l.badName(name, n, full)
		return
	}
	where := strings.Join(full[:len(full)-1], ".")
	if where == "" {
		where = "the top level"
	}
	l.Diags.Add(diag.Diagnostic{Code: codeUnknownField, Pos: n.label,
		Message: fmt.Sprintf("%s has no field %q", where, name),
		Hint:    diag.DidYouMean(name, known)})
}

// badName reports a key that a map of free names refuses.
func (l *Loader) badName(name string, n *node, path []string) {
	definition, hint := "#Name", "the name becomes part of Kubernetes objects and of label values"
	switch parent := strings.Join(path[:len(path)-1], "."); {
	case parent == "library.records":
		definition, hint = "#RecordName", ""
	case parent == "library.alerts":
		definition, hint = "#AlertName", ""
	case parent == "library.dashboards":
		hint = ""
	case len(path) > 1 && slices.Contains([]string{"selectorLabels", "sidecarLabels", "nodeSelector", "selector"}, path[len(path)-2]):
		definition, hint = "#LabelKey", ""
	}
	l.Diags.Add(diag.Diagnostic{Code: codeBadName, Pos: n.label,
		Message: fmt.Sprintf("%s: found the name %q, want %s", strings.Join(path[:len(path)-1], "."), name,
			l.wantsInWords(l.schema.LookupPath(cue.ParsePath(definition)))),
		Hint: hint})
}

// missing reports a required field at the struct that should hold it.
func (l *Loader) missing(definition cue.Value, root *node, at, prefix []string, list []errors.Error) {
	// Of a list that is not there CUE tells what its first element lacks.
	for i := range at {
		if root.at(at[:i]...) == nil && isIndex(at[i]) {
			at = at[:i]
			break
		}
	}
	parent := root.nearest(at)
	full := strings.Join(append(slices.Clone(prefix), at...), ".")
	want := l.lookup(definition, at)
	message := full + " is missing"
	if words := l.wantsInWords(want); words != "" {
		message += ", want " + words
	} else if options := enum(want); len(options) > 0 {
		message += ", want one of " + quoted(options)
	} else if want.Exists() {
		message += ", want " + kindInWords(want, "")
	} else {
		format, args := list[0].Msg()
		message = full + ": " + fmt.Sprintf(format, args...)
	}
	l.Diags.Add(diag.Diagnostic{Code: codeMissing, Pos: parent.label, Message: message})
}

// lookup finds what a definition says at a path: a field, the pattern of a map,
// or an element of a list.
func (l *Loader) lookup(definition cue.Value, at []string) cue.Value {
	v := definition
	for _, p := range at {
		next := v.LookupPath(cue.MakePath(cue.Str(p)))
		if i, err := strconv.Atoi(p); err == nil && v.IncompleteKind() == cue.ListKind {
			v = withoutDefault(v)
			if next = v.LookupPath(cue.MakePath(cue.Index(i))); !next.Exists() {
				next = v.LookupPath(cue.MakePath(cue.AnyIndex))
			}
		}
		for _, option := range []func(string) cue.Selector{
			func(s string) cue.Selector { return cue.Str(s).Optional() },
			func(s string) cue.Selector { return cue.Str(s).Required() },
			func(string) cue.Selector { return cue.AnyString },
		} {
			if next.Exists() {
				break
			}
			next = v.LookupPath(cue.MakePath(option(p)))
		}
		v = next
	}
	return v
}

// fieldNames lists the fields that a definition names.
func fieldNames(v cue.Value) []string {
	it, err := v.Fields(cue.Optional(true))
	if err != nil {
		return nil
	}
	var out []string
	for it.Next() {
		out = append(out, it.Selector().Unquoted())
	}
	return out
}

// enum lists the words of a disjunction of strings.
func enum(v cue.Value) []string {
	op, args := cue.Dereference(v).Expr()
	if op == cue.NoOp && len(args) == 1 {
		op, args = args[0].Expr() // behind its default
	}
	if op != cue.OrOp {
		return nil
	}
	var out []string
	for _, a := range args {
		s, err := a.String()
		if err != nil {
			return nil // a pattern among the words: any text may do
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// elements lists the words that a list takes, where it takes words alone.
func elements(v cue.Value) []string {
	v = withoutDefault(v)
	if v.IncompleteKind() != cue.ListKind {
		return nil
	}
	return enum(v.LookupPath(cue.MakePath(cue.AnyIndex)))
}

// withoutDefault is what a value may be besides its default.
func withoutDefault(v cue.Value) cue.Value {
	if op, args := cue.Dereference(v).Expr(); op == cue.OrOp {
		return args[len(args)-1]
	}
	return v
}

func isIndex(name string) bool {
	_, err := strconv.Atoi(name)
	return err == nil
}

func isList(leaf any) bool {
	_, ok := leaf.([]any)
	return ok
}

// wantsInWords finds the schema's words for the pattern in a constraint.
func (l *Loader) wantsInWords(v cue.Value) string {
	if l.wants == nil {
		l.wants = map[string]string{}
		if it, err := l.schema.LookupPath(cue.ParsePath("wants")).Fields(); err == nil {
			for it.Next() {
				l.wants[it.Selector().Unquoted()], _ = it.Value().String()
			}
		}
	}
	for _, p := range patterns(v) {
		if words := l.wants[p]; words != "" {
			return words
		}
	}
	return ""
}

// patterns lists the regular expressions in a constraint.
func patterns(v cue.Value) []string {
	op, args := cue.Dereference(v).Expr()
	switch op {
	case cue.RegexMatchOp:
		if s, err := args[len(args)-1].String(); err == nil {
			return []string{s}
		}
	case cue.OrOp, cue.AndOp:
		var out []string
		for _, a := range args {
			out = append(out, patterns(a)...)
		}
		return out
	}
	return nil
}

// isName reports whether a constraint is one of Kubernetes' for names.
func isName(v cue.Value) bool {
	return slices.ContainsFunc(patterns(v), func(p string) bool { return strings.HasPrefix(p, "^[a-z0-9](") })
}

func kindFits(k cue.Kind, n *node) bool {
	var have cue.Kind
	switch n.leaf.(type) {
	case string:
		have = cue.StringKind
	case bool:
		have = cue.BoolKind
	case int, int64:
		have = cue.IntKind
	case float64:
		have = cue.FloatKind
	case []any:
		have = cue.ListKind
	default:
		have = cue.NullKind // or bytes: nothing wants either
		if n.fields != nil {
			have = cue.StructKind
		}
	}
	return k&have != 0
}

func kindInWords(v cue.Value, words string) string {
	if words != "" {
		return words
	}
	switch k := v.IncompleteKind(); {
	case k == cue.StringKind:
		return "a string"
	case k == cue.BoolKind:
		return "true or false"
	case k == cue.IntKind:
		return "a whole number"
	case k&cue.NumberKind != 0 && k&^cue.NumberKind == 0:
		return "a number"
	case k == cue.ListKind:
		return "a list"
	case k == cue.StructKind:
		return "a struct"
	}
	return "a value of type " + v.IncompleteKind().String()
}

// constraint prints what CUE wants, without its default marks.
func constraint(v cue.Value) string {
	if !v.Exists() {
		return "another value"
	}
	if v.IncompleteKind() == cue.ListKind {
		if first := v.LookupPath(cue.MakePath(cue.Index(0))); first.IncompleteKind() == cue.StructKind {
			least := 1
			for v.LookupPath(cue.MakePath(cue.Index(least))).Exists() {
				least++
			}
			return fmt.Sprintf("a list of at least %d", least)
		}
		return strings.TrimPrefix(fmt.Sprint(v), "*[] | ")
	}
	op, args := cue.Dereference(v).Expr()
	switch op {
	case cue.AndOp, cue.OrOp:
		joint := " and "
		if op == cue.OrOp {
			joint = " or "
		}
		var parts []string
		for _, a := range args {
			if s := constraint(a); !slices.Contains(parts, s) && !a.IsConcrete() {
				parts = append(parts, s)
			}
		}
		if len(parts) > 0 {
			return strings.Join(parts, joint)
		}
	case cue.RegexMatchOp:
		return fmt.Sprintf("text that matches %v", args[len(args)-1])
	case cue.GreaterThanOp, cue.GreaterThanEqualOp, cue.LessThanOp, cue.LessThanEqualOp, cue.NotEqualOp:
		return fmt.Sprintf("%s %v", op, args[0])
	case cue.NoOp:
		// What has a default stands behind it.
		if op, _ := args[0].Expr(); op != cue.NoOp {
			return constraint(args[0])
		}
		return kindInWords(v, "")
	}
	return fmt.Sprint(v)
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return strings.Join(out, ", ")
}
