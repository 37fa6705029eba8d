package lint

import (
	"fmt"
	"strings"
	"testing"
)

var someVariables = map[string]variable{
	"window": {"constant", "5m"},
	"metric": {"constant", "up"},
	"unit":   {"constant", "m"},
	"step":   {"interval", "1m,5m"},
	"pod":    {"query", ""},
}

// NAME, FIRST and OTHER are the stand-ins.
func TestExpand(t *testing.T) {
	words := strings.NewReplacer("NAME", standInName, "FIRST", "7654321ms", "OTHER", "7654322ms")
	for _, tt := range []struct{ query, want string }{
		{`rate(x[$__rate_interval])`, `rate(x[$__rate_interval])`},
		{`rate(x[${__rate_interval}])`, `rate(x[$__rate_interval])`},
		{`rate(x[[[__rate_interval]]])`, `rate(x[$__rate_interval])`},
		{`rate(x[$__interval])`, `rate(x[FIRST])`},
		{`rate(x[${__interval}])`, `rate(x[FIRST])`},
		{`rate(x[ $__range ])`, `rate(x[ OTHER ])`},
		{`rate(x[${__range_s}s])`, `rate(x[OTHER])`},
		{`rate(x[$step])`, `rate(x[OTHER])`},
		{`rate(x[[[step]]])`, `rate(x[OTHER])`},
		{`rate(x[${n}m])`, `rate(x[OTHER])`},
		{`rate(x[5$any])`, `rate(x[OTHER])`},
		{`rate(x[$a$b])`, `rate(x[OTHER])`},
		{`rate(x[${a}${b}s:$c])`, `rate(x[OTHER:OTHER])`},
		{`rate(x[1h:$__interval])`, `rate(x[1h:FIRST])`},
		{`rate(x[$a:])`, `rate(x[OTHER:])`},
		{`rate(x[$__rate_interval:$b])`, `rate(x[$__rate_interval:OTHER])`},
		{`rate(x[2$__interval])`, `rate(x[OTHER])`}, // not as short as a pixel
		{`rate(x[$window])`, `rate(x[5m])`},
		{`rate(x[5$unit])`, `rate(x[5m])`},
		{`rate(x[5m] offset $step)`, `rate(x[5m] offset OTHER)`},
		{`rate(x[5m] offset -${step})`, `rate(x[5m] offset -OTHER)`},
		{`sum by ($pod) (x)`, `sum by (NAMEpod) (x)`},
		{`sum by (a, ${pod:csv}) (x)`, `sum by (a, NAMEpod) (x)`},
		{`$metric > 1`, `up > 1`},
		{`${name}_total`, `NAMEname_total`},
		{`a_${name}_total`, `a_NAMEname_total`},
		{`job:$name:rate5m`, `job:NAMEname:rate5m`},
		{`x{$label="a"}`, `x{NAMElabel="a"}`},
		{`x{a="$pod", b=~"${pod:regex}", c='[[pod]]', d=~"a$"} > $n`, `x{a="$pod", b=~"${pod:regex}", c='[[pod]]', d=~"a$"} > NAMEn`},
		{"x{a=`$pod\\`} > $n", "x{a=`$pod\\`} > NAMEn"},
		{`x{a="\"$pod"} > $n`, `x{a="\"$pod"} > NAMEn`},
		{"x # it's $n\n > $n", "x # it's $n\n > NAMEn"},
		{"# don't \"\nx > $n", "# don't \"\nx > NAMEn"},
		{`x > ${__from}`, `x > scalar(NAME__from)`},
		{`x * $__interval_ms`, `x * scalar(NAME__interval_ms)`},
		{`x / $__range_s`, `x / scalar(NAME__range_s)`},
		{`x $ 1`, `x $ 1`},
		{`x{a="$pod`, `x{a="$pod`},
	} {
		got, found := expand(plainText(tt.query, 0), someVariables, false)
		if got.Value != words.Replace(tt.want) {
			t.Errorf("%s\n\tis  %s\n\twant %s", tt.query, got.Value, words.Replace(tt.want))
		}
		if found != (tt.query != tt.want) && !strings.Contains(tt.query, "$__rate_interval]") {
			t.Errorf("%s: found a variable: %t", tt.query, found)
		}
		if len(got.at) != len(got.Value)+1 || got.offset(0) != 0 || got.offset(len(got.Value)) != len(tt.query) {
			t.Errorf("%s: places are %v", tt.query, got.at)
		}
		for i := range got.Value {
			if at := got.at[i]; at > got.at[i+1] || at >= len(tt.query) {
				t.Errorf("%s: byte %d is at %d", tt.query, i, at)
			}
		}
	}
}

// A query that parses with names is read so, and one that needs numbers with
// them. What takes neither is not checked.
func TestParseTemplate(t *testing.T) {
	for _, tt := range []struct {
		query, parsed string
		variables, ok bool
	}{
		{`up > 3`, `up > 3`, false, true},
		{`up > $n`, `up > NAMEn`, true, true},
		{`topk($n, up)`, `topk(scalar(NAMEn), up)`, true, true},
		{`topk($n, sum by ($a, $b) ($c{x="1"}))`, `topk(scalar(NAMEn), sum by (NAMEa, NAMEb) (NAMEc{x="1"}))`, true, true},
		{`topk($n, a_$b / rate($c[$d]))`, `topk(scalar(NAMEn), a_NAMEb / rate(NAMEc[7654322ms]))`, true, true},
		{`histogram_quantile($q, sum by (le) (x))`, `histogram_quantile(scalar(NAMEq), sum by (le) (x))`, true, true},
		{`quantile(0.$p, x{$label="$value"})`, ``, true, false},
		{`histogram_quantile(0.${p}, x)`, ``, true, false},
		{`$function(rate(up[5m]))`, ``, true, false},
		{`up $operator 3`, ``, true, false},
		{`up{$filter}`, ``, true, false},
		{`up >> 3`, ``, false, false},
		{`up{a="$x"} >> 3`, ``, false, false},
	} {
		e, text, faults, variables := parseTemplate(plainText(tt.query, 0), map[string]variable{})
		if variables != tt.variables || (len(faults) == 0) != tt.ok || (e != nil) != tt.ok {
			t.Errorf("%s: variables %t, faults %v", tt.query, variables, faults)
		}
		if want := strings.ReplaceAll(tt.parsed, "NAME", standInName); tt.ok && text.Value != want {
			t.Errorf("%s: parsed %s, want %s", tt.query, text.Value, want)
		}
	}
}

// BenchmarkExpand shows the time for each byte, which must not grow with the
// length of a query.
func BenchmarkExpand(b *testing.B) {
	for name, part := range map[string]string{
		"names": "$a + ", "durations": "rate(x[$a:$b] offset $c) + ", "in strings": `x{a="$a"} + `, "in a list": "$a, ", "colons": "$a:", "open": "[$a", "braces": "${", "old": "[[a]", "formats": "${a:", "formats behind": "$a${",
	} {
		for _, length := range []int{2_000, 200_000} {
			query := plainText("sum by ("+strings.Repeat(part, length/len(part)), 0)
			b.Run(fmt.Sprintf("%s/%d", name, length), func(b *testing.B) {
				b.SetBytes(int64(len(query.Value)))
				for b.Loop() {
					expand(query, someVariables, true)
				}
			})
		}
	}
}
