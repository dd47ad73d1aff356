package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"aftershock/analysis"
	"aftershock/internal/bounded"
	"aftershock/market"
)

// settings is what can be configured; config.yaml explains every key.
type settings struct {
	Study struct {
		Name          string     `json:"name"`
		Names         byLanguage `json:"names"`
		Design        string     `json:"design"`
		Model         string     `json:"model"`
		Benchmark     string     `json:"benchmark"`
		Estimation    window     `json:"estimation"`
		Event         window     `json:"event"`
		CAR           []window   `json:"car"`
		MinEstimation int        `json:"min_estimation"`
		Returns       string     `json:"returns"`
		Missing       string     `json:"missing"`
		MissingEvent  string     `json:"missing_event"`
		Weights       string     `json:"weights"`
		Tests         []string   `json:"tests"`
		Groups        []string   `json:"groups"`
		Family        string     `json:"family"`
		Correction    string     `json:"correction"`
		Placebo       string     `json:"placebo"`

		Confounders      string     `json:"confounders"`
		ConfounderWindow window     `json:"confounder_window"`
		ConfounderExcept []string   `json:"confounder_except"`
		Margin           float64    `json:"margin"`
		Correlation      string     `json:"correlation"`
		Contrasts        []contrast `json:"contrasts"`
		Draws            int        `json:"draws"`
		Seed             uint64     `json:"seed"`
	} `json:"study"`
	Model struct {
		Lags         int      `json:"lags"`
		Factors      []string `json:"factors"`
		Excess       bool     `json:"excess"`
		Peers        []string `json:"peers"`
		PeerWeights  string   `json:"peer_weights"`
		PeerMarket   bool     `json:"peer_market"`
		Donors       []string `json:"donors"`
		Ridge        bool     `json:"ridge"`
		OtherSectors bool     `json:"other_sectors"`
	} `json:"model"`
	Regression struct {
		Characteristics []string `json:"characteristics"`
		File            string   `json:"file"`
		Dependent       string   `json:"dependent"`
		Window          window   `json:"window"`
		Weights         string   `json:"weights"`
		Errors          string   `json:"errors"`
		Cluster         string   `json:"cluster"`
	} `json:"regression"`
	Events struct {
		File       string      `json:"file"`
		Dates      string      `json:"dates"`
		IDs        []string    `json:"ids"`
		Categories []string    `json:"categories"`
		Tags       []string    `json:"tags"`
		From       market.Date `json:"from"`
		To         market.Date `json:"to"`
		Exclude    []string    `json:"exclude"`
		Names      string      `json:"names"`
	} `json:"events"`
	Import struct {
		Zone    string `json:"zone"`
		Window  string `json:"window"`
		Columns struct {
			ID         string `json:"id"`
			Title      string `json:"title"`
			Time       string `json:"time"`
			Date       string `json:"date"`
			Zone       string `json:"zone"`
			Securities string `json:"securities"`
			Category   string `json:"category"`
			Source     string `json:"source"`
			URL        string `json:"url"`
		} `json:"columns"`
		Contact string  `json:"contact"`
		Rate    float64 `json:"rate"`
		Timeout string  `json:"timeout"`
	} `json:"import"`
	Securities     []security `json:"securities"`
	SecuritiesFile string     `json:"securities_file"`
	Prices         struct {
		Source      string      `json:"source"`
		Dir         string      `json:"dir"`
		Dates       string      `json:"dates"`
		Decimal     string      `json:"decimal"`
		Splits      string      `json:"splits"`
		Trust       []string    `json:"trust"`
		ReturnsUnit string      `json:"returns_unit"`
		ReturnsKind string      `json:"returns_kind"`
		Store       string      `json:"store"`
		From        market.Date `json:"from"`
		To          market.Date `json:"to"`
		File        string      `json:"file"`
		Layout      string      `json:"layout"`
		Exchange    string      `json:"exchange"`
		Columns     struct {
			Security  string `json:"security"`
			Date      string `json:"date"`
			Return    string `json:"return"`
			Delisting string `json:"delisting"`
			Price     string `json:"price"`
			Close     string `json:"close"`
			Factor    string `json:"factor"`
			Volume    string `json:"volume"`
			Shares    string `json:"shares"`
			Name      string `json:"name"`
		} `json:"columns"`
		Yahoo struct {
			UserAgent string  `json:"user_agent"`
			Rate      float64 `json:"rate"`
			InFlight  int     `json:"in_flight"`
			Retries   int     `json:"retries"`
			Timeout   string  `json:"timeout"`
			BaseURL   string  `json:"base_url"`
		} `json:"yahoo"`
	} `json:"prices"`
	Factors struct {
		Files    []string `json:"files"`
		Unit     string   `json:"unit"`
		RiskFree string   `json:"risk_free"`
	} `json:"factors"`
	Exchanges []exchange   `json:"exchanges"`
	Calendar  []specialDay `json:"calendar"`
	Sweep     struct {
		Models      []string `json:"models"`
		Estimations []window `json:"estimations"`
		Benchmarks  []string `json:"benchmarks"`
		CAR         []window `json:"car"`
		Tests       []string `json:"tests"`
		Groups      []string `json:"groups"`
		Shift       []int    `json:"shift"`
		Confounders []string `json:"confounders"`
	} `json:"sweep"`
	Output struct {
		Dir         string   `json:"dir"`
		Formats     []string `json:"formats"`
		Tables      []string `json:"tables"`
		Calibration bool     `json:"calibration"`
		Moves       int      `json:"moves"`
		MaxExcluded limit    `json:"max_excluded"`
		Keep        int      `json:"keep"`
		Charts      []string `json:"charts"`
		Lang        string   `json:"lang"`
		Theme       string   `json:"theme"`
		Start       string   `json:"start"`
		Scales      string   `json:"scales"`
		Width       int      `json:"width"`
		Height      int      `json:"height"`
		DPI         int      `json:"dpi"`
	} `json:"output"`
	Job struct {
		Metrics string   `json:"metrics"`
		Command []string `json:"command"`
		Webhook string   `json:"webhook"`
	} `json:"job"`
}

// security is a security of the study. In lists, a symbol alone will do.
type security struct {
	Symbol    string      `json:"symbol"`
	Name      string      `json:"name,omitempty"`
	Names     byLanguage  `json:"names,omitempty"`
	Exchange  string      `json:"exchange,omitempty"`
	Benchmark string      `json:"benchmark,omitempty"`
	Currency  string      `json:"currency,omitempty"`
	Sector    string      `json:"sector,omitempty"`
	Shares    amount      `json:"shares,omitempty"`
	SharesOn  market.Date `json:"shares_date,omitempty"`
	Peers     []string    `json:"peers,omitempty"`
	Match     string      `json:"match,omitempty"`
}

// byLanguage are texts by language, such as {ar: إنفيديا}.
type byLanguage map[string]string

// amount is a number that may be written as 24.49B.
type amount float64

// contrast is two groups to compare: each a group's name, or a list of symbols;
// with an event both are lists of symbols at that event.
type contrast struct {
	First  side   `json:"first"`
	Second side   `json:"second"`
	Event  string `json:"event,omitempty"`
}

// side is one of the two: a text, or a list.
type side struct {
	text string
	list []string
}

// MarshalJSON implements json.Marshaler.
func (s side) MarshalJSON() ([]byte, error) {
	if s.list != nil {
		return json.Marshal(s.list)
	}
	return json.Marshal(s.text)
}

// window is a window as it is written: [-1, 1].
type window analysis.Window

// limit is a number of observations, or a share of them: 5, 0.05 or 5%; "": none.
type limit string

// parse returns the number, or the share.
func (l limit) parse() (n float64, isShare bool, err error) {
	text, percent := strings.CutSuffix(strings.TrimSpace(string(l)), "%")
	n, err = strconv.ParseFloat(text, 64)
	if percent {
		n /= 100
	}
	isShare = percent || n > 0 && n < 1
	if err != nil || !(n >= 0) || math.IsInf(n, 0) || !isShare && n != math.Trunc(n) || isShare && n > 1 {
		return 0, false, fmt.Errorf("%q is neither a number of observations, such as 5, nor a share of them, such as 0.05 or 5%%", string(l))
	}
	return n, isShare, nil
}

// MarshalJSON implements json.Marshaler.
func (w window) MarshalJSON() ([]byte, error) { return json.Marshal([2]int{w.From, w.To}) }

// exchange is an exchange that the program does not know, or not as the user does.
type exchange struct {
	Name     string        `json:"name"`
	Zone     string        `json:"zone"`
	Open     string        `json:"open,omitempty"`
	Close    string        `json:"close"`
	Week     []string      `json:"week,omitempty"`
	Holidays []market.Date `json:"holidays,omitempty"`
	Suffixes []string      `json:"suffixes,omitempty"`
	Indices  []string      `json:"indices,omitempty"`
	Currency string        `json:"currency,omitempty"`
}

// specialDay is a day on which an exchange departs from its rules.
type specialDay struct {
	Date     market.Date `json:"date"`
	Closed   bool        `json:"closed,omitempty"`
	Close    string      `json:"close,omitempty"`
	Exchange string      `json:"exchange,omitempty"`
}

// Words with a meaning of their own. none empties a list in a flag or an
// environment variable.
const (
	all       = "all"
	byDefault = "default"
	byItself  = "auto" // what a chart chooses
	full      = "full" // all of the event window
	none      = "none"
	auto      = "auto"
)

// envPrefix begins the name of every environment variable that is read.
const envPrefix = "AFTERSHOCK_"

// delimiter separates the parts of viper's keys: symbols contain dots.
const delimiter = "::"

// config is the settings that flags, environment, file and defaults add up to,
// with what is needed to say where a value came from.
type config struct {
	settings
	file       string         // as it was named; "" when there is none
	alone      bool           // what the environment says is of no interest
	table      string         // that goes to stdout; "": none
	lines      map[string]int // of the file's values, by dotted key
	flags      map[string]*pflag.Flag
	problems   []problem
	calendarOf func(symbol string) *market.Calendar // as the plan has it; nil before there is one
	sectors    map[string]string                    // by symbol, where model.other_sectors asks for them
	known      []*market.Exchange                   // those described, then the program's
	before     map[string]fs.FileInfo               // of the files it names, and its own, when they were read
}

// A problem is one thing wrong with the configuration.
type problem struct {
	where, what string
	line        int // of the file, 0 elsewhere
}

func (p problem) Error() string {
	if p.where == "" {
		return p.what
	}
	return p.where + ": " + p.what
}

// loadConfig reads the configuration. file is the file named by the user; with
// "" it is config.yaml in the working directory where there is one. flags maps
// dotted keys to the flags that go before everything else. All that is wrong is
// reported at once, as a usageError.
func loadConfig(file string, flags map[string]*pflag.Flag) (*config, error) {
	return readConfig(&config{flags: flags}, file)
}

// readConfig is loadConfig into c, which says whether the environment counts.
func readConfig(c *config, file string) (*config, error) {
	flags := c.flags
	c.lines, c.before = make(map[string]int), make(map[string]fs.FileInfo)
	v := viper.NewWithOptions(viper.KeyDelimiter(delimiter))
	v.SetConfigType("yaml")
	keys := leafKeys()
	for key, value := range keys {
		viperKey := strings.ReplaceAll(key, ".", delimiter)
		v.SetDefault(viperKey, value)
		if !c.alone {
			if err := v.BindEnv(viperKey, envName(key)); err != nil {
				return nil, err
			}
		}
		if f, ok := flags[key]; ok {
			if err := v.BindPFlag(viperKey, f); err != nil {
				return nil, err
			}
		}
	}
	data, err := c.read(file)
	if err != nil {
		return nil, err
	}
	if err := tooDeep(c.file, data); err != nil {
		return nil, usageError{err}
	}
	if err := v.ReadConfig(strings.NewReader(string(data))); err != nil {
		return nil, usageError{yamlProblem(c.file, err)}
	}
	c.walkFile(data)
	if !c.alone {
		c.checkEnvironment(keys)
	}

	unknown := len(c.problems) > 0
	err = v.UnmarshalExact(&c.settings, func(d *mapstructure.DecoderConfig) {
		d.WeaklyTypedInput = false
		d.DecodeHook = decode
		d.TagName = "json"
	})
	for _, e := range leaves(err) {
		var at *mapstructure.DecodeError
		switch {
		case !errors.As(e, &at):
			c.problems = append(c.problems, problem{where: c.file, what: e.Error()})
		case unknown && strings.Contains(e.Error(), "has invalid keys"):
			// walkFile has named them with their lines
		default:
			c.bad(at.Name(), "%v", at.Unwrap())
		}
	}
	return c, c.err()
}

// largestConfig is the most bytes of a configuration.
const largestConfig = 4 << 20

// read returns the text of the configuration file, nothing where there is none.
func (c *config) read(file string) ([]byte, error) {
	if c.file = file; file == "" {
		c.file = "config.yaml"
	}
	if info, err := os.Stat(c.file); err == nil {
		c.before[c.file] = info
	}
	data, err := bounded.ReadFile(c.file, largestConfig, "name what is long in a file of its own")
	if errors.Is(err, fs.ErrNotExist) && file == "" {
		c.file = ""
		return nil, nil
	}
	if err != nil {
		return nil, usageError{fmt.Errorf("the configuration cannot be read: %w", err)}
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return nil, usageError{fmt.Errorf("%s: it is compressed by gzip; unpack it", c.file)}
	}
	return data, nil
}

// checkEnvironment finds variables that look like keys and are none.
func (c *config) checkEnvironment(keys map[string]any) {
	// the last two are cobra's, and its completion of fish and PowerShell sets the first
	names := []string{envName("config"), shardsName, envPrefix + "ACTIVE_HELP", envPrefix + "COMPLETION_DESCRIPTIONS"}
	for key := range keys {
		names = append(names, envName(key))
	}
	slices.Sort(names)
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(names, name) {
			c.problems = append(c.problems, problem{where: name, what: "no such environment variable is read" + didYouMean(name, names)})
		}
	}
}

// bad records that the value of key is wrong.
func (c *config) bad(key, format string, args ...any) {
	where, line := c.where(key)
	c.problems = append(c.problems, problem{where, fmt.Sprintf(format, args...), line})
}

// err returns all problems, nil when there is none.
func (c *config) err() error {
	if len(c.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(c.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	all := make([]error, len(c.problems))
	for i, p := range c.problems {
		all[i] = p
	}
	return usageError{errors.Join(all...)}
}

// leaf returns the configurable key that key, such as study.car[1], is part of.
func leaf(key string) string {
	key, _, _ = strings.Cut(key, "[")
	return key
}

// origin says which of the layers gives the value of key.
func (c *config) origin(key string) layer {
	key = leaf(key)
	if f, ok := c.flags[key]; ok && f.Changed {
		return fromFlag
	}
	if !c.alone && os.Getenv(envName(key)) != "" {
		return fromEnvironment
	}
	if _, ok := c.lines[key]; ok {
		return fromFile
	}
	return fromDefault
}

// ofOtherEvents reports whether the value of key was written for another
// catalogue: it comes from a weaker layer than the one that names the catalogue,
// as the IDs of config.yaml do where a flag names a file.
func (c *config) ofOtherEvents(key string) bool { return c.origin(key) > c.origin("events.file") }

// A layer is a place that values come from, the stronger before the weaker.
type layer int

const (
	fromFlag layer = iota
	fromEnvironment
	fromFile
	fromDefault
)

// where says where the value of key was given, for a message, and on which line
// of the file.
func (c *config) where(key string) (string, int) {
	switch c.origin(key) {
	case fromFlag:
		return "--" + c.flags[leaf(key)].Name, 0
	case fromEnvironment:
		return envName(leaf(key)), 0
	case fromFile:
		at := key
		for c.lines[at] == 0 { // the part of a list that is written in one text
			at = at[:strings.LastIndexAny(at, ".[")]
		}
		return c.at(c.lines[at], key), c.lines[at]
	}
	return key, 0
}

// at names a key on a line of the file.
func (c *config) at(line int, key string) string {
	if c.file == "" { // of a manifest
		return "the configuration of the run: " + key
	}
	return fmt.Sprintf("%s:%d: %s", c.file, line, key)
}

// path resolves a path given as key: from the configuration's folder when it
// stands in the file, from the working directory otherwise.
func (c *config) path(key, value string) string {
	if value == "" || filepath.IsAbs(value) || c.origin(key) != fromFile {
		return value
	}
	return filepath.Join(filepath.Dir(c.file), value)
}

// envName returns the environment variable of a dotted key: study.min_estimation
// is AFTERSHOCK_STUDY_MIN_ESTIMATION.
func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// leafKeys returns every configurable key, dotted, with its default.
func leafKeys() map[string]any {
	out := make(map[string]any)
	var walk func(v reflect.Value, prefix string)
	walk = func(v reflect.Value, prefix string) {
		for i := range v.NumField() {
			key := prefix + tagOf(v.Type().Field(i))
			if section := v.Field(i); section.Kind() == reflect.Struct && section.Type().Name() == "" {
				walk(section, key+".")
			} else {
				out[key] = section.Interface()
			}
		}
	}
	walk(reflect.ValueOf(defaults()), "")
	return out
}

func tagOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// keysWithin returns the keys that may stand under path, a dotted key without
// its list indices; nil where there are none.
func keysWithin(path string) []string {
	t := reflect.TypeFor[settings]()
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		if t.Kind() != reflect.Struct {
			return nil
		}
		f, ok := t.FieldByNameFunc(func(name string) bool {
			f, _ := t.FieldByName(name)
			return tagOf(f) == part
		})
		if !ok {
			return nil
		}
		if t = f.Type; t.Kind() == reflect.Slice {
			t = t.Elem()
		}
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[window]() || t == reflect.TypeFor[side]() {
		return nil
	}
	var out []string
	for i := range t.NumField() {
		out = append(out, tagOf(t.Field(i)))
	}
	return out
}

// leaves takes the joined errors of the decoder apart.
func leaves(err error) []error {
	switch e := err.(type) {
	case nil:
		return nil
	case *mapstructure.DecodeError:
		return []error{err}
	case interface{ Unwrap() []error }:
		var out []error
		for _, sub := range e.Unwrap() {
			out = append(out, leaves(sub)...)
		}
		return out
	case interface{ Unwrap() error }:
		return leaves(e.Unwrap())
	}
	return []error{err}
}
