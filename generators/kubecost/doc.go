// Package kubecost writes what the cluster's cost tool, Kubecost or OpenCost,
// has to be told: the fleet's prices, the label that carries the team, what
// is shared, and the teams' budgets. Its totals can then be reconciled with
// those of our own rules.
//
// The words of these tools:
//
//   - An allocation is what a container was given of a node in a window, the
//     larger of its request and its use, and what that part of the node costs.
//     Allocations are summed by namespace, by label or by a mapped concept.
//   - A label mapping says which pod label means "team" and which "product".
//     Labels are known by the spelling that Prometheus gives them, with "_"
//     for "." "/" and "-". A label that matches no pod is no error: all cost
//     then stands under "__unallocated__". There is no concept of a model, so
//     the spec's model label is mapped to the product.
//   - Idle is the cost of a node less what is allocated on it. A pod that
//     holds eight GPUs and computes nothing has no idle cost here; that waste
//     is seen by our own rules, which read DCGM.
//   - Shared is cost that is spread over all others: namespaces, and a fixed
//     overhead for each month.
//   - A custom price is the price of a unit: a CPU, a GiB of memory, a GPU, a
//     GB of disk. There is one GPU price in a cluster. The unit of time is the
//     trap: most versions read a month of 730 hours, newer OpenCost an hour,
//     and a wrong guess shows no error but sums that are off by that factor.
//     The catalogue knows which (CostTarget.HoursPerPrice).
//
// Two kinds of files come out. A Helm values fragment is passed to helm with
// one more -f; it is no Kubernetes object and is kept out of the
// kustomization. A ConfigMap is applied like everything else. No setting is in
// both: Helm would fight over the object.
package kubecost
