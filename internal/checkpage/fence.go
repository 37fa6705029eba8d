package checkpage

import (
	"path"

	"github.com/aiobsgen/aiobsgen/internal/markdown"
)

// languages by the ending of a file, as Markdown names them.
var languages = map[string]string{".cue": "cue", ".json": "json", ".yaml": "yaml", ".yml": "yaml"}

// fence shows a text as a block of code.
func fence(file, text string) string { return markdown.Fence(languages[path.Ext(file)], text) }
