package lint

import "strings"

// Text is a string with the place of each of its bytes.
type Text struct {
	Value string
	// at is the offset in the file of each byte, and of the end.
	at []int
}

// plainText stands in the file as it is, from an offset on.
func plainText(value string, offset int) Text {
	at := make([]int, len(value)+1)
	for i := range at {
		at[i] = offset + i
	}
	return Text{value, at}
}

// nowhere is a text whose bytes all stand at one place.
func nowhere(value string, offset int) Text {
	at := make([]int, len(value)+1)
	for i := range at {
		at[i] = offset
	}
	return Text{value, at}
}

// offset of a byte in the file.
func (t Text) offset(i int) int {
	if len(t.at) == 0 {
		return 0
	}
	return t.at[max(0, min(i, len(t.at)-1))]
}

// part of a text; it shares the places.
func (t Text) part(start, end int) Text {
	return Text{t.Value[start:end], t.at[start : end+1]}
}

// builder puts a text together from parts of another.
type builder struct {
	value strings.Builder
	at    []int
}

// keep takes a part as it stands.
func (b *builder) keep(t Text, start, end int) {
	b.at = append(b.at, t.at[start:end]...)
	b.value.WriteString(t.Value[start:end])
}

// replace writes other bytes for a part: the last stands for its last byte, the
// rest for its first, so that what is said of the whole underlines the whole.
func (b *builder) replace(t Text, start, end int, by string) {
	for i := range len(by) {
		from := start
		if i > 0 && i == len(by)-1 {
			from = max(start, end-1)
		}
		b.at = append(b.at, t.offset(from))
	}
	b.value.WriteString(by)
}

func (b *builder) text(end int) Text { return Text{b.value.String(), append(b.at, end)} }
