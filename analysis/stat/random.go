package stat

// golden is 2^64 over the golden ratio, the increment of SplitMix64.
const golden = 0x9e3779b97f4a7c15

// Mix is the output function of SplitMix64 (Steele, Lea, Flood 2014).
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Stream derives the seed of one use of randomness from a study's seed, so
// that no two uses draw the same numbers.
func Stream(seed uint64, use string) uint64 {
	for _, c := range []byte(use) {
		seed = Mix(seed + golden*uint64(c))
	}
	return seed
}

// Word returns the k-th random word of replication b: a function of its
// arguments alone, so that a replication is the same wherever it runs.
func Word(seed, b, k uint64) uint64 {
	return Mix(Mix(Mix(seed)+golden*(b+1)) + golden*(k+1))
}
