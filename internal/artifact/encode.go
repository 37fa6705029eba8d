package artifact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"sigs.k8s.io/yaml"
)

// YAML encodes a typed object the one way all files are written: keys sorted,
// fields that only a server sets left out, and a comment header that says
// where the file came from.
func YAML(header []string, object any) ([]byte, error) {
	tree, err := toTree(object)
	if err != nil {
		return nil, err
	}
	body, err := yaml.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return append(comment(header), body...), nil
}

// toTree passes the object through JSON, so that struct tags decide, and
// drops "status" and null leaves such as creationTimestamp.
func toTree(object any) (any, error) {
	tree, err := throughJSON(object)
	if err != nil {
		return nil, err
	}
	if m, ok := tree.(map[string]any); ok {
		delete(m, "status")
	}
	return prune(tree), nil
}

// throughJSON gives the plain maps and lists of an object, numbers as written.
func throughJSON(object any) (any, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return tree, nil
}

// JSON encodes an object for people too: keys sorted, indented, and the
// operators of a query as they are, where Go would write ">" as \u003e.
func JSON(object any) ([]byte, error) {
	tree, err := throughJSON(object)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(tree); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return out.Bytes(), nil
}

// prune removes null values: they say nothing, and a GitOps controller that
// compares with the live object would see them as a difference for ever.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil {
				delete(v, k)
				continue
			}
			v[k] = prune(e)
		}
	case []any:
		for i, e := range v {
			v[i] = prune(e)
		}
	case json.Number:
		// An integer keeps its digits; as a float64 a large one would not.
		if strings.ContainsAny(v.String(), ".eE") {
			f, _ := v.Float64() // out of range is infinite, which Marshal refuses
			return f
		}
	}
	return v
}

// comment makes a header. A line break in it would end the comment, and some
// control characters would make the file no YAML at all: only printable text
// passes.
func comment(lines []string) []byte {
	var b bytes.Buffer
	for _, line := range lines {
		line = strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return ' '
		}, line)
		b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
	return b.Bytes()
}
