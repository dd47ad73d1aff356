package main

import (
	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/market"
	"aftershock/plots"
)

// defaults is the study that is performed where nothing else is asked for: that
// of the DeepSeek story, as config.yaml spells it out.
func defaults() settings {
	d := analysis.DefaultStudy()
	var s settings
	s.Study.Name, s.Study.Names = "DeepSeek", byLanguage{"ar": "ديب سيك"}
	s.Study.Design = string(d.Subject)
	s.Study.Model = d.Model.Name()
	s.Study.Benchmark = d.Benchmark
	s.Study.Estimation = window(d.EstimationWindow)
	s.Study.Event = window(d.EventWindow)
	for _, w := range d.CARWindows {
		s.Study.CAR = append(s.Study.CAR, window(w))
	}
	s.Study.MinEstimation = d.MinEstimation
	s.Study.Returns = string(d.Returns)
	s.Study.Missing = string(d.Gaps)
	s.Study.MissingEvent = string(d.MissingEvent)
	s.Study.Weights = string(d.Weights)
	s.Study.Tests = []string{byDefault}
	for _, g := range d.Groups {
		s.Study.Groups = append(s.Study.Groups, string(g))
	}
	s.Study.Correction = string(d.Correction)
	s.Study.Confounders = string(d.Confounders)
	s.Study.ConfounderWindow = window(d.ConfounderWindow)
	s.Study.ConfounderExcept = []string{}
	s.Study.Correlation = string(analysis.OneBlock)
	s.Study.Contrasts = []contrast{}
	s.Study.Draws = analysis.DefaultDraws
	s.Study.Seed = d.Seed

	s.Model.Factors, s.Model.Peers, s.Model.Donors = []string{}, []string{}, []string{}
	s.Job.Command = []string{}
	s.Model.PeerWeights = string(analysis.EqualWeights)

	s.Regression.Characteristics = []string{}
	s.Regression.Dependent = dependentCAR
	s.Regression.Window = window(d.CARWindows[0])
	s.Regression.Weights = string(analysis.EqualWeights)
	s.Regression.Errors = string(stat.HC3)
	s.Regression.Cluster = string(analysis.ByEvent)

	s.Events.File = shippedEvents
	s.Events.Dates = auto
	s.Events.IDs = []string{
		"deepseek-v3", "deepseek-r1", "stargate", "deepseek-appstore", "deepseek-selloff", "janus-pro",
		"cisco-r1-harmbench", "openeurollm",
	}
	s.Events.Categories, s.Events.Tags, s.Events.Exclude = []string{}, []string{}, []string{}
	s.Events.From, s.Events.To = market.NoDate, market.NoDate
	s.Import.Window, s.Import.Rate, s.Import.Timeout = "48h", 1, "30s"

	for _, symbol := range []string{"NVDA", "AVGO", "AMD", "TSM", "ASML", "INTC", "MU", "QCOM", "ARM", "MRVL", "TXN", "AMAT"} {
		s.Securities = append(s.Securities, security{Symbol: symbol})
	}
	s.Securities[0].Shares, s.Securities[0].SharesOn = 24.49e9, market.NewDate(2024, 11, 15) // 10-Q of Nvidia
	s.Prices.Source = sampleSource
	s.Prices.Dates, s.Prices.Decimal, s.Prices.Splits, s.Prices.ReturnsUnit = auto, auto, auto, auto
	s.Prices.Trust = []string{}
	s.Prices.From, s.Prices.To = market.NoDate, market.NoDate
	s.Prices.Layout = auto
	s.Prices.Exchange = market.Exchanges[0].Name
	s.Prices.Yahoo.Rate, s.Prices.Yahoo.InFlight, s.Prices.Yahoo.Retries = 2, 4, 4
	s.Prices.Yahoo.Timeout = "30s"
	s.Factors.Files = []string{}
	s.Factors.Unit, s.Factors.RiskFree = auto, auto
	s.Exchanges, s.Calendar = []exchange{}, []specialDay{}
	s.Sweep.Models, s.Sweep.Benchmarks, s.Sweep.Tests, s.Sweep.Groups, s.Sweep.Confounders = []string{}, []string{}, []string{}, []string{}, []string{}
	s.Sweep.Shift = []int{}
	s.Sweep.Estimations, s.Sweep.CAR = []window{}, []window{}

	s.Output.Dir = "out"
	s.Output.Formats = []string{textFormat, htmlFormat, "csv", "png", "svg"}
	s.Output.Tables = []string{all}
	s.Output.Calibration = true
	s.Output.Moves = 3
	s.Output.Charts = []string{byDefault}
	s.Output.Lang, s.Output.Theme = "en", plots.Light.Name
	s.Output.Start, s.Output.Scales = byItself, scaleNames[0]
	s.Output.Width, s.Output.DPI = 1200, 144
	return s
}
