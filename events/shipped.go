package events

import (
	"bytes"
	_ "embed"
)

//go:embed deepseek.yaml
var deepseek []byte

// Shipped returns the catalogue that comes with the program: the DeepSeek news
// of 2024 and 2025 and what surrounds it, with titles in English and Arabic.
func Shipped() (*Catalog, error) {
	c, err := ReadYAML("deepseek.yaml", bytes.NewReader(deepseek))
	if err != nil {
		return nil, err
	}
	c.Origin = "shipped"
	return c, nil
}
