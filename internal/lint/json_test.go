package lint

import (
	"strings"
	"testing"
)

func TestJSONPlaces(t *testing.T) {
	for _, tt := range []struct{ name, literal, value, word, place string }{
		{"plain", `"up > 3"`, "up > 3", ">", "2:13"},
		{"quotes", `"up{a=\"b\"} > 3"`, `up{a="b"} > 3`, "> 3", "2:22"},
		{"backslash", `"a=~\"\\\\d+\" or up"`, `a=~"\\d+" or up`, "up", "2:27"},
		{"line break", `"sum(\n  up\n)"`, "sum(\n  up\n)", "up", "2:18"},
		{"slash", `"a\/b"`, "a/b", "b", "2:13"},
		{"tab", `"\tup"`, "\tup", "up", "2:12"},
		{"all that are short", `"\b\f\n\r\tx"`, "\b\f\n\r\tx", "x", "2:20"},
		{"unicode before", `"é up"`, "é up", "up", "2:13"},
		{"unicode escaped", `"\u00e9 up"`, "é up", "up", "2:17"},
		{"capital digits", `"\u00E9 up"`, "é up", "up", "2:17"},
		{"a pair of surrogates", `"\ud83d\ude00 up"`, "😀 up", "up", "2:23"},
		{"half a pair", `"\ud83d up"`, "\ufffd up", "up", "2:17"},
		{"the wrong half", `"\ude00\ud83d up"`, "\ufffd\ufffd up", "up", "2:23"},
		{"half a pair, and a letter", `"\ud83d\u0041 up"`, "\ufffdA up", "up", "2:23"},
		{"no UTF-8", "\"\xff up\"", "\ufffd up", "up", "2:12"},
		{"a word", `true`, "true", "true", "2:9"},
		{"a number", `1.50e3`, "1.50e3", "e", "2:13"},
		{"nothing", `""`, "", "", "2:10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := "{\n  \"a\" : " + tt.literal + ",\n  \"b\": [1]\n}\n"
			n, err := parseJSON(plainText(file, 0))
			if err != nil {
				t.Fatal(err)
			}
			got, ok := n.scalar("a")
			if !ok || fellBack(got) {
				t.Fatalf("not followed: %+v", got)
			}
			wantText(t, file, got, tt.value, tt.word, tt.place)
			for _, text := range texts(n, map[*node]bool{}) {
				if why := misplaced(file, text); why != "" {
					t.Errorf("%q: %s", text.Value, why)
				}
			}
		})
	}
}

func TestJSONTree(t *testing.T) {
	n, err := parseJSON(plainText(`{"a": {"b": [1, "2", {"c": null}]}, "a2": false, "twice": 1, "twice": 2}`, 0))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := n.at("a", "b").items[0].number(); !ok || v != 1 {
		t.Error("a number is none")
	}
	if _, ok := n.at("a", "b").items[1].number(); ok {
		t.Error("a string is a number")
	}
	if n.str("a2") != "false" {
		t.Error("words are not read")
	}
	if _, ok := n.at("a", "b").items[2].scalar("c"); ok {
		t.Error("null is a text")
	}
	if n.str("twice") != "2" {
		t.Error("of two fields the last counts, as in Grafana")
	}
	if n.at("a", "x", "y") != nil || n.str("a") != "" || n.list("a") != nil {
		t.Error("found what is not there")
	}
	if _, ok := n.scalar("a"); ok {
		t.Error("a map is a scalar")
	}
}

func TestJSONErrors(t *testing.T) {
	for _, tt := range []struct{ text, message, place string }{
		{`{"a": 1,, }`, "looking for beginning of object key", "1:9"},
		{"{\"a\": [1,\n2}", "after array element", "2:2"},
		{`{"a":`, "unexpected end", "1:5"},
		{``, "unexpected end", "1:1"},
		{"{}\n x", "after top-level value", "2:2"},
		{`{"a":"\q"}`, "string escape code", "1:8"},
		{"{\"a\":\"\n\"}", "in string literal", "1:7"},
		{strings.Repeat("[", 300) + strings.Repeat("]", 300), "values are nested more than 200 deep", "1:1"},
		{strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300), "values are nested more than 200 deep", "1:1"},
		{strings.Repeat("[", 30_000), "exceeded max depth", "1:10001"},
	} {
		_, err := parseJSON(plainText(tt.text, 0))
		at, ok := err.(syntaxError)
		if !ok || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%.30s: %v, want %s", tt.text, err, tt.message)
			continue
		}
		if got := newSource(File{Name: "f", Data: []byte(tt.text)}).pos(at.at, at.at+1).String(); got != "f:"+tt.place {
			t.Errorf("%.30s: stopped at %s, want %s", tt.text, got, tt.place)
		}
	}
}
