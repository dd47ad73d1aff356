package main

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
)

// How far the heap grows before it is collected first. Most runs never reach
// usualHeap; a job that reads large files needs about heapPerByte for each byte of them,
// most of which it needs to its end: to collect that again and again is a tenth of its
// time. largestHeap is where that ends, and no more than a share of the memory that
// is free is taken.
const (
	usualHeap   = 40 << 20
	largestHeap = 192 << 20
	heapPerByte = 12
	shareOfFree = 16
)

// collections counts the calls of collectAfter: the last one counts.
var collections atomic.Int32

// collectAfter lets the heap grow to size before it is collected first; from then on
// the collector works as it always does. GOGC in the environment has the last word.
func collectAfter(size int) {
	if os.Getenv("GOGC") != "" {
		return
	}
	const least = 4 << 20 // that a heap has at 100 per cent
	own := collections.Add(1)
	debug.SetGCPercent(size / (least / 100))
	sentinel := new([16]byte)
	runtime.SetFinalizer(sentinel, func(*[16]byte) {
		if collections.Load() == own {
			debug.SetGCPercent(100)
		}
	})
}

// makeRoom has the heap of a job that reads so many bytes collected later.
func makeRoom(reads int64) {
	size := min(heapPerByte*reads, largestHeap, freeMemory()/shareOfFree)
	if size > usualHeap && debug.SetMemoryLimit(-1) >= 8*size {
		collectAfter(int(size))
	}
}

// freeMemory returns how many bytes are free for a program, as far as that can be known;
// 0 where it cannot.
func freeMemory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close()
	free := int64(0)
	for s := bufio.NewScanner(f); s.Scan(); {
		if kb, ok := strings.CutPrefix(s.Text(), "MemAvailable:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(kb, "kB")), 10, 64)
			if err != nil {
				return 0
			}
			free = n << 10
		}
	}
	for _, limit := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} { // of a container
		if b, err := os.ReadFile(limit); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil {
				free = min(free, n)
			}
		}
	}
	return free
}

// reads returns how many bytes of events and prices c names, as far as files tell.
func (c *config) reads() (n int64) {
	add := func(name string) {
		if info, err := os.Stat(name); name != "" && err == nil && info.Mode().IsRegular() {
			n = min(n+info.Size(), math.MaxInt32)
		}
	}
	add(c.path("events.file", c.Events.File))
	add(c.path("prices.file", c.Prices.File))
	if dir := c.path("prices.dir", c.Prices.Dir); dir != "" {
		list, _ := os.ReadDir(dir)
		for _, e := range list {
			add(filepath.Join(dir, e.Name()))
		}
	}
	return n
}
