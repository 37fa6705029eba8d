package checkpage

import (
	"path"
	"strings"
)

// languages by the ending of a file, as Markdown names them.
var languages = map[string]string{".cue": "cue", ".json": "json", ".yaml": "yaml", ".yml": "yaml"}

// fence shows a text as a block of code. Its ticks are more than any in the
// text, which could end the block otherwise.
func fence(file, text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + languages[path.Ext(file)] + "\n" + text + "\n" + ticks + "\n"
}
