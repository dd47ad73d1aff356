//go:build !unix

package sealed

// OpenPlain is nothing where a system has no such flags.
const OpenPlain = 0
