package dashboards

import (
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

const (
	sourceVariable = "datasource"
	sourceKind     = "prometheus"
)

// variables gives the choice of a data source and then those of the page.
func variables(list []plan.Variable) ([]sdk.VariableModel, error) {
	first, err := sdk.NewDatasourceVariableBuilder(sourceVariable).
		Label("Data source").
		Type(sourceKind).
		Build()
	if err != nil {
		return nil, err
	}
	out := []sdk.VariableModel{first}
	for _, v := range list {
		choice, err := labelChoice(v)
		if err != nil {
			return nil, err
		}
		out = append(out, choice)
	}
	for i := range out {
		// The SDK gives every variable the settings of an interval.
		out[i].Auto, out[i].AutoMin, out[i].AutoCount = nil, nil, nil
	}
	return out, nil
}

// labelChoice offers the values of a label, any number of them. "All" is a
// pattern that matches the empty value too: a GPU that nobody holds has no
// team, and a list of all teams would hide it.
func labelChoice(v plan.Variable) (sdk.VariableModel, error) {
	all, everything := "All", "$__all"
	return sdk.NewQueryVariableBuilder(v.Name).
		Label(v.Title).
		Datasource(source()).
		Query(sdk.StringOrMap{String: &v.Query}).
		Definition(v.Query).
		Multi(true).
		IncludeAll(true).
		AllValue(".*").
		Current(sdk.VariableOption{
			Text:  sdk.StringOrArrayOfString{ArrayOfString: []string{all}},
			Value: sdk.StringOrArrayOfString{ArrayOfString: []string{everything}},
		}).
		Refresh(sdk.VariableRefreshOnTimeRangeChanged).
		Sort(sdk.VariableSortAlphabeticalCaseInsensitiveAsc).
		Build()
}
