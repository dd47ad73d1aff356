// Package analysis measures what dated events did to share prices.
//
// A Study says how; Study.Run takes a catalogue of events and a panel of
// returns and gives a Result:
//
//  1. Every (event, security) pair becomes an Observation. Its session 0 is the
//     first session at whose close the news could be in the price, on the
//     security's own calendar. From here on time is counted in that calendar's
//     sessions from session 0: tau.
//  2. The study's Model is fitted to the sessions of the estimation window on
//     which the security and all regressors have a value. An observation that
//     cannot be placed or fitted is excluded, with its reason; the others go on.
//  3. For each session of the event window the abnormal return AR is the return
//     less the model's expectation, with its exact forecast-error variance. ARs
//     add up to CARs over the study's windows; BHAR compounds them.
//  4. Observations are pooled into groups (by event, by security, by category,
//     all), averaged and tested. Every test is one entry of Tests.
//  5. Notes say what a reader must know: confounding events, co-movement,
//     missing returns, residuals that contradict an assumption.
//
// AbnormalReturns are decimals (0.01 is one per cent). NaN has one meaning: no
// observation, or a figure that is not defined; a TestResult then says why.
//
// The package is pure: it reads no file and no clock, logs nothing, keeps no
// state, and draws random numbers from the study's seed alone. Results do not
// depend on the number of processors.
package analysis
