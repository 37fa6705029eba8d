package dashboards

import (
	"slices"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// ofTeam makes a page one of a team's family: it has the family's tag in place of
// the fleet's, so that the fleet's pages do not list every team's, and the link to
// the family stands before that to the fleet.
func ofTeam(board *sdk.Dashboard, team string) {
	board.Tags = withTag(board.Tags, team)
	var links []sdk.DashboardLink
	for _, link := range board.Links {
		if slices.Contains(link.Tags, family) {
			own := link
			own.Title, own.Tags = team, withTag(link.Tags, team)
			links = append(links, own)
		}
		links = append(links, link)
	}
	board.Links = links
}

func withTag(tags []string, team string) []string {
	out := slices.Clone(tags)
	for i, tag := range out {
		if tag == family {
			out[i] = family + "-" + team
		}
	}
	return out
}
