package markdown

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"Run `kubectl get <pod>` now.":    "Run `kubectl get <pod>` now.",
		"Put <node> in.":                  `Put \<node\> in.`,
		"[a](https://evil.example.com)":   `\[a\](https://evil.example.com)`,
		"**b** _i_ ~~s~~ $m$ &lt; <b>":    `\*\*b\*\* \_i\_ \~\~s\~\~ \$m\$ \&lt; \<b\>`,
		"one tick ` alone":                "one tick \\` alone",
		"`a` and ` alone":                 "`a` and \\` alone",
		"``` not a fence":                 "\\` not a fence",
		`a back\slash`:                    `a back\\slash`,
		"a | b":                           "a &#124; b",
		"`a | b`":                         "`a | b`",
		"two\nlines\u2028and\ta\x00third": "two lines and a third",
		"# no heading":                    `\# no heading`,
		"- no item":                       `\- no item`,
		"+ no item":                       `\+ no item`,
		"=== no underline":                `\=== no underline`,
		"12. no item":                     `12\. no item`,
		"12) no item":                     `12\) no item`,
		"12 items":                        "12 items",
		"    no code":                     "no code",
		"> no quote":                      `\> no quote`,
		"":                                "",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"`a` | b":       "`a` &#124; b",
		"`a|b`":         "a&#124;b",
		`a\|b`:          `a\\&#124;b`,
		"`a\\` | `b\\`": `a\\ &#124; b\\`,
	} {
		if got := Cell(text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestName(t *testing.T) {
	if got, want := Name("`a` | b\n[c]"), "\\`a\\` &#124; b \\[c\\]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"a":            "`a`",
		"a`b":          "`` a`b ``",
		"`":            "`` ` ``",
		"a``b`c":       "``` a``b`c ```",
		"a\n\n# b":     "`a # b`",
		" ":            "",
		"a <!-- --> b": "`a <!-- --> b`",
	} {
		if got := Code(text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestFence(t *testing.T) {
	if got, want := Fence("promql", "x\n```\ny"), "````promql\nx\n```\ny\n````\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLink(t *testing.T) {
	for _, tt := range []struct{ text, to, want string }{
		{"a]b", "x.md#y", `[a\]b](x.md#y)`},
		{"a", "https://x.example.com/) [b](c", "[a](https://x.example.com/%29%20[b]%28c)"},
		{"a", "x|y\\z\n<w>`", `[a](x%7Cy%5Cz%20%3Cw%3E%60)`},
	} {
		if got := Link(tt.text, tt.to); got != tt.want {
			t.Errorf("%q to %q:\n got %s\nwant %s", tt.text, tt.to, got, tt.want)
		}
	}
}

// Whatever a cell says, its row has as many cells as the head.
func FuzzCell(f *testing.F) {
	for _, seed := range []string{"a|b", "`a|b`", `\|`, "`\\`|`", "`` | ``", "a\n| b |", "\\", "`", "```"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		row := Row(Cell(text), Name(text))
		if strings.Count(row, "|") != 3 || strings.Count(row, "\n") != 1 || !strings.HasSuffix(row, " |\n") {
			t.Errorf("%q gives the row %q", text, row)
		}
	})
}
