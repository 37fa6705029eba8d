package model

// Simulation is what a simulated fleet says besides its signals.
type Simulation struct {
	// Target is what Prometheus writes for each target that answers, by name.
	Target map[string]Behaviour `json:"target"`
	// Empty is what it writes for one that answers with nothing.
	Empty map[string]Behaviour `json:"empty"`
	// Up is the name among them that is 0 while a scrape fails.
	Up string `json:"up"`
	// Labels of what exporters print, by name; a text may hold {node}, {index},
	// {model}, {namespace}, {pod}, {workload} and {rank}.
	Labels map[string]string `json:"labels"`
	// Held are labels that a GPU has while a pod holds it, and Divided those of an
	// instance of a divided GPU.
	Held    []string `json:"held"`
	Divided []string `json:"divided"`
	// Facts of a GPU model for which nobody knows them.
	Facts map[string]float64 `json:"facts"`
	// Discovered are the labels of a target before relabeling.
	Discovered map[string]string `json:"discovered"`
	// Rank is the label that tells the processes of a job apart: only the first
	// exposes what does not carry it.
	Rank string `json:"rank"`
	// ExporterPod is the pod of the GPU exporter.
	ExporterPod string `json:"exporterPod"`
	// Lively is how what is constant moves in a preview.
	Lively Lively `json:"lively"`
}

// Lively is how a simulated fleet moves where it is to look like one at work.
type Lively struct {
	// Every so long a course has a new piece; Day is how long a wave of load takes.
	Every string `json:"every"`
	Day   string `json:"day"`
	// Rates move by this share.
	Rates float64 `json:"rates"`
	// Usual and Fault are how observations spread around the value of a histogram.
	Usual map[string]Share `json:"usual"`
	Fault map[string]Share `json:"fault"`
}

// Share of observations that are so many times a value.
type Share struct {
	Share float64 `json:"share"`
	Times float64 `json:"times"`
}
