package promql

import (
	"time"

	"github.com/prometheus/common/model"
)

// IsRateInterval reports whether a range is Grafana's $__rate_interval.
func IsRateInterval(d time.Duration) bool { return d == rateIntervalDuration }

// FormatDuration writes a duration as PromQL does: 5m, 1h30m.
func FormatDuration(d time.Duration) string { return model.Duration(d).String() }
