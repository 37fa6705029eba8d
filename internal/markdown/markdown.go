// Package markdown writes texts of others into Markdown, so that none of them
// breaks out of its paragraph, table cell, code span or link: names, models and
// addresses come from a spec. What it writes means the same on GitHub, GitLab
// and in CommonMark.
package markdown

import (
	"strings"
	"unicode"
)

// Text is a text as one line. What stands between a pair of backticks is code;
// nothing else in it has a meaning.
func Text(text string) string { return inline(text, Code) }

// Cell is Text for a table. A bar or a backslash in code would depend on how the
// reader splits cells, so code with one of them is shown as text.
func Cell(text string) string {
	return inline(text, func(code string) string {
		if strings.ContainsAny(code, `|\`) {
			return escape(code)
		}
		return Code(code)
	})
}

// Name is a name or another text that is no prose, as it stands.
func Name(text string) string { return notABlock(escape(line(text))) }

// inline renders the parts between backticks as code, the others escaped.
func inline(text string, code func(string) string) string {
	parts := strings.Split(line(text), "`")
	var b strings.Builder
	for i, part := range parts {
		switch last := i == len(parts)-1; {
		case i%2 == 0:
			b.WriteString(escape(part))
		case last: // a tick without its pair
			b.WriteString("\\`" + escape(part))
		case part != "":
			b.WriteString(code(part))
		}
	}
	return notABlock(b.String())
}

// escape takes the meaning from each character that has one inside a line. A bar
// is written as a reference: a backslash before it is read in two ways.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`,
		`&`, `\&`, `~`, `\~`, `$`, `\$`, `|`, `&#124;`).Replace(text)
}

// notABlock keeps the beginning of a line from being read as a heading, an item
// of a list or a rule.
func notABlock(text string) string {
	if text == "" {
		return text
	}
	if strings.ContainsRune("#+-=", rune(text[0])) {
		return `\` + text
	}
	if rest := strings.TrimLeft(text, "0123456789"); rest != text && rest != "" && strings.ContainsRune(".)", rune(rest[0])) {
		return text[:len(text)-len(rest)] + `\` + rest
	}
	return text
}

// line puts a text on one line, without what is not printed.
func line(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)), " ")
}

// Code is a code span. Its ticks are more than any in the text.
func Code(text string) string {
	text = line(text)
	if text == "" {
		return ""
	}
	ticks := "`"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	if ticks != "`" {
		text = " " + text + " " // one space on each side is not part of it
	}
	return ticks + text + ticks
}

// Fence is a block of code, for people in a language as Markdown names it. Its
// ticks are more than any in the text, which could end the block otherwise.
func Fence(language, text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + language + "\n" + text + "\n" + ticks + "\n"
}

// Link leads to an address or to a file beside the page.
func Link(text, to string) string {
	to = strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E", `\`, "%5C", "`", "%60", "|", "%7C", "(", "%28", ")", "%29").Replace(line(to))
	return "[" + Name(text) + "](" + to + ")"
}

// Row is a row of a table, of cells that are Markdown already.
func Row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// Head is the first two rows of a table.
func Head(titles ...string) string {
	return Row(titles...) + "|" + strings.Repeat("---|", len(titles)) + "\n"
}
