package model

// ConstantMean takes the mean of the estimation window as normal.
type ConstantMean struct{}

// Name implements Model.
func (ConstantMean) Name() string { return "mean" }

// About implements Model.
func (ConstantMean) About() string { return "the security's own mean return" }

// Paper implements Model.
func (ConstantMean) Paper() string {
	return "Brown and Warner (1980, 1985); MacKinlay (1997), 4"
}

// Coefs implements Model.
func (ConstantMean) Coefs() []string { return []string{"alpha"} }

// Design implements Model.
func (ConstantMean) Design(string) Design { return Design{} }

// Estimate implements Model: R_t = alpha + e_t, s^2 = sum e^2 / (M-1).
func (ConstantMean) Estimate(s *Sample, e *Estimate) error { return LeastSquares(s, e) }
