package events

import (
	"sync"
	"time"
)

// places are the zones that were loaded, by name: there are some 600 of them.
var places sync.Map

// Location returns the zone of a place such as America/New_York. Unlike
// [time.LoadLocation], which makes a zone of 4 kB at every call, it keeps what it
// loaded: sources of half a million items name one for each.
func Location(name string) (*time.Location, error) {
	if loc, ok := places.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(name)
	if err == nil {
		places.Store(name, loc)
	}
	return loc, err
}
