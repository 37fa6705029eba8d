package dashboards

import (
	"fmt"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// columns is the width of Grafana's grid.
const columns = 24

// place is a cursor that goes over the grid like a pen over a page: to the
// right, and to a new line below the highest panel of the last one.
type place struct {
	x, y   int
	height int // of the highest panel in the line
}

// panel takes the next place for a panel.
func (at *place) panel(width, height int) (sdk.GridPos, error) {
	if width < 1 || width > columns || height < 1 {
		return sdk.GridPos{}, fmt.Errorf("a panel of %d by %d does not fit a grid of %d columns", width, height, columns)
	}
	if at.x+width > columns {
		at.newLine()
	}
	pos := sdk.GridPos{X: uint32(at.x), Y: uint32(at.y), W: uint32(width), H: uint32(height)}
	at.x += width
	at.height = max(at.height, height)
	return pos, nil
}

// row takes a line for a title.
func (at *place) row() sdk.GridPos {
	at.newLine()
	pos := sdk.GridPos{X: 0, Y: uint32(at.y), W: columns, H: 1}
	at.y++
	return pos
}

func (at *place) newLine() {
	at.x, at.y, at.height = 0, at.y+at.height, 0
}

// panels draws all rows in order. Ids count from 1, titles included.
func panels(rows []plan.Row) ([]sdk.PanelOrRowPanel, error) {
	var at place
	var out []sdk.PanelOrRowPanel
	nextID := func() uint32 { return uint32(len(out) + 1) }
	for _, r := range rows {
		if len(r.Panels) == 0 {
			continue
		}
		title, err := sdk.NewRowBuilder(r.Title).Id(nextID()).GridPos(at.row()).Build()
		if err != nil {
			return nil, fmt.Errorf("row %q: %w", r.Title, err)
		}
		out = append(out, sdk.PanelOrRowPanel{RowPanel: &title})
		for _, p := range r.Panels {
			drawn, err := draw(p, &at, nextID())
			if err != nil {
				return nil, fmt.Errorf("panel %q of row %q: %w", p.Title, r.Title, err)
			}
			out = append(out, sdk.PanelOrRowPanel{Panel: &drawn})
		}
	}
	return out, nil
}
