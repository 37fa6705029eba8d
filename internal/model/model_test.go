package model

import (
	"math"
	"strconv"
	"testing"
)

func TestSeconds(t *testing.T) {
	for _, tt := range []struct {
		text string
		want float64
		ok   bool
	}{
		// Exactly the number that a person would write: 0.2, not 0.2000…01.
		{"200ms", 0.2, true},
		{"1ms", 0.001, true},
		{"9ms", 0.009, true}, // 9 * 0.001 is 0.009000000000000001
		{"15s", 15, true},
		{"5m", 300, true},
		{"2h", 7200, true},
		{"10d", 864000, true},
		{"999999999d", 999999999 * 86400, true}, // the longest that the schema takes
		{"0s", 0, true},
		{"", 0, false},
		{"s", 0, false},
		{"ms", 0, false},
		{"15", 0, false},
		{"1.5s", 0, false},
		{"-5s", 0, false},
		{"+5s", 0, false},
		{" 5s", 0, false},
		{"1h30m", 0, false},
		{"5w", 0, false},
		{"99999999999s", 0, false}, // more than 32 bits
	} {
		got, ok := Seconds(tt.text)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%q is %v, %t; want %v, %t", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	for _, tt := range []struct {
		v    float64
		want string
	}{
		{0, "0"},
		{10, "10"},
		{0.001, "0.001"},
		{-2.95, "-2.95"},
		{99.9, "99.9"},
		{1.0 / 3, "0.3333333333333333"},
		// A person writes no exponent for these; for the next ones they do.
		{1e-6, "0.000001"},
		{123456789012345, "123456789012345"},
		{1e-7, "1e-07"},
		{-1e-7, "-1e-07"},
		{1e15, "1e+15"},
		{math.Inf(1), "+Inf"},
		{math.NaN(), "NaN"},
	} {
		got := FormatNumber(tt.v)
		if got != tt.want {
			t.Errorf("%v is written %s, want %s", tt.v, got, tt.want)
		}
		if back, err := strconv.ParseFloat(got, 64); err != nil || back != tt.v && !math.IsNaN(tt.v) {
			t.Errorf("%v is written %s, and read back as %v, %v", tt.v, got, back, err)
		}
	}
}

func TestTarget(t *testing.T) {
	target := Target{"enabled": true, "under": "200ms", "objective": 99.9, "queue": 10, "far": int64(7), "odd": "soon", "list": []any{1}}
	for _, tt := range []struct {
		field  string
		number float64
		ok     bool
		text   string
	}{
		// Names and messages say what the user wrote, rules what it means.
		{"under", 0.2, true, "200ms"},
		{"objective", 99.9, true, "99.9"},
		{"queue", 10, true, "10"},
		{"far", 7, true, "7"},
		{"odd", 0, false, "soon"},
		{"enabled", 0, false, "0"},
		{"list", 0, false, "0"},
		{"missing", 0, false, "0"},
	} {
		number, ok := target.Number(tt.field)
		if number != tt.number || ok != tt.ok {
			t.Errorf("%s is the number %v, %t; want %v, %t", tt.field, number, ok, tt.number, tt.ok)
		}
		if text := target.Text(tt.field); text != tt.text {
			t.Errorf("%s is the text %q, want %q", tt.field, text, tt.text)
		}
	}
	if !target.Enabled() || (Target{"enabled": false}).Enabled() || (Target{}).Enabled() || (Target{"enabled": "yes"}).Enabled() {
		t.Error("only enabled: true is enabled")
	}
}

// A duration is written in the largest unit that it is a whole number of, and reads
// back as what it was.
func TestFormatDuration(t *testing.T) {
	for seconds, want := range map[float64]string{120: "2m", 90: "90s", 3600: "1h", 86400: "1d", 604800: "7d", 0.2: "200ms", 1: "1s"} {
		got := FormatDuration(seconds)
		if got != want {
			t.Errorf("%v is written %s, want %s", seconds, got, want)
		}
		if back, ok := Seconds(got); !ok || back != seconds {
			t.Errorf("%s reads back as %v, not %v", got, back, seconds)
		}
	}
}
