package diag

import "slices"

// Nearest returns the candidate closest to name by edit distance, or "" when
// none is close enough to be a slip of the keyboard (a third of the letters,
// at least two).
func Nearest(name string, candidates []string) string {
	sorted := slices.Sorted(slices.Values(candidates))
	best, bestDistance := "", max(2, len(name)/3)+1
	for _, c := range sorted {
		if d := Distance(name, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// DidYouMean phrases the nearest candidate as a hint; when nothing is near
// and the candidates are few, it lists them.
func DidYouMean(name string, candidates []string) string {
	if n := Nearest(name, candidates); n != "" {
		return "did you mean " + quote(n) + "?"
	}
	return WantOneOf(candidates)
}

// WantOneOf lists up to twelve candidates in order.
func WantOneOf(candidates []string) string {
	if len(candidates) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(candidates))
	const most = 12
	text := "want one of "
	for i, c := range sorted {
		if i == most {
			return text + ", …"
		}
		if i > 0 {
			text += ", "
		}
		text += quote(c)
	}
	return text
}

func quote(s string) string { return `"` + s + `"` }

// Distance is the optimal-string-alignment distance: insertions, deletions,
// substitutions and swaps of neighbours count one each.
func Distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	rows := make([][]int, len(ra)+1)
	for i := range rows {
		rows[i] = make([]int, len(rb)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(ra); i++ {
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(ra)][len(rb)]
}
