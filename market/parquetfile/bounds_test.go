package parquetfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

type boundRow struct {
	ID   int32   `parquet:"permno"`
	Date int32   `parquet:"date,date"`
	Ret  float64 `parquet:"ret"`
}

func boundFile(t *testing.T, codec compress.Codec, n int, more ...parquet.WriterOption) []byte {
	t.Helper()
	rows := make([]boundRow, n)
	for i := range rows {
		rows[i] = boundRow{int32(i % 3), int32(20000 + i/3), 0.01 * math.Sin(float64(i))}
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, rows, append(more, parquet.Compression(codec))...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Files of every codec are opened, in pages of both versions.
func TestHonestPages(t *testing.T) {
	for name, codec := range map[string]compress.Codec{"none": &parquet.Uncompressed, "snappy": &parquet.Snappy, "gzip": &parquet.Gzip, "brotli": &parquet.Brotli, "zstd": &parquet.Zstd, "lz4": &parquet.Lz4Raw} {
		for version := 1; version <= 2; version++ {
			data := boundFile(t, codec, 20_000, parquet.DataPageVersion(version), parquet.PageBufferSize(10_000))
			f, err := Open(bytes.NewReader(data), int64(len(data)))
			if err != nil || f.NumRows() != 20_000 {
				t.Errorf("%s, version %d: %v", name, version, err)
			}
		}
	}
}

// What pages unpack to is bounded from their forms, never below what it is.
func TestUnpackedSize(t *testing.T) {
	flat := make([]byte, 3<<20)
	text := []byte(strings.Repeat("date 2025-01-27 return ", 5000))
	for i := range text {
		text[i] += byte(i * i % 11)
	}
	for _, data := range [][]byte{nil, []byte("x"), text, flat} {
		for codec, pack := range map[format.CompressionCodec]compress.Codec{format.Snappy: &parquet.Snappy, format.Gzip: &parquet.Gzip, format.Brotli: &parquet.Brotli, format.Zstd: &parquet.Zstd, format.Lz4Raw: &parquet.Lz4Raw} {
			b, err := pack.Encode(nil, data)
			if err != nil {
				t.Fatal(err)
			}
			size, err := unpackedSize(codec, bytes.NewReader(b), 0, int64(len(b)))
			if err != nil || size < int64(len(data)) || size > int64(len(data))+1032*int64(len(b))+256<<10 {
				t.Errorf("%s: %d bytes are taken for %d, %v", codec, len(data), size, err)
			}
			if exact := codec != format.Gzip && codec != format.Zstd; exact && size != int64(len(data)) {
				t.Errorf("%s: %d bytes are taken for %d", codec, len(data), size)
			}
		}
	}
}

// A small file that says, or holds, what unpacks to gigabytes is refused before room is
// made for it.
func TestPagesThatUnpackToGigabytes(t *testing.T) {
	const large = 600 << 20
	zeros := make([]byte, 1<<20)
	pack := func(w interface {
		Write([]byte) (int, error)
		Close() error
	}) {
		for range large / len(zeros) {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var packed bytes.Buffer
	sizes := func(name string, codec format.CompressionCodec, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		size, err := unpackedSize(codec, bytes.NewReader(data), 0, int64(len(data)))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; size <= largestPage || err != nil || took > 96<<20 {
			t.Errorf("%s: %d bytes are taken for %d, %v, with %d MB", name, len(data), size, err, took>>20)
		}
	}
	if !testing.Short() {
		z, err := zstd.NewWriter(&packed)
		if err != nil {
			t.Fatal(err)
		}
		pack(z)
		sizes("zstd", format.Zstd, packed.Bytes())
		packed.Reset()
		g, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
		pack(g)
		sizes("gzip", format.Gzip, packed.Bytes())
		packed.Reset()
		pack(brotli.NewWriterLevel(&packed, 1))
		sizes("brotli", format.Brotli, packed.Bytes())
		block := make([]byte, lz4.CompressBlockBound(large))
		n, err := lz4.CompressBlock(make([]byte, large), block, nil)
		if err != nil {
			t.Fatal(err)
		}
		sizes("lz4", format.Lz4Raw, block[:n])
	}
	sizes("snappy", format.Snappy, binary.AppendUvarint(nil, 4<<30-1))

	// Headers that lie: every size in a header of a small file, one after the other.
	data := boundFile(t, &parquet.Snappy, 3)
	if _, err := Open(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := 4; at < len(data)-8; at++ {
		for _, with := range [][]byte{{0xfe, 0xff, 0xff, 0xff, 0x0f}, {0x80, 0x80, 0x80, 0x80, 0x08}} {
			bad := append(append(bytes.Clone(data[:at]), with...), data[min(at+1, len(data)):]...)
			binary.LittleEndian.PutUint32(bad[len(bad)-8:], binary.LittleEndian.Uint32(data[len(data)-8:]))
			name := filepath.Join(t.TempDir(), "bad.parquet")
			if err := os.WriteFile(name, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := ReadPanel(t.Context(), name, PanelOptions{})
			runtime.ReadMemStats(&after)
			if err != nil {
				refused++
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 128<<20 {
				t.Errorf("byte %d: %d MB are taken, error %v", at, took>>20, err)
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d were refused", refused)
	}
}
