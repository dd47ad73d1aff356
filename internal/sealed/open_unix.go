//go:build unix

package sealed

import "syscall"

// OpenPlain keeps the opening of a file from waiting, as for the other end of a
// pipe, and from following a link.
const OpenPlain = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
