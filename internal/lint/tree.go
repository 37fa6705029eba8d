package lint

import "strconv"

// node is a value of JSON or YAML with its places.
type node struct {
	fields []field
	items  []*node
	// text of a scalar; quoted tells a string from a number or a word.
	text   Text
	quoted bool
	isMap  bool
	isList bool
}

type field struct {
	key   Text
	value *node
}

// at returns the value at a path, or nil.
func (n *node) at(path ...string) *node {
	for _, p := range path {
		if n == nil {
			return nil
		}
		var next *node
		for _, f := range n.fields {
			if f.key.Value == p {
				next = f.value
			}
		}
		n = next
	}
	return n
}

// str is the string at a path, or "".
func (n *node) str(path ...string) string {
	text, _ := n.scalar(path...)
	return text.Value
}

// list are the elements at a path.
func (n *node) list(path ...string) []*node {
	if v := n.at(path...); v != nil {
		return v.items
	}
	return nil
}

// number at a path, if there is one.
func (n *node) number(path ...string) (float64, bool) {
	text, ok := n.scalar(path...)
	if !ok || n.at(path...).quoted {
		return 0, false
	}
	f, err := strconv.ParseFloat(text.Value, 64)
	return f, err == nil
}

// scalar is the text at a path, if it is one.
func (n *node) scalar(path ...string) (Text, bool) {
	v := n.at(path...)
	if v == nil || v.isMap || v.isList || v.isNull() {
		return Text{}, false
	}
	return v.text, true
}

// isNull: there is a field, without a value.
func (n *node) isNull() bool {
	return !n.quoted && !n.isMap && !n.isList && (n.text.Value == "" || n.text.Value == "~" || n.text.Value == "null")
}
