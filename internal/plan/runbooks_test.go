package plan

import (
	"regexp"
	"slices"
	"testing"
)

func TestRunbookURL(t *testing.T) {
	for _, tt := range []struct {
		base    string
		several bool
		want    string
	}{
		{"https://x.example.com", false, "https://x.example.com/Mine"},
		{"https://x.example.com/", true, "https://x.example.com/Mine"},
		{"https://x.example.com/?name=", true, "https://x.example.com/?name=Mine"},
		{"https://x.example.com/#", true, "https://x.example.com/#Mine"},
		{"https://x.example.com/{cluster}/{alert}", true, "https://x.example.com/eu/Mine"},
		{"https://x.example.com/{cluster}#{alert}", true, "https://x.example.com/eu#Mine"},
		{"https://x.example.com/{cluster}/{alert}.md", false, "https://x.example.com/eu/Mine.md"},
		{"https://x.example.com/{cluster}/{alert}.md", true, "https://x.example.com/eu/Mine.md#rule-10"},
		{"https://x.example.com/{cluster}/{alert}.md?ref=main", true, "https://x.example.com/eu/Mine.md?ref=main#rule-10"},
		{"https://x.example.com/{alert}.md#what-to-do", true, "https://x.example.com/Mine.md#what-to-do"},
	} {
		if got := runbookURL(tt.base, "eu", "Mine", "rule-10", tt.several); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.base, got, tt.want)
		}
	}
}

// An anchor is a heading that every site takes as it is, and no two are one.
func TestAnchors(t *testing.T) {
	of := func(labels map[string]string) *Rule {
		labels["severity"], labels["owner"], labels["cluster"] = "info", "{{ $labels.team }}", "eu"
		return &Rule{Labels: labels}
	}
	got := anchors([]*Rule{
		of(map[string]string{"burn": "fast", "objective": "99.9", "slo": "ttft", "target": "200ms"}),
		of(map[string]string{"modelName": `NVIDIA "H100" | 80GB (HBM3)`}),
		of(map[string]string{"limit": "0.9"}), of(map[string]string{"limit": "0-9"}), of(map[string]string{"limit": "ä"}), of(map[string]string{}),
	})
	want := []string{"rule-fast-99-9-ttft-200ms", "rule-nvidia-h100-80gb-hbm3", "rule-0-9", "rule-0-9-2", "rule", "rule-2"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, a := range got {
		if !regexp.MustCompile("^[a-z0-9]+(-[a-z0-9]+)*$").MatchString(a) {
			t.Errorf("%q may become another anchor", a)
		}
	}
}

func TestUntemplated(t *testing.T) {
	for text, want := range map[string]string{
		"GPU {{ $labels.gpu }} of {{$labels.node}}": "GPU <gpu> of <node>",
		"{{ $value | humanizePercentage }} busy":    "<value> busy",
		`{{ printf "%.0f" $value }} USD`:            "<value> USD",
		"at most {{ param:headroomCelsius }} °C":    "at most <headroomCelsius> °C",
		"over {{ target:queueDepth:under }}":        "over <queueDepth:under>",
		"{{ with $labels.team }}x{{ end }}":         "{{ with $labels.team }}x{{ end }}",
		"nothing to fill in":                        "nothing to fill in",
	} {
		if got := Untemplated(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
