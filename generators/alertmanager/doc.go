// Package alertmanager writes whom Alertmanager tells: AlertmanagerConfigs for the
// operator, one for each team, and a whole configuration for an Alertmanager
// without it.
//
// The top of a tree takes the alerts of the cluster that a team of the spec owns;
// below it stands a route for each owner and severity, to a receiver that holds
// every way in which this owner is told of this severity. Whatever none of them
// takes falls to a receiver without any way out, which internal/check refuses.
//
// An AlertmanagerConfig is v1alpha1: that is the version the API server stores,
// and v1beta1 is served only where the operator's conversion webhook is
// installed, which most installations lack.
package alertmanager
