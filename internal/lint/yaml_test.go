package lint

import (
	"strconv"
	"strings"
	"testing"
)

// Each file has a scalar under "expr", somewhere; the word stands at the place.
func TestYAMLPlaces(t *testing.T) {
	for _, tt := range []struct{ name, file, value, word, place string }{
		{"plain", "expr: up > 3\n", "up > 3", "> 3", "1:10"},
		{"plain, no break at the end", "expr: up > 3", "up > 3", "3", "1:12"},
		{"plain, a comment behind", "expr: up > 3 # often\n", "up > 3", "3", "1:12"},
		{"plain over lines", "expr: sum(\n  up\n\n  ) > 3\n", "sum( up\n) > 3", "up", "2:3"},
		{"plain over lines, after a blank one", "expr: sum(\n  up\n\n\n  ) > 3\n", "sum( up\n\n) > 3", ") > 3", "5:3"},
		{"plain below its key", "expr:\n  up > 3\n", "up > 3", "> 3", "2:6"},
		{"plain, spaces at the end of a line", "expr: sum(   \n \t up)\n", "sum( up)", "up", "2:4"},
		{"single", "expr: 'up{a=\"b\"} > 3'\n", `up{a="b"} > 3`, "> 3", "1:18"},
		{"single, a quote in it", "expr: 'up{a=~''b''} > 3'\n", "up{a=~'b'} > 3", "> 3", "1:21"},
		{"single, only quotes", "expr: ''''''\n", "''", "''", "1:8"},
		{"single over lines", "expr: 'up\n\n   > ''3'''\n", "up\n> '3'", ">", "3:4"},
		{"double", "expr: \"up > 3\"\n", "up > 3", "> 3", "1:11"},
		{"double, quotes", `expr: "up{a=\"b\"} > 3"` + "\n", `up{a="b"} > 3`, "> 3", "1:20"},
		{"double, all escapes", `expr: "\0\a\b\t\n\v\f\r\e\ \"\'\\\N\_\L\P\x41\u0041\U00000041 up"`, "\x00\a\b\t\n\v\f\r\x1b \"'\\\u0085\u00a0\u2028\u2029AAA up", "up", "1:63"},
		{"double over lines", "expr: \"sum(\n   up\n   )\"\n", "sum( up )", "up", "2:4"},
		{"double, a line break escaped", "expr: \"sum(\\\n   \\  up\\\n   )\"\n", "sum(  up)", "up", "2:7"},
		{"double, blank lines after an escaped break", "expr: \"sum(\\\n\n   up)\"\n", "sum(\nup)", "up", "3:4"},
		{"double, a backslash at the end", `expr: "up\\"`, `up\`, `\`, "1:10"},
		{"literal", "expr: |\n  sum(\n    up\n  ) > 3\n", "sum(\n  up\n) > 3\n", "up", "3:5"},
		{"literal, stripped", "expr: |-\n  sum(\n    up\n  ) > 3\n\n\nb: 1\n", "sum(\n  up\n) > 3", "> 3", "4:5"},
		{"literal, kept", "expr: |+\n  up\n\n\nb: 1\n", "up\n\n\n", "up", "2:3"},
		{"literal, no break at the end", "expr: |\n  up", "up", "up", "2:3"},
		{"literal, blank lines in it", "expr: |\n\n  a\n   \n\n  up\n", "\na\n \n\nup\n", "up", "6:3"},
		{"literal, a comment behind the sign", "expr: |- # up 2\n  up\n", "up", "up", "2:3"},
		{"literal, an indicator", "expr: |2\n    sum(\n  up)\n", "  sum(\nup)\n", "sum", "2:5"},
		{"literal, both indicators", "expr: |2-\n    sum(\n  up)\n", "  sum(\nup)", "up", "3:3"},
		{"literal, an indicator, deeper", "a:\n- b:\n    expr: |-1\n       sum(\n     up)\n", "  sum(\nup)", "up", "5:6"},
		{"literal, a line of spaces first", "expr: |2\n     \n    sum(\n", "   \n  sum(\n", "sum", "3:5"},
		{"literal, nothing but breaks", "expr: |+\n\n  \n\nb: 1\n", "\n\n\n", "\n", "2:1"},
		{"literal, tabs", "expr: |\n  sum(\n  \tup)\n", "sum(\n\tup)\n", "up", "3:4"},
		{"folded", "expr: >\n  sum(\n  up\n  ) > 3\n", "sum( up ) > 3\n", "up", "3:3"},
		{"folded, stripped", "expr: >-\n  sum(\n  up\n  ) > 3\nb: 1\n", "sum( up ) > 3", "> 3", "4:5"},
		{"folded, deeper lines stay", "expr: >-\n  sum(\n    up\n  )\n  > 3\n", "sum(\n  up\n) > 3", "> 3", "5:3"},
		{"folded, blank lines", "expr: >-\n  a\n\n\n  up\n\n    c\n\n  d\n", "a\n\nup\n\n  c\n\nd", "d", "9:3"},
		{"folded, an indicator", "expr: >2-\n    sum(\n  up\n  )\n", "  sum(\nup )", "up", "3:3"},
		{"anchor, plain", "expr: &q up > 3\n", "up > 3", "> 3", "1:13"},
		{"anchor, quoted", "expr: &q 'up' \n", "up", "up", "1:11"},
		{"anchor and tag, double", "expr: !!str &q1 \"up\"\n", "up", "up", "1:18"},
		{"anchor, literal", "expr: &q1 |-\n  up\n", "up", "up", "2:3"},
		{"tag, on a line of its own", "expr: !!str # of 'up'\n  up > 3\n", "up > 3", "> 3", "2:6"},
		{"alias", "a: &q up > 3\nexpr: *q\n", "up > 3", "> 3", "1:10"},
		{"merge", "a: &m\n  expr: up > 3\nb:\n  <<: *m\n  c: 1\n", "up > 3", "> 3", "2:12"},
		{"flow style", "a: [{expr: up > 3, b: 1}]\n", "up > 3", "> 3", "1:15"},
		{"flow style, quoted", "{\"a\": [{\"expr\": 'up{a=\"b\"} > 3'}]}\n", `up{a="b"} > 3`, "> 3", "1:28"},
		{"flow style over lines", "a: {\n  expr: sum(\n    up\n  ) , b: 1 }\n", "sum( up )", "up", "3:5"},
		{"second document", "a: 1\n---\n# two\nexpr: up > 3\n", "up > 3", "> 3", "4:10"},
		{"comment before", "# é up\n\n  # up\nexpr: up > 3\n", "up > 3", "> 3", "4:10"},
		{"unicode before the column", "a: {é: ü, expr: up > 3}\n", "up > 3", "> 3", "1:22"},
		{"unicode in it", "expr: 'é > 😀 up'\n", "é > 😀 up", "up", "1:18"},
		{"carriage returns", "a: 1\r\nexpr: up > 3\r\nb: 1\r\n", "up > 3", "> 3", "2:10"},
		{"carriage returns, literal", "expr: |\r\n  sum(\r\n    up\r\n  ) > 3\r\n\r\nb: 1\r\n", "sum(\n  up\n) > 3\n", "> 3", "4:5"},
		{"carriage returns, folded", "expr: >-\r\n  sum(\r\n  up)\r\n", "sum( up)", "up", "3:3"},
		{"carriage returns, plain over lines", "expr: sum(\r\n  up)\r\n", "sum( up)", "up", "2:3"},
		{"a byte order mark", "\ufeffexpr: up > 3\n", "up > 3", "> 3", "1:13"},
		{"other line breaks", "a: 1 # \u0085# \u2028expr: up > 3\n", "up > 3", "> 3", "1:24"},
		{"a tab behind the colon", "expr:\tup > 3\n", "up > 3", "> 3", "1:10"},
		{"empty", "expr:\nb: 1\n", "", "", "1:6"},
		{"a number", "expr: 1.50e3\n", "1.50e3", "e3", "1:11"},
		{"long key", "? expr\n: up > 3\n", "up > 3", "> 3", "2:6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := parseYAML(plainText(tt.file, 0))
			if err != nil {
				t.Fatal(err)
			}
			var got []Text
			for _, d := range docs {
				got = append(got, exprs(d)...)
				for _, text := range texts(d, map[*node]bool{}) {
					if why := misplaced(tt.file, text); why != "" {
						t.Errorf("%q: %s", text.Value, why)
					}
					if fellBack(text) {
						t.Errorf("%q was not followed", text.Value)
					}
				}
			}
			if len(got) == 0 {
				t.Fatal("no expr was found")
			}
			wantText(t, tt.file, got[len(got)-1], tt.value, tt.word, tt.place)
		})
	}
}

// exprs are the scalars under "expr".
func exprs(n *node) []Text {
	var out []Text
	for _, f := range n.fields {
		if f.key.Value == "expr" {
			out = append(out, f.value.text)
		}
		out = append(out, exprs(f.value)...)
	}
	for _, item := range n.items {
		out = append(out, exprs(item)...)
	}
	return out
}

// What cannot be followed stands at the scalar's beginning.
func TestYAMLFallsBack(t *testing.T) {
	for _, tt := range []struct{ name, file, place string }{
		{"a break that only YAML knows", "a: 1\nexpr: 'up\u0085  x'\n", "2:7"},
		{"a block of nothing but spaces", "a: 1\nexpr: |2\n      \n     \n", "2:7"},
		{"a carriage return as a break", "a: 1\nexpr: 'up\r  x'\n", "2:7"},
	} {
		docs, err := parseYAML(plainText(tt.file, 0))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got := exprs(docs[0])[0]
		if !fellBack(got) {
			t.Errorf("%s: %q was followed", tt.name, got.Value)
		}
		src := newSource(File{Name: "f", Data: []byte(tt.file)})
		if pos := src.all(got); pos.String() != "f:"+tt.place {
			t.Errorf("%s: at %s, want %s", tt.name, pos, tt.place)
		}
	}
}

// A string in a string: its places are those of the file.
func TestNestedPlaces(t *testing.T) {
	for _, tt := range []struct{ name, file, value, word, place string }{
		{"JSON in a literal block", "data:\n  d.json: |\n    {\n      \"expr\": \"up{a=\\\"b\\\"} > 3\"\n    }\n", `up{a="b"} > 3`, "> 3", "4:28"},
		{"JSON in a folded block", "data:\n  d.json: >-\n    {\n    \"expr\": \"up\n    > 3\"}\n", "up > 3", "> 3", "5:5"},
		{"JSON in double quotes", `data: {d.json: "{\"expr\": \"up{a=\\\"b\\\"} > 3\"}"}` + "\n", `up{a="b"} > 3`, "> 3", "1:46"},
		{"JSON in single quotes", "data:\n  d.json: '{\"expr\": \"a=''b'' > 3\"}'\n", "a='b' > 3", "> 3", "2:30"},
		{"JSON in a string of JSON", `{"data": {"d.json": "{\"expr\": \"a\\n > 3\"}"}}`, "a\n > 3", "> 3", "1:40"},
		{"YAML in a literal block", "data:\n  r.yaml: |\n    a:\n      expr: |\n        up\n        > 3\n", "up\n> 3\n", "> 3", "6:9"},
		{"YAML in a literal block, é", "data:\n  r.yaml: |\n    {é: 1, expr: 'a''b > 3'}\n", "a'b > 3", "> 3", "3:25"},
		{"YAML in double quotes", `data: {r.yaml: "é:\n  expr: 'up > 3'\n"}` + "\n", "up > 3", "> 3", "1:34"},
		{"YAML in a string of JSON", `{"data": {"r.yaml": "expr: \"up \\u003e 3\"\n"}}`, "up > 3", "3", "1:41"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := parseYAML(plainText(tt.file, 0))
			if err != nil {
				t.Fatal(err)
			}
			f := docs[0].at("data").fields[0]
			var inner *node
			if f.key.Value == "d.json" {
				inner, err = parseJSON(f.value.text)
			} else if docs, err = parseYAML(f.value.text); err == nil {
				inner = docs[0]
			}
			if err != nil {
				t.Fatal(err)
			}
			got := exprs(inner)
			wantText(t, tt.file, got[0], tt.value, tt.word, tt.place)
			if fellBack(got[0]) {
				t.Error("was not followed")
			}
		})
	}
}

func TestMerge(t *testing.T) {
	docs, err := parseYAML(plainText(`
a: &a {x: 1, y: 1}
b: &b {y: 2, z: 2}
c: {<<: [*a, *b], z: 3}
d: {x: 4, <<: {x: 5, w: 5}}
e: {"<<": {x: 6}}
`, 0))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"c x": "1", "c y": "1", "c z": "3", "d x": "4", "d w": "5", "e x": ""} {
		if got := docs[0].str(strings.Fields(path)...); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if got := len(docs[0].at("c").fields); got != 3 {
		t.Errorf("c has %d fields", got)
	}
}

func TestYAMLErrors(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	chain := "a0: &a0 x\n"
	for i := 1; i < 300; i++ {
		chain += strings.NewReplacer("N", strconv.Itoa(i), "M", strconv.Itoa(i-1)).Replace("aN: &aN [*aM]\n")
		if i < 12 {
			bomb += strings.NewReplacer("N", strconv.Itoa(i), "M", strconv.Itoa(i-1)).Replace("aN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]\n")
		}
	}
	long := "a: &a \"" + strings.Repeat("x", 100_000) + "\"\nb: [" + strings.Repeat("*a, ", 2000) + "]\n"
	for _, tt := range []struct{ name, text, message string }{
		{"aliases of aliases", bomb, "its aliases unfold to too much"},
		{"aliases of a long text", long, "its aliases unfold to too much"},
		{"a chain of aliases", chain, "nested more than 200 deep"},
		{"an alias of itself", "a: &a [*a]\n", "the alias *a stands inside of what it names"},
		{"merged with itself", "a: &a {<<: *a}\n", "the alias *a stands inside of what it names"},
		{"deep", strings.Repeat("[", 300) + strings.Repeat("]", 300), "nested more than 200 deep"},
		{"deeper", strings.Repeat("[", 20_000), "exceeded max depth"},
		{"deep blocks", strings.Repeat("- ", 20_000), "exceeded max depth"},
		{"an alias of nothing", "a: *b\n", "unknown anchor"},
		{"no UTF-8", "a: \xff\n", "invalid leading UTF-8 octet"},
		{"NUL", "a: \x00\n", "control characters are not allowed"},
		{"a tab", "a:\n\t- b\n", "cannot start any token"},
	} {
		docs, err := parseYAML(plainText(tt.text, 0))
		at, ok := err.(syntaxError)
		if !ok || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.message)
			continue
		}
		if at.at < 0 || at.at > len(tt.text) || len(docs) > 0 {
			t.Errorf("%s: stopped at %d with %d documents", tt.name, at.at, len(docs))
		}
	}
	// Documents before the error count.
	docs, err := parseYAML(plainText("a: 1\n---\nb: [\n", 0))
	if err == nil || len(docs) != 1 {
		t.Errorf("%d documents, %v", len(docs), err)
	}
}
