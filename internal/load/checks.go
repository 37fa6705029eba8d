package load

import (
	"fmt"

	"cuelang.org/go/cue"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/schema"
)

// LoadChecks reads what is told of each check. It stands apart from
// LoadEmbedded because compiling a spec needs none of it.
func LoadChecks() (model.Checks, error) {
	var checks model.Checks
	e := newEmbedded()
	v, err := e.compile(schema.Files, "checks")
	if err != nil {
		return checks, err
	}
	// Decoding takes a field that nobody filled for an empty one.
	if err := v.Validate(cue.Concrete(true)); err != nil {
		return checks, fmt.Errorf("schema/checks: %w", err)
	}
	if err := v.Decode(&checks); err != nil {
		return checks, fmt.Errorf("checks: %w", err)
	}
	return checks, nil
}
