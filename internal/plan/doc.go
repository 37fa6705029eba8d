// Package plan turns what the user said into what will exist.
//
// Resolve looks names up: the GPU facts behind "h100-sxm", the engine behind
// "vllm", the share of a team's budget that falls to this cluster. Lower
// writes the queries: it binds the library's signals to the series that each
// engine version exposes, puts targets and facts in as numbers, and groups
// workloads that share a target into one rule. Close makes the world closed:
// every series that a rule or panel reads is exported by something that is
// scraped, and the exports are pruned to what is read. Routing leads each alert
// to the receivers of its owner.
//
// The result is a Plan for one cluster. It holds no CUE, no Kubernetes
// object and no file.
package plan
