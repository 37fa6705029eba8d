package model

import (
	"math"
	"strconv"
	"strings"
)

// units are the suffixes that a duration of the schema may have, in seconds.
// "ms" comes first: it also ends in "s".
var units = []struct {
	suffix  string
	seconds float64
}{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}

// Seconds reads a duration of the schema, such as "200ms" or "5m".
func Seconds(duration string) (float64, bool) {
	for _, u := range units {
		if digits, ok := strings.CutSuffix(duration, u.suffix); ok {
			n, err := strconv.ParseUint(digits, 10, 32)
			if err != nil {
				return 0, false
			}
			if u.seconds < 1 {
				return float64(n) / math.Round(1/u.seconds), true
			}
			return float64(n) * u.seconds, true
		}
	}
	return 0, false
}

// FormatDuration writes seconds as a duration of the schema, in the largest unit
// that they are a whole number of.
func FormatDuration(seconds float64) string {
	for i := len(units) - 1; i > 0; i-- {
		if n := seconds / units[i].seconds; n >= 1 && n == math.Trunc(n) {
			return FormatNumber(n) + units[i].suffix
		}
	}
	return FormatNumber(math.Round(seconds*1000)) + "ms"
}

// FormatNumber prints a number as briefly as it can be read back, without an
// exponent for numbers a person would write.
func FormatNumber(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
