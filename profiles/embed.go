// Package profiles embeds the ready-made cluster profiles. A profile is laid
// over the spec for one cluster; its shape is #Profile in schema/spec.cue.
package profiles

import "embed"

// Files holds one profile a file, named after it.
//
//go:embed *.cue
var Files embed.FS
