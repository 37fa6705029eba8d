package dashboards

import (
	"fmt"

	v2 "github.com/grafana/grafana-foundation-sdk/go/dashboardv2"
)

// variableOf carries over the kinds of variables that our pages have.
func variableOf(r *record) v2.VariableKind {
	var out v2.VariableKind
	kind := ""
	r.take("type", &kind)
	hide := enum(r, "hide", v2.VariableHideDontHide, v2.VariableHideHideLabel, v2.VariableHideHideVariable, v2.VariableHideInControlsMenu)
	refresh := enum(r, "refresh", v2.VariableRefreshNever, v2.VariableRefreshOnDashboardLoad, v2.VariableRefreshOnTimeRangeChanged)
	switch kind {
	case "datasource":
		out.DatasourceVariableKind = v2.NewDatasourceVariableKind()
		v := &out.DatasourceVariableKind.Spec
		v.Hide, v.Refresh = hide, refresh
		r.take("query", &v.PluginId)
		r.take("name", &v.Name)
		r.take("label", &v.Label)
		r.take("description", &v.Description)
		r.take("skipUrlSync", &v.SkipUrlSync)
		r.take("regex", &v.Regex)
		r.take("current", &v.Current)
		r.take("multi", &v.Multi)
		r.take("includeAll", &v.IncludeAll)
		r.take("allValue", &v.AllValue)
		r.take("allowCustomValue", &v.AllowCustomValue)
		v.Options = each(r, "options", optionOf)
	case "query":
		out.QueryVariableKind = v2.NewQueryVariableKind()
		v := &out.QueryVariableKind.Spec
		v.Hide, v.Refresh = hide, refresh
		v.Query = queryOf(takeSource(r), variableQuery(r))
		r.take("name", &v.Name)
		r.take("label", &v.Label)
		r.take("description", &v.Description)
		r.take("skipUrlSync", &v.SkipUrlSync)
		r.take("regex", &v.Regex)
		r.take("definition", &v.Definition)
		r.take("current", &v.Current)
		r.take("multi", &v.Multi)
		r.take("includeAll", &v.IncludeAll)
		r.take("allValue", &v.AllValue)
		r.take("allowCustomValue", &v.AllowCustomValue)
		v.Options = each(r, "options", optionOf)
		v.Sort = enum(r, "sort", v2.VariableSortDisabled, v2.VariableSortAlphabeticalAsc, v2.VariableSortAlphabeticalDesc,
			v2.VariableSortNumericalAsc, v2.VariableSortNumericalDesc,
			v2.VariableSortAlphabeticalCaseInsensitiveAsc, v2.VariableSortAlphabeticalCaseInsensitiveDesc,
			v2.VariableSortNaturalAsc, v2.VariableSortNaturalDesc)
	default:
		r.fail(fmt.Errorf("variables of the type %q are not carried over", kind))
	}
	return out
}

// variableQuery is a query as it is, or a text under the key that Grafana keeps texts
// under, for which v2 has no other place.
func variableQuery(r *record) any {
	var query any
	r.take("query", &query)
	if text, ok := query.(string); ok {
		return map[string]any{"__legacyStringValue": text}
	}
	return query
}

func optionOf(r *record) v2.VariableOption {
	option := v2.NewVariableOption()
	r.whole(option)
	return *option
}

// annotationOf carries over a query of events. What v2 has no field for, such as the
// expression of Prometheus and its texts, Grafana reads from the legacy options.
func annotationOf(r *record) v2.AnnotationQueryKind {
	a := v2.NewAnnotationQueryKind()
	s := &a.Spec
	r.take("name", &s.Name)
	r.take("enable", &s.Enable)
	r.take("hide", &s.Hide)
	r.take("iconColor", &s.IconColor)
	r.take("placement", &s.Placement)
	r.take("filter", &s.Filter)
	r.take("mappings", &s.Mappings)
	builtIn := 0.0
	if r.take("builtIn", &builtIn); builtIn != 0 {
		is := true
		s.BuiltIn = &is
	}
	target := map[string]any{}
	r.take("target", &target)
	s.Query = queryOf(takeSource(r), target)
	if rest := r.rest(); len(rest) > 0 {
		s.LegacyOptions = rest
	}
	return *a
}
