module codeberg.org/go-fonts/liberation

go 1.26.8

require codeberg.org/go-fonts/dejavu v0.4.0
