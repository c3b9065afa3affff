package selector

import "testing"

func TestMeant(t *testing.T) {
	for expr, want := range map[string]string{
		"app = 'web'":                          "app == 'web'",
		`app="web"`:                            `app == "web"`,
		"app == web":                           "app == 'web'",
		"app=web,tier!=db":                     "app == 'web' && tier!='db'",
		"app == 'a' and tier == 'b'":           "app == 'a' && tier == 'b'",
		"app == a AND (tier == b or has(c))":   "app == 'a' && (tier == 'b' || has(c))",
		"app in (a, b)":                        "app in {'a', 'b'}",
		"app not in (a,b), has(x)":             "app not in {'a','b'} && has(x)",
		"app in {a}":                           "app in {'a'}",
		"has(a) & !has(b) | all()":             "has(a) && !has(b) || all()",
		"app starts with web":                  "app starts with 'web'",
		"note == 'this = that and more' and a": "", // what is a?
		"note = 'this = that and more'":        "note == 'this = that and more'",
		"and == 'x' and or = 'y'":              "and == 'x' && or == 'y'",
		"app in ('a' 'b')":                     "",
		"app":                                  "",
		"app = 'web":                           "",
		"app = 'a'\n":                          "",
		"":                                     "",
	} {
		if got := Meant(expr); got != want {
			t.Errorf("Meant(%q) = %q, want %q", expr, got, want)
		}
	}
}
