package parquetfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// largestPage is what one page may unpack to. Writers make pages of 1 MB; some
	// write a row group as one, of tens of millions of rows at most.
	largestPage = 512 << 20
	// rowsOfByte is how many rows a byte of a file may stand for: each has a day at
	// least, and a number.
	rowsOfByte = 64
)

// checkPages reads the headers of all pages of f and refuses those by which the library
// would make room for more than the file can hold: it believes a header that says 2 GiB,
// and unpacks whatever a page unpacks to.
func checkPages(f *parquet.File) error {
	if n := f.NumRows(); n > 1_000_000+rowsOfByte*f.Size() {
		return fmt.Errorf("it is said to have %d rows, in %d bytes", n, f.Size())
	}
	in := &countingReader{}
	buffer := bufio.NewReader(in)
	decoder := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(buffer))
	for _, g := range f.Metadata().RowGroups {
		for i := range g.Columns {
			c := &g.Columns[i].MetaData
			start := c.DataPageOffset
			if c.DictionaryPageOffset > 0 {
				start = c.DictionaryPageOffset
			}
			if start < 0 || c.TotalCompressedSize < 0 || start > f.Size() || c.TotalCompressedSize > f.Size()-start {
				return fmt.Errorf("column %s is said to lie beyond the end of the file", c.PathInSchema)
			}
			end := start + c.TotalCompressedSize
			for at := start; at < end; {
				in.Reader, in.n = io.NewSectionReader(f, at, end-at), 0
				buffer.Reset(in)
				var h format.PageHeader
				if err := decoder.Decode(&h); err != nil {
					return fmt.Errorf("column %s: the header of a page cannot be read: %w", c.PathInSchema, err)
				}
				at += in.n - int64(buffer.Buffered())
				n := int64(h.CompressedPageSize)
				if n < 0 || n > end-at {
					return fmt.Errorf("column %s: a page is said to have %d bytes, its column has %d more", c.PathInSchema, n, end-at)
				}
				if h.UncompressedPageSize > largestPage {
					return fmt.Errorf("column %s: a page is said to unpack to %d MB; write pages of at most %d MB", c.PathInSchema, h.UncompressedPageSize>>20, largestPage>>20)
				}
				levels := int64(0)
				if h.DataPageHeaderV2.Valid { // they are not packed
					levels = int64(h.DataPageHeaderV2.V.RepetitionLevelsByteLength) + int64(h.DataPageHeaderV2.V.DefinitionLevelsByteLength)
					if levels < 0 || levels > n {
						return fmt.Errorf("column %s: a page has levels of %d bytes, and %d in all", c.PathInSchema, levels, n)
					}
				}
				if h.Type == format.DataPage || h.Type == format.DictionaryPage || h.DataPageHeaderV2.V.IsCompressed.V || !h.DataPageHeaderV2.V.IsCompressed.Valid {
					size, err := unpackedSize(c.Codec, f, at+levels, n-levels)
					if err != nil {
						return fmt.Errorf("column %s: a page cannot be unpacked: %w", c.PathInSchema, err)
					}
					if size > largestPage {
						return fmt.Errorf("column %s: a page of %d bytes unpacks to more than %d MB", c.PathInSchema, n, largestPage>>20)
					}
				}
				at += n
			}
		}
	}
	return nil
}

type countingReader struct {
	io.Reader
	n int64
}

func (r *countingReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.n += int64(n)
	return n, err
}

// unpackedSize returns a bound of what n bytes at offset at unpack to: by the form of the
// bytes where that tells it, and by unpacking them, without keeping anything, where not.
// A bound above largestPage may be any.
func unpackedSize(codec format.CompressionCodec, r io.ReaderAt, at, n int64) (int64, error) {
	whole := func() ([]byte, error) {
		b := make([]byte, n)
		_, err := io.ReadFull(io.NewSectionReader(r, at, n), b)
		return b, err
	}
	count := func(in io.Reader, err error) (int64, error) {
		if err != nil {
			return 0, err
		}
		return io.Copy(io.Discard, io.LimitReader(in, largestPage+1))
	}
	switch codec {
	case format.Uncompressed:
		return n, nil
	case format.Snappy: // the length stands first
		var head [binary.MaxVarintLen64]byte
		k, err := r.ReadAt(head[:min(n, int64(len(head)))], at)
		if err != nil && err != io.EOF {
			return 0, err
		}
		size, _ := binary.Uvarint(head[:k])
		return int64(min(size, largestPage+1)), nil
	case format.Gzip:
		const most = 1032 // to one, by deflate
		if n*most <= largestPage {
			return n * most, nil
		}
		return count(gzip.NewReader(bufio.NewReader(io.NewSectionReader(r, at, n))))
	case format.Brotli:
		return count(brotli.NewReader(io.NewSectionReader(r, at, n)), nil)
	case format.Zstd:
		b, err := whole()
		if err != nil {
			return 0, err
		}
		return zstdSize(b)
	case format.Lz4Raw:
		b, err := whole()
		if err != nil {
			return 0, err
		}
		return lz4Size(b), nil
	}
	return n, nil // the library knows no other, and says so
}

var errZstd = errors.New("its frames are damaged")

// zstdSize returns what the blocks of the frames in b unpack to at most: a block is never
// of more than 128 KiB.
//
// Source: RFC 8878, sections 3.1.1 and 3.1.2.
func zstdSize(b []byte) (size int64, err error) {
	const largestBlock = 128 << 10
	for len(b) > 0 {
		if len(b) < 8 {
			return 0, errZstd
		}
		magic := binary.LittleEndian.Uint32(b)
		if magic&^0xf == 0x184d2a50 { // skipped
			n := 8 + int64(binary.LittleEndian.Uint32(b[4:]))
			if n > int64(len(b)) {
				return 0, errZstd
			}
			b = b[n:]
			continue
		}
		if magic != 0xfd2fb528 {
			return 0, errZstd
		}
		d := b[4]
		n := 5 + []int{0, 1, 2, 4}[d&3] + []int{0, 2, 4, 8}[d>>6]
		if single := d&0x20 != 0; !single {
			n++ // the size of the window
		} else if d>>6 == 0 {
			n++ // a size of one byte
		}
		for last := false; !last; {
			if n+3 > len(b) {
				return 0, errZstd
			}
			h := int(b[n]) | int(b[n+1])<<8 | int(b[n+2])<<16
			last = h&1 != 0
			n += 3
			length := h >> 3
			switch h >> 1 & 3 {
			case 0: // as it is
				size += int64(length)
			case 1: // one byte, repeated
				size += int64(length)
				length = 1
			default:
				size += largestBlock
			}
			if n += length; n > len(b) {
				return 0, errZstd
			}
		}
		if d&4 != 0 {
			n += 4 // the checksum
		}
		if n > len(b) {
			return 0, errZstd
		}
		b = b[n:]
	}
	return size, nil
}

// lz4Size returns what a block of LZ4 unpacks to.
func lz4Size(b []byte) (size int64) {
	in := bytes.NewReader(b)
	length := func(n int64) int64 {
		if n < 15 {
			return n
		}
		for {
			x, err := in.ReadByte()
			n += int64(x)
			if err != nil || x < 255 {
				return n
			}
		}
	}
	for in.Len() > 0 && size <= largestPage {
		token, _ := in.ReadByte()
		literals := length(int64(token >> 4))
		size += literals
		if _, err := in.Seek(literals+2, io.SeekCurrent); err != nil || in.Len() == 0 {
			break
		}
		size += length(int64(token&15)) + 4
	}
	return size
}
