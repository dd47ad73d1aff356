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
	"regexp"
	"slices"

	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// encodePNG renders the page at dpi pixels an inch and notes that density in
// the file, so that programs that place pictures give it its size.
func encodePNG(pg *page, dpi int) ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(pg.size.X, pg.size.Y), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(pg.theme.Paper))
	pg.draw(c)
	var img image.Image = c.Image()
	if rgba, ok := img.(*image.RGBA); ok {
		img = indexed(rgba)
	}
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&out, img); err != nil {
		return nil, err
	}
	return withDensity(out.Bytes(), dpi), nil
}

// indexed returns img, which is opaque, with a palette of 256 colours: a chart
// has few colours and their blends at the edges of shapes, and as indices they
// take a quarter of the time to encode and of the space. Colours that agree in
// the upper bits (5 of red and blue, 6 of green) become the commonest of them;
// past 256 such groups, the rarest join the nearest group that stays.
func indexed(img *image.RGBA) *image.Paletted {
	type group struct {
		bin, count int32
		votes      int32 // of colour, in a majority vote
		colour     color.RGBA
	}
	of := make([]int32, 1<<16) // group of a bin, from 1
	groups := make([]group, 0, 1024)
	pix := img.Pix
	at := make([]int32, len(pix)/4) // group of a pixel
	last, lastGroup := [4]byte{}, int32(-1)
	for i := range at {
		px := [4]byte(pix[4*i:])
		if px != last || lastGroup < 0 {
			bin := int32(px[0]>>3)<<11 | int32(px[1]>>2)<<5 | int32(px[2]>>3)
			if of[bin] == 0 {
				groups = append(groups, group{bin: bin})
				of[bin] = int32(len(groups))
			}
			last, lastGroup = px, of[bin]-1
		}
		g := &groups[lastGroup]
		g.count++
		switch c := (color.RGBA{px[0], px[1], px[2], 0xff}); {
		case g.votes == 0:
			g.colour, g.votes = c, 1
		case g.colour == c:
			g.votes++
		default:
			g.votes--
		}
		at[i] = lastGroup
	}

	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(groups[b].count, groups[a].count) })
	index := make([]uint8, len(groups))
	var palette color.Palette
	for k, g := range order {
		if k < 256 {
			palette = append(palette, groups[g].colour)
			index[g] = uint8(k)
		} else {
			index[g] = uint8(palette.Index(groups[g].colour))
		}
	}
	out := image.NewPaletted(img.Rect, palette)
	for i, g := range at {
		out.Pix[i] = index[g]
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
var pdfClock = regexp.MustCompile(`/(CreationDate|ModDate) \(D:\d{14}`)

// encodePDF renders the page as PDF. The times in it are set to a fixed one,
// digit for digit, so that the same page gives the same bytes.
func encodePDF(pg *page) ([]byte, error) {
	c := vgpdf.New(pg.size.X, pg.size.Y)
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
