package typecheck

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// templatePrefix are the variables that Prometheus defines before the text of an
// annotation.
const templatePrefix = `{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}`

// Template checks the text of an alert: each label that it shows is there, and
// what prints the value takes it for what it is. A text that does not parse is
// left to the checks of the rule file.
func (w *World) Template(t Type, text string) []Finding {
	tree := parse.New("text")
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(templatePrefix+text, "", "", trees); err != nil {
		return nil
	}
	v := &texts{World: w, t: t, text: text}
	v.list(tree.Root)
	return v.findings
}

type texts struct {
	*World
	t        Type
	text     string
	findings []Finding
	// asked are labels of which a condition further out asks whether they are there.
	asked []string
	// inner: the dot is no longer the alert.
	inner bool
}

func (v *texts) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			v.pipe(n.Pipe)
		case *parse.IfNode:
			v.branch(n.BranchNode, false)
		case *parse.WithNode:
			v.branch(n.BranchNode, true)
		case *parse.RangeNode:
			v.branch(n.BranchNode, true)
		}
	}
}

// branch looks at what is shown. A condition may ask for what is not there, and what
// it asks for may be shown below it.
func (v *texts) branch(b parse.BranchNode, moves bool) {
	asked, inner := v.asked, v.inner
	v.asked = slices.Clone(asked)
	v.eachLabel(b.Pipe, true, func(name string, _ int) { v.asked = append(v.asked, name) })
	v.inner = inner || moves
	v.list(b.List)
	v.inner = inner
	v.list(b.ElseList)
	v.asked = asked
}

// eachLabel finds the labels of the alert that a pipe names; of several that "or" takes
// the first of, one may be missing.
func (v *texts) eachLabel(p *parse.PipeNode, or bool, found func(name string, pos int)) {
	for _, c := range p.Cmds {
		if c.Args[0].String() == "or" && !or {
			continue
		}
		for _, arg := range c.Args {
			switch n := arg.(type) {
			case *parse.VariableNode:
				if n.Ident[0] == "$labels" && len(n.Ident) > 1 {
					found(n.Ident[1], int(n.Pos))
				}
			case *parse.FieldNode:
				if n.Ident[0] == "Labels" && len(n.Ident) > 1 && !v.inner {
					found(n.Ident[1], int(n.Pos))
				}
			case *parse.PipeNode:
				v.eachLabel(n, or, found)
			}
		}
	}
}

// pipe looks at what an action shows.
func (v *texts) pipe(p *parse.PipeNode) {
	v.eachLabel(p, false, v.label)
	v.functions(p)
}

// functions finds those that are given the value of the alert.
func (v *texts) functions(p *parse.PipeNode) {
	value := false
	for _, c := range p.Cmds {
		for i, arg := range c.Args {
			switch n := arg.(type) {
			case *parse.VariableNode:
				value = value || n.Ident[0] == "$value" && len(p.Cmds) > 1
			case *parse.PipeNode:
				v.functions(n)
			case *parse.IdentifierNode:
				direct := i == 0 && len(c.Args) == 2 && c.Args[1].String() == "$value"
				if value || direct {
					v.function(n.Ident, int(n.Pos))
				}
				value = false // what comes after is a text
			}
		}
	}
}

func (v *texts) at(pos int, word string) (int, int) {
	start := max(0, pos-len(templatePrefix))
	if i := strings.Index(v.text[min(start, len(v.text)):], word); i >= 0 {
		return start + i, start + i + len(word)
	}
	return 0, len(v.text)
}

func (v *texts) label(name string, pos int) {
	if slices.Contains(v.asked, name) {
		return
	}
	if f, bad := v.Lacks(v.t, name); bad && f.Code != codeStrict {
		f.Message = fmt.Sprintf("the text shows the label %s, and %s", name, f.Message)
		f.Start, f.End = v.at(pos, "."+name)
		f.Start += len(v.text[f.Start:f.End]) - len(strings.TrimPrefix(v.text[f.Start:f.End], "."))
		v.findings = append(v.findings, f)
	}
}

func (v *texts) function(name string, pos int) {
	if f, bad := v.Prints(v.t, name); bad {
		f.Start, f.End = v.at(pos, name)
		v.findings = append(v.findings, f)
	}
}
