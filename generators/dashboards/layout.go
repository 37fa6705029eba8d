package dashboards

import (
	"fmt"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
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

// panels draws all rows in order. Ids count from 1, titles included. The panels
// of a row that is closed stand inside it, with the places that they take when
// it is opened.
func (d drawing) panels() ([]sdk.PanelOrRowPanel, error) {
	var at place
	var out []sdk.PanelOrRowPanel
	id := uint32(0)
	nextID := func() uint32 { id++; return id }
	for _, r := range d.Rows {
		if len(r.Panels) == 0 {
			continue
		}
		title, err := sdk.NewRowBuilder(r.Title).Id(nextID()).Collapsed(r.Collapsed).GridPos(at.row()).Build()
		if err != nil {
			return nil, fmt.Errorf("row %q: %w", r.Title, err)
		}
		var drawn []sdk.Panel
		within := at
		for _, p := range r.Panels {
			one, err := d.draw(p, &within, nextID())
			if err != nil {
				return nil, fmt.Errorf("panel %q of row %q: %w", p.Title, r.Title, err)
			}
			drawn = append(drawn, one)
		}
		if r.Collapsed {
			title.Panels = drawn
			out = append(out, sdk.PanelOrRowPanel{RowPanel: &title})
			continue
		}
		at = within
		out = append(out, sdk.PanelOrRowPanel{RowPanel: &title})
		for i := range drawn {
			out = append(out, sdk.PanelOrRowPanel{Panel: &drawn[i]})
		}
	}
	return out, nil
}
