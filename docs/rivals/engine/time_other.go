//go:build !unix

package main

import "time"

var start = time.Now()

// processorTime is the time of the clock where the system has no getrusage: run it alone.
func processorTime() time.Duration { return time.Since(start) }
