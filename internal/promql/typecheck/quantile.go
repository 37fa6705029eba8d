package typecheck

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// quantile reads a distribution out of buckets.
func quantile(c *checker, n *parser.Call, args []Type) Type { return c.quantile(n, args, 1, 0, 1) }

// quantiles tells several apart by a label.
func quantiles(c *checker, n *parser.Call, args []Type) Type {
	out := c.quantile(n, args, 0, 2, len(args))
	if s, ok := unwrap(n.Args[1]).(*parser.StringLiteral); ok {
		out.Labels = out.Labels.with(s.Val).surely(s.Val)
		for i := range out.keys {
			out.keys[i] = append(out.keys[i], s.Val)
		}
	}
	return out
}

// quantile is that of the buckets among the arguments, where its shares are those from
// one to before another.
func (c *checker) quantile(n *parser.Call, args []Type, buckets, from, to int) Type {
	for i := from; i < to; i++ {
		phi := args[i].literal
		if phi == nil || *phi >= 0 && *phi <= 1 {
			continue
		}
		hint := ""
		if *phi >= 2 && *phi <= 100 {
			hint = fmt.Sprintf("write %s", model.FormatNumber(*phi/100))
		}
		c.add(codeQuantile, n.Args[i].PositionRange(), hint,
			"%s() takes a share from 0 to 1, and %s gives infinity", n.Func.Name, model.FormatNumber(*phi))
	}
	out, h := c.distribution(n, args[buckets])
	out.quantile = true
	if h != nil && h.known {
		out.Unit = unitNamed(c.Catalog, h.series.Entry.Unit)
	}
	return out
}

func fraction(c *checker, n *parser.Call, args []Type) Type {
	out, _ := c.distribution(n, args[2])
	out.Unit, out.bounds = unitNamed(c.Catalog, "ratio"), bounds{0, 1}
	return out
}

// distribution checks what a function reads as buckets, and uses le up.
func (c *checker) distribution(n *parser.Call, t Type) (Type, *histogram) {
	pos, name := n.PositionRange(), n.Func.Name
	out := derived(t)
	out.Labels = t.Labels.without(name+"() uses it up", labels.BucketLabel)
	out.keys = nil
	for _, k := range t.keys {
		out.keys = append(out.keys, slices.DeleteFunc(slices.Clone(k), func(l string) bool { return l == labels.BucketLabel }))
	}
	h := t.buckets
	if h == nil {
		// Of a name that the catalogue does not hold it may be a native histogram.
		if len(t.parts) == 1 && c.isNoHistogram(t.parts[0]) {
			c.add(codeQuantile, pos, c.bucketHint(t.parts), "%s() of %s, which has no buckets", name, t.parts[0])
		}
		return out, nil
	}
	switch lack, lost := c.lacks(t.Labels, labels.BucketLabel); {
	case lost:
		c.add(codeQuantile, pos, "keep it: sum by (le, …)", "%s() needs the label le, and %s", name, lack.Message)
	case h.reduced != "":
		c.add(codeQuantile, pos, "add the buckets up: sum by (le, …)",
			"%s() of the %s of buckets: only their sum is the distribution of all", name, h.reduced)
	case !h.rated:
		c.add(codeQuantile, pos, fmt.Sprintf("take rate(%s[5m]) first", h.series.Name),
			"%s() of buckets that count since the process started: it hardly moves", name)
	}
	return out, h
}

// isNoHistogram reports whether the catalogue has a series, and it has no buckets.
func (c *checker) isNoHistogram(name string) bool {
	found := c.Catalog.Find(name)
	return len(found) > 0 && !slices.ContainsFunc(found, func(s catalog.Series) bool { return s.Part == catalog.Bucket })
}

func (c *checker) bucketHint(parts []string) string {
	for _, p := range parts {
		for _, base := range []string{p, trimPart(p)} {
			if len(c.Catalog.Find(base+"_bucket")) > 0 {
				return fmt.Sprintf("did you mean %q?", base+"_bucket")
			}
		}
	}
	return ""
}

func trimPart(name string) string {
	for _, s := range []string{"_sum", "_count"} {
		if len(name) > len(s) && name[len(name)-len(s):] == s {
			return name[:len(name)-len(s)]
		}
	}
	return name
}
