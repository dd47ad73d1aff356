package parquetfile

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

// A footer that is said to be longer than its file takes no memory.
func TestLyingFooter(t *testing.T) {
	data := []byte("PAR1" + strings.Repeat("\x15\x04", 700) + "\xff\xff\xff\xfePAR1")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Open(bytes.NewReader(data), int64(len(data)))
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "its footer is said to have 4278190079 bytes") {
		t.Errorf("error %v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("%d bytes were taken", took)
	}
	if _, err := Open(strings.NewReader("PAR1"), 4); err == nil {
		t.Error("four bytes are a file")
	}
}
