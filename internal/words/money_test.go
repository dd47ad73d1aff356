package words

import "testing"

// TestMoney holds amounts to how a reader of each language writes them.
func TestMoney(t *testing.T) {
	for _, c := range []struct {
		v               float64
		currency        string
		english, arabic string
	}{
		{-592.7e9, "USD", "-593bn USD", "\u2066-593\u2069\u00a0مليار\u00a0دولار"},
		{7.1e9, "USD", "7.10bn USD", "7.1\u00a0مليار\u00a0دولار"},
		{3.49e12, "SAR", "3.49tn SAR", "3.49\u00a0تريليون\u00a0ريال سعودي"},
		{12.04e6, "XAU", "12.0m XAU", "12\u00a0مليون\u00a0\u2066XAU\u2069"},
		{-6.44e11, "", "-644bn", "\u2066-644\u2069\u00a0مليار"},
	} {
		if got := English.Money(c.v, c.currency); got != c.english {
			t.Errorf("%v %s: %q, want %q", c.v, c.currency, got, c.english)
		}
		if got := Arabic.Money(c.v, c.currency); got != c.arabic {
			t.Errorf("%v %s: %q, want %q", c.v, c.currency, got, c.arabic)
		}
	}
}

// TestNumberedForms holds phrases with forms for numbers to the grammar of each
// language, the number in words or left out.
func TestNumberedForms(t *testing.T) {
	const phrase = "and {1:%[1]s more group|%[1]s more groups}: --full"
	for n, want := range map[int][2]string{
		1:   {"and 1 more group: --full", "ومجموعة أخرى: \u2066--full\u2069"},
		2:   {"and 2 more groups: --full", "ومجموعتان أخريان: \u2066--full\u2069"},
		11:  {"and 11 more groups: --full", "و11 مجموعة أخرى: \u2066--full\u2069"},
		104: {"and 104 more groups: --full", "و104 مجموعات أخرى: \u2066--full\u2069"},
	} {
		if got := [2]string{English.Say(phrase, n), Arabic.Say(phrase, n)}; got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	const moved = "In {1:%[1]s event|%[1]s events} of %[2]s the average abnormal return is beyond chance, all tested together."
	if got, want := English.Say(moved, English.Spell(1), 7), "In one event of 7 the average abnormal return is beyond chance, all tested together."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := English.Say(moved, "three", 7), "In three events of 7 the average abnormal return is beyond chance, all tested together."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
