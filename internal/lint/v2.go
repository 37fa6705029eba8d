package lint

import "strings"

// classic turns a dashboard of Grafana's second schema into the first, as far as
// it is read here. The texts keep their places.
//
// There each thing is {kind, spec}: panels are elements that a layout names, and
// a query has its data source's plugin as its group (as its kind, in v2alpha1).
func classic(d *node) *node {
	var panels, variables, annotations []*node
	for _, f := range d.at("elements").fields {
		panels = append(panels, classicPanel(f.value.at("spec")))
	}
	for _, v := range d.list("variables") {
		variables = append(variables, classicVariable(v))
	}
	for _, a := range d.list("annotations") {
		q := a.at("spec", "query")
		expr := q.at("spec", "expr")
		if expr == nil {
			expr = a.at("spec", "legacyOptions", "expr")
		}
		annotations = append(annotations, mapOf("name", a.at("spec", "name"), "datasource", classicSource(q, a.at("spec")), "expr", expr))
	}
	return mapOf("title", d.at("title"), "panels", listOf(panels),
		"templating", mapOf("list", listOf(variables)), "annotations", mapOf("list", listOf(annotations)))
}

func classicPanel(spec *node) *node {
	var targets []*node
	for _, q := range spec.list("data", "spec", "queries") {
		query := q.at("spec", "query")
		targets = append(targets, mapOf("expr", query.at("spec", "expr"), "legendFormat", query.at("spec", "legendFormat"),
			"hide", q.at("spec", "hidden"), "datasource", classicSource(query, q.at("spec"))))
	}
	viz := spec.at("vizConfig")
	return mapOf("title", spec.at("title"), "id", spec.at("id"), "type", group(viz), "options", viz.at("spec", "options"),
		"fieldConfig", viz.at("spec", "fieldConfig"), "transformations", spec.at("data", "spec", "transformations"), "targets", listOf(targets))
}

func classicVariable(v *node) *node {
	spec := v.at("spec")
	query := spec.at("query")
	kind := strings.ToLower(strings.TrimSuffix(v.str("kind"), "Variable"))
	switch kind {
	case "datasource":
		query = spec.at("pluginId")
	case "query":
		source := classicSource(query, spec)
		// A query that was a string once, and still is for some data sources.
		if query = query.at("spec"); query.at("__legacyStringValue") != nil {
			query = query.at("__legacyStringValue")
		}
		return mapOf("name", spec.at("name"), "type", word(kind), "query", query, "datasource", source)
	}
	return mapOf("name", spec.at("name"), "type", word(kind), "query", query)
}

// classicSource is the data source of a query, which v2alpha1 puts beside it.
func classicSource(query, beside *node) *node {
	if old := beside.at("datasource"); old != nil {
		return old
	}
	return mapOf("type", group(query))
}

// group is the plugin of a query or of a visualization.
func group(n *node) *node {
	if g := n.at("group"); g != nil {
		return g
	}
	return n.at("kind")
}

func word(value string) *node { return &node{quoted: true, text: Text{Value: value}} }

func listOf(items []*node) *node { return &node{isList: true, items: items} }

// mapOf makes a map of names and values, without those that are not there.
func mapOf(pairs ...any) *node {
	n := &node{isMap: true}
	for i := 0; i < len(pairs); i += 2 {
		if value := pairs[i+1].(*node); value != nil {
			n.fields = append(n.fields, field{Text{Value: pairs[i].(string)}, value})
		}
	}
	return n
}
