package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// ManifestName is the file at the root of the output folder that remembers
// what the last build wrote.
const ManifestName = "aiobsgen.manifest.json"

// Manifest lists the files of one build by path.
type Manifest struct {
	Files map[string]Entry `json:"files"`
}

// Entry is one file of a manifest.
type Entry struct {
	// SHA256 of the bytes that were written, in lower-case hex.
	SHA256 string `json:"sha256"`
	// From are the places in the spec that caused the file, sorted.
	From []string `json:"from"`
}

// Manifest returns the manifest that belongs to the set.
func (s *Set) Manifest() Manifest {
	m := Manifest{Files: make(map[string]Entry, len(s.files))}
	for p, f := range s.files {
		from := append([]string{}, f.Origins...) // never nil: [] and not null in the file
		slices.Sort(from)
		m.Files[p] = Entry{SHA256: hash(f.Data), From: slices.Compact(from)}
	}
	return m
}

// Encode returns the bytes of the manifest. They depend on its files alone, so
// that the same build gives the same bytes.
func (m Manifest) Encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		panic(err) // maps and strings always encode
	}
	return b.Bytes()
}

// ReadManifest reads a manifest and trusts nothing in it: files are removed on
// its word, so a path that leaves the output folder is an error, and so is
// every field and value that a manifest does not have.
func ReadManifest(data []byte) (Manifest, error) {
	m, err := parseManifest(data)
	if err != nil {
		return Manifest{}, fmt.Errorf("%s: %w: restore it from version control, or delete it and build with --force "+
			"(files of older builds that are no longer generated then stay behind)", ManifestName, err)
	}
	return m, nil
}

func parseManifest(data []byte) (Manifest, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var m Manifest
	if err := dec.Decode(&m); err != nil {
		return m, fmt.Errorf("is not a manifest of aiobsgen (%w)", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return m, errors.New("goes on after its end")
	}
	if m.Files == nil {
		return m, errors.New(`has no "files"`)
	}
	seen := names{}
	for _, p := range slices.Sorted(maps.Keys(m.Files)) {
		if err := checkPath(p); err != nil {
			return m, err
		}
		if err := seen.add(p); err != nil {
			return m, err
		}
		sum := m.Files[p].SHA256
		if b, err := hex.DecodeString(sum); err != nil || hex.EncodeToString(b) != sum || len(b) != sha256.Size {
			return m, fmt.Errorf("the sha256 of %s is %q, not 64 lower-case hex digits", p, sum)
		}
	}
	return m, nil
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
