package dashboards

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
)

// record is a JSON object whose parts are carried over to another schema. What is
// taken goes, so that what is left in the end is what would be lost.
type record struct {
	fields map[string]json.RawMessage
	err    error // the first one
}

func recordOf(data []byte) *record {
	r := &record{}
	r.fail(json.Unmarshal(data, &r.fields))
	return r
}

func (r *record) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// strictly is a type of the SDK that refuses what it does not know.
type strictly interface{ UnmarshalJSONStrict([]byte) error }

// decode reads a value as strictly as its type can be read. Without a fault the SDK
// returns an empty list of them, in an error that is not nil, and takes that for a
// fault itself where a type is one of several: what was read is then lost. So it is
// read once more, after it is known to be right.
func decode(data []byte, into any) error {
	s, ok := into.(strictly)
	if !ok {
		return json.Unmarshal(data, into)
	}
	err := s.UnmarshalJSONStrict(data)
	var faults cog.BuildErrors
	if err == nil || errors.As(err, &faults) && len(faults) == 0 {
		return json.Unmarshal(data, into)
	}
	return err
}

// take reads a field, if it is there.
func (r *record) take(key string, into any) {
	data, ok := r.fields[key]
	delete(r.fields, key)
	if !ok || string(data) == "null" {
		return
	}
	if err := decode(data, into); err != nil {
		r.fail(fmt.Errorf("%s: %w", key, err))
	}
}

// part takes an object; one that is not there is empty.
func (r *record) part(key string) *record {
	part := &record{}
	r.take(key, &part.fields)
	return part
}

// whole takes all fields as one strict type.
func (r *record) whole(into strictly) {
	data, err := json.Marshal(r.fields)
	r.fail(err)
	r.fields = nil
	r.fail(decode(data, into))
}

// drop leaves out fields that mean nothing in the other schema.
func (r *record) drop(keys ...string) {
	for _, key := range keys {
		delete(r.fields, key)
	}
}

// rest takes all fields that are left.
func (r *record) rest() map[string]any {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(r.fields)) {
		var value any
		r.take(key, &value)
		out[key] = value
	}
	return out
}

// done is the first error, or a field that was left.
func (r *record) done(what string) error {
	if r.err == nil && len(r.fields) > 0 {
		r.err = fmt.Errorf("nothing carries %s", strings.Join(slices.Sorted(maps.Keys(r.fields)), ", "))
	}
	if r.err != nil {
		return fmt.Errorf("%s: %w", what, r.err)
	}
	return nil
}

// each carries over the objects of a list.
func each[T any](r *record, key string, carry func(*record) T) []T {
	var list []json.RawMessage
	r.take(key, &list)
	out := []T{}
	for i, data := range list {
		part := recordOf(data)
		out = append(out, carry(part))
		r.fail(part.done(fmt.Sprintf("%s %d", key, i+1)))
	}
	return out
}
