// Command aiobsgen compiles a CUE spec of an AI fleet into the configuration
// that observes it.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
