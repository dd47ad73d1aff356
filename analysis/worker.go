package analysis

import (
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// workspace is one worker's scratch memory.
type workspace struct {
	stat.Workspace
	sample   model.Sample
	estimate model.Estimate
	frames   [4]frame
	turn     int // of frames, to be given away next
	mem      scratch
	members  []int // of an event
}
