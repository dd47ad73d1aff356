package events_test

import (
	"fmt"
	"strings"

	"aftershock/events"
)

func ExampleRead() {
	const file = `id,time,zone,title,title_ar,securities
deepseek-r1,2025-01-20T12:19:44Z,,R1 released,إطلاق R1,NVDA:- AMD
nvda-results,2025-02-26 16:20,America/New_York,Nvidia's results,نتائج إنفيديا,NVDA
`
	c, err := events.Read("events.csv", strings.NewReader(file))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range c.Events {
		fmt.Println(e.Origin, e.ID, e.Time, e.TitleIn("ar"), e.Targets)
	}

	_, err = events.Read("events.csv", strings.NewReader(strings.ReplaceAll(file, "America/New_York", "")))
	fmt.Println(err)
	// Output:
	// events.csv:2 deepseek-r1 2025-01-20 12:19:44 +0000 UTC إطلاق R1 [{NVDA -1} {AMD 0}]
	// events.csv:3 nvda-results 2025-02-26 16:20:00 -0500 EST نتائج إنفيديا [{NVDA 0}]
	// events.csv:3: time "2025-02-26 16:20" has no zone; add one (zone America/New_York, or an offset as in 2025-02-26T16:20:00-05:00), or write only 2025-02-26 where nobody knows the hour
}
