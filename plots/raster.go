package plots

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/plot/vg/vgpdf"

	"aftershock/internal/pattern"
)

// encodePNG renders the page at dpi pixels an inch and notes that density in
// the file, so that programs that place pictures give it its size.
func encodePNG(pg *page, dpi int) ([]byte, error) {
	c := newRaster(pg.size, dpi, pg.theme.Paper)
	defer papers.Put(c.img)
	pg.draw(c)
	out := bytes.NewBuffer(make([]byte, 0, 1<<16))
	enc := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &encoders}
	if err := enc.Encode(out, indexed(c.img)); err != nil {
		return nil, err
	}
	return withDensity(out.Bytes(), dpi), nil
}

// encoders are what the encoder of PNG works with, to be used again.
var encoders encoderPool

type encoderPool struct{ sync.Pool }

// Get implements png.EncoderBufferPool.
func (p *encoderPool) Get() *png.EncoderBuffer {
	b, _ := p.Pool.Get().(*png.EncoderBuffer)
	return b
}

// Put implements png.EncoderBufferPool.
func (p *encoderPool) Put(b *png.EncoderBuffer) { p.Pool.Put(b) }

// colourBins are tables of groups by the upper bits of a colour, all zero.
var colourBins = sync.Pool{New: func() any { return new([1 << 16]int32) }}

// indexed returns img, which is opaque, with a palette of 256 colours: a chart
// has few colours and their blends at the edges of shapes, and as indices they
// take a quarter of the time to encode and of the space. Colours that agree in
// the upper bits (5 of red and blue, 6 of green) become the commonest of them;
// past 256 such groups, the rarest join the nearest group that stays.
func indexed(img *image.RGBA) *image.Paletted {
	type group struct {
		bin          uint32
		count, votes int // pixels; lead in a majority vote for colour
		colour       uint32
	}
	type run struct{ n, group int32 }
	bins := colourBins.Get().(*[1 << 16]int32) // group of a bin, from 1
	defer colourBins.Put(bins)
	groups := make([]group, 0, 1024)
	runs := make([]run, 0, 1<<14)
	for pix := img.Pix; len(pix) > 0; {
		px := binary.LittleEndian.Uint32(pix)
		n := 4
		for twice := uint64(px)<<32 | uint64(px); len(pix)-n >= 8 && binary.LittleEndian.Uint64(pix[n:]) == twice; {
			n += 8
		}
		for len(pix)-n >= 4 && binary.LittleEndian.Uint32(pix[n:]) == px {
			n += 4
		}
		pix, n = pix[n:], n/4
		bin := px>>3&0x1f | px>>10&0x3f<<5 | px>>19&0x1f<<11
		if bins[bin] == 0 {
			groups = append(groups, group{bin: bin})
			bins[bin] = int32(len(groups))
		}
		runs = append(runs, run{int32(n), bins[bin] - 1})
		g := &groups[bins[bin]-1]
		g.count += n
		switch {
		case g.colour == px:
			g.votes += n
		case g.votes >= n:
			g.votes -= n
		default:
			g.colour, g.votes = px, n-g.votes
		}
	}

	for i := range groups {
		bins[groups[i].bin] = 0
	}

	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(groups[b].count, groups[a].count) })
	index := make([]uint8, len(groups))
	var palette color.Palette
	for k, g := range order {
		px := groups[g].colour
		c := color.RGBA{uint8(px), uint8(px >> 8), uint8(px >> 16), 0xff}
		if k < 256 {
			palette = append(palette, c)
			index[g] = uint8(k)
			continue
		}
		least := math.MaxInt
		for j, h := range order[:256] {
			q := groups[h].colour
			dr, dg, db := int(c.R)-int(uint8(q)), int(c.G)-int(uint8(q>>8)), int(c.B)-int(uint8(q>>16))
			if d := dr*dr + dg*dg + db*db; d < least {
				least, index[g] = d, uint8(j)
			}
		}
	}
	out := image.NewPaletted(img.Rect, palette)
	pix := out.Pix
	for _, r := range runs {
		row := pix[:r.n]
		for i, k := 0, index[r.group]; i < len(row); i++ {
			row[i] = k
		}
		pix = pix[r.n:]
	}
	return out
}

// withDensity inserts a pHYs chunk after the header of a PNG file.
func withDensity(file []byte, dpi int) []byte {
	const head = 8 + 25 // signature and IHDR
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	chunk := []byte("pHYs")
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit is the metre
	out := make([]byte, 0, len(file)+21)
	out = append(out, file[:head]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)-4))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, file[head:]...)
}

// pdfClock finds the times that the PDF writer puts into a document.
var pdfClock = pattern.New(`/(CreationDate|ModDate) \(D:\d{14}`)

// pdfCanvas gives gonum/plot's PDF canvas translucent colours as it writes them
// down: it takes components multiplied by their opacity for plain ones, so that
// they would fade twice.
type pdfCanvas struct{ *vgpdf.Canvas }

// SetColor implements vg.Canvas.
func (c pdfCanvas) SetColor(col color.Color) {
	c.Canvas.SetColor(straight(color.NRGBAModel.Convert(col).(color.NRGBA)))
}

// straight is a colour whose components are not multiplied by its opacity.
type straight color.NRGBA

// RGBA implements color.Color, save that it does not multiply.
func (s straight) RGBA() (r, g, b, a uint32) {
	return uint32(s.R) * 0x101, uint32(s.G) * 0x101, uint32(s.B) * 0x101, uint32(s.A) * 0x101
}

// encodePDF renders the page as PDF. The times in it are set to a fixed one,
// digit for digit, so that the same page gives the same bytes.
func encodePDF(pg *page) ([]byte, error) {
	c := pdfCanvas{vgpdf.New(pg.size.X, pg.size.Y)}
	pg.paint(c)
	pg.draw(c)
	var out bytes.Buffer
	if _, err := c.WriteTo(&out); err != nil {
		return nil, err
	}
	return pdfClock.ReplaceAllFunc(out.Bytes(), func(m []byte) []byte {
		return append(slices.Clone(m[:len(m)-14]), "20000101000000"...)
	}), nil
}
